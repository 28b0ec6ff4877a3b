fn apply<F>(f: F) -> i32
where
    F: Fn(i32) -> i32,
{
    f(1)
}

fn twice(f: &dyn Fn(i32) -> i32, x: i32) -> i32 {
    f(f(x))
}

fn double(x: i32) -> i32 {
    x * 2
}

fn compose<A, B>(a: A, b: B) -> impl Fn(i32) -> i32
where
    A: Fn(i32) -> i32,
    B: Fn(i32) -> i32,
{
    move |x| b(a(x))
}

fn triple(x: i32) -> i32 {
    x * 3
}

fn main() {
    apply(double);
    apply(|x| triple(x));
    twice(&triple, 1);
    let both = compose(double, triple);
    both(1);
}
