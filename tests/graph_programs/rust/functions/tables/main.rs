fn add(a: i32, b: i32) -> i32 {
    a + b
}

fn sub(a: i32, b: i32) -> i32 {
    a - b
}

fn mul(a: i32, b: i32) -> i32 {
    a * b
}

const OPERATIONS: [fn(i32, i32) -> i32; 2] = [add, sub];

static NAMED: &[(&str, fn(i32, i32) -> i32)] = &[("add", add), ("mul", mul)];

fn main() {
    OPERATIONS[0](1, 2);
    for (name, operation) in NAMED.iter() {
        println!("{} {}", name, operation(1, 2));
    }
    apply(OPERATIONS[1]);
}

fn apply(f: fn(i32, i32) -> i32) {
    f(3, 4);
}
