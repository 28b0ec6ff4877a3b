pub struct Circle {
    r: f64,
}

impl Circle {
    pub fn new() -> Self {
        Circle { r: 1.0 }
    }

    pub fn paint(&self) {}
}
