struct Counter {
    n: i32,
}

impl Counter {
    fn new() -> Self {
        Self::with(0)
    }

    fn with(n: i32) -> Counter {
        Counter { n }
    }

    fn add(&mut self, by: i32) -> &mut Self {
        self.n += by;
        self.log();
        self
    }

    fn log(&self) {}

    fn value(self) -> i32 {
        self.n
    }
}

fn main() {
    let mut c = Counter::new();
    c.add(1).add(2);
    Counter::log(&c);
    let f = Counter::value;
    f(c);
}
