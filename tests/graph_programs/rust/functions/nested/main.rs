fn outer() -> i32 {
    fn inner(n: i32) -> i32 {
        deepest(n)
    }

    fn deepest(n: i32) -> i32 {
        n
    }

    inner(1)
}

fn even(n: u32) -> bool {
    n == 0 || odd(n - 1)
}

fn odd(n: u32) -> bool {
    n != 0 && even(n - 1)
}

fn main() {
    outer();
    even(2);
}
