fn one() {}

fn two() {}

fn three() {}

struct Hooks {
    list: Vec<Box<dyn Fn()>>,
}

impl Hooks {
    fn register(&mut self, hook: Box<dyn Fn()>) {
        self.list.push(hook);
    }

    fn fire(&self) {
        for hook in &self.list {
            hook();
        }
    }
}

fn main() {
    let fs: Vec<fn()> = vec![one, two];
    fs[0]();
    let mut more: Vec<fn()> = Vec::new();
    more.push(three);
    for f in more.iter() {
        f();
    }
    let mut hooks = Hooks { list: Vec::new() };
    hooks.register(Box::new(one));
    hooks.register(Box::new(|| two()));
    hooks.fire();
    let (a, b): (fn(), fn()) = (two, three);
    b();
    println!("{}", a as usize);
}
