trait Describe {
    fn describe(&self) -> String;
}

impl Describe for i32 {
    fn describe(&self) -> String {
        number()
    }
}

impl Describe for String {
    fn describe(&self) -> String {
        text()
    }
}

fn number() -> String {
    String::new()
}

fn text() -> String {
    String::new()
}

fn main() {
    5.describe();
    let n: i32 = 7;
    n.describe();
    let s = String::from("x");
    s.describe();
}
