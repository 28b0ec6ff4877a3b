struct Meters(f64);

struct Job(fn());

struct Unit;

impl Meters {
    fn new(v: f64) -> Self {
        Meters(v)
    }

    fn show(&self) {}
}

impl Job {
    fn run(&self) {
        (self.0)();
    }
}

impl Unit {
    fn act(&self) {}
}

fn task() {}

fn main() {
    let m = Meters::new(1.0);
    m.show();
    let job = Job(task);
    job.run();
    let Job(inner) = job;
    inner();
    let u = Unit;
    u.act();
    Unit.act();
}
