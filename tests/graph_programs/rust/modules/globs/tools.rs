pub fn hammer() {}

pub fn saw() {}

fn hidden() {}
