pub fn trim(s: &str) {}
