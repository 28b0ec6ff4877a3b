fn helper(n: i32) -> i32 {
    n + 1
}

fn unused() {
    helper(3);
}

fn main() {
    let x = helper(2);
    println!("{}", helper(x));
}
