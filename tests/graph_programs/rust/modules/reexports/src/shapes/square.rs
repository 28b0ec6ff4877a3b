pub fn square() {}
