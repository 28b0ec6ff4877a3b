pub fn add(a: i32, b: i32) -> i32 {
    a + b
}

fn private() -> i32 {
    add(1, 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(n: i32) {
        assert_eq!(n, add(1, 2));
    }

    #[test]
    fn adds() {
        check(private());
    }
}
