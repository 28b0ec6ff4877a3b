macro_rules! twice {
    ($e:expr) => {
        $e;
        $e;
        done();
    };
}

macro_rules! point {
    ($x:expr, $y:expr) => {
        Point::new($x, $y)
    };
}

struct Point;

impl Point {
    fn new(x: i32, y: i32) -> Point {
        Point
    }
}

fn done() {}

fn work() {}

fn size() -> i32 {
    1
}

fn main() {
    twice!(work());
    point!(size(), 2);
}
