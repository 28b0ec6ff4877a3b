fn name() -> String {
    String::new()
}

fn value() -> i32 {
    1
}

fn item(n: i32) -> i32 {
    n
}

fn message() -> String {
    String::new()
}

fn check() -> bool {
    true
}

fn main() {
    println!("{} {v}", name(), v = value());
    let list = vec![item(1), item(2)];
    assert!(check(), "{}", message());
    assert_eq!(value(), 1);
    let text = format!("{}", name());
    if list.is_empty() {
        panic!("{}", message());
    }
    let filled = vec![item(3); 4];
    matches!(value(), 1 | 2);
    println!("{} {}", text, filled.len());
}
