fn first() {}

fn second() {}

fn third() {}

fn run(f: fn()) {
    f();
}

fn call(f: impl Fn()) {
    f();
}

fn choose(flag: bool) -> fn() {
    if flag {
        first
    } else {
        second
    }
}

fn main() {
    let mut f: fn() = first;
    f();
    f = third;
    f();
    run(second);
    call(third);
    choose(true)();
}
