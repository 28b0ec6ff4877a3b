use std::fmt;

trait Component: fmt::Debug {
    fn id(&self) -> u32;

    fn update(&mut self) {
        self.before();
    }

    fn before(&self) {}
}

#[derive(Debug)]
struct Timer {
    left: u32,
}

#[derive(Debug)]
struct Label;

impl Component for Timer {
    fn id(&self) -> u32 {
        1
    }

    fn before(&self) {
        tick();
    }
}

impl Component for Label {
    fn id(&self) -> u32 {
        2
    }

    fn update(&mut self) {
        paint();
    }
}

fn tick() {}

fn paint() {}

fn make(kind: &str) -> Box<dyn Component> {
    match kind {
        "timer" => Box::new(Timer { left: 3 }),
        _ => Box::new(Label),
    }
}

fn main() {
    let mut parts: Vec<Box<dyn Component>> = Vec::new();
    parts.push(make("timer"));
    parts.push(make("label"));
    for part in parts.iter_mut() {
        part.update();
    }
    let found = parts.iter().find(|p| p.id() == 1);
    if let Some(part) = found {
        part.before();
    }
}
