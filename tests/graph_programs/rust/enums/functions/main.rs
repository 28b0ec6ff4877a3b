enum Action {
    Call(fn()),
    Nothing,
}

use Action::*;

fn hello() {}

fn bye() {}

fn pick(n: i32) -> Action {
    match n {
        0 => Call(hello),
        1 => Action::Call(bye),
        _ => Nothing,
    }
}

fn main() {
    if let Call(f) = pick(1) {
        f();
    }
    let g = match pick(0) {
        Action::Call(g) => g,
        Nothing => hello,
    };
    g();
}
