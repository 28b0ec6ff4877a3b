fn a() {}

fn b() {}

fn c() {}

fn ready() -> bool {
    true
}

fn main() {
    let mut f: fn() = a;
    let chosen = loop {
        if ready() {
            break b;
        }
        f = c;
    };
    chosen();
    f();
    let mut n = 0;
    while n < 3 {
        n += 1;
        if n == 2 {
            continue;
        }
        f = b;
    }
    let g = if n > 2 { f } else { return };
    g();
    let mut count = 0;
    let mut step = || {
        count += 1;
        helper(count)
    };
    step();
    let label = 'outer: {
        if n > 1 {
            break 'outer helper as fn(u32);
        }
        other
    };
    label(1);
}

fn helper(n: u32) {}

fn other(n: u32) {}
