use std::thread;

fn work(n: i32) {}

fn spawn_all() {
    let handle = thread::spawn(move || {
        work(1);
    });
    handle.join().unwrap();
    std::thread::spawn(other);
}

fn other() {}

fn compare(a: &i32, b: &i32) -> std::cmp::Ordering {
    a.cmp(b)
}

fn main() {
    spawn_all();
    let mut numbers = vec![3, 1, 2];
    numbers.sort_by(compare);
    numbers.sort_by_key(|n| weight(*n));
    numbers.retain(keep);
}

fn weight(n: i32) -> i32 {
    n
}

fn keep(n: &i32) -> bool {
    true
}
