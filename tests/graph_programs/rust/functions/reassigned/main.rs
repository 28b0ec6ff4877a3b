fn never() {}

fn first() {}

fn second() {}

fn third() {}

fn main() {
    let mut f: fn() = never;
    f = first;
    f();
    if std::env::args().count() > 1 {
        f = second;
    }
    f();
    for _ in 0..2 {
        f();
        f = third;
    }
}
