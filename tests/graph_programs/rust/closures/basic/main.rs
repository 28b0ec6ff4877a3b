fn log() {}

fn make() -> impl Fn() -> i32 {
    || {
        log();
        1
    }
}

fn boxed(step: i32) -> Box<dyn Fn(i32) -> i32> {
    Box::new(move |x| add(x, step))
}

fn add(a: i32, b: i32) -> i32 {
    a + b
}

fn main() {
    let f = make();
    f();
    let g = boxed(2);
    g(3);
    let h = |x: i32| g(x);
    h(1);
}
