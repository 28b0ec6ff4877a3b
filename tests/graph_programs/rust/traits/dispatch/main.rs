trait Shape {
    fn area(&self) -> f64;

    fn describe(&self) -> String {
        label(self.area())
    }
}

struct Square {
    side: f64,
}

struct Circle {
    radius: f64,
}

impl Shape for Square {
    fn area(&self) -> f64 {
        self.side * self.side
    }
}

impl Shape for Circle {
    fn area(&self) -> f64 {
        self.radius
    }

    fn describe(&self) -> String {
        String::new()
    }
}

fn label(area: f64) -> String {
    String::new()
}

fn total(shapes: &[Box<dyn Shape>]) -> f64 {
    let mut sum = 0.0;
    for shape in shapes {
        sum += shape.area();
    }
    sum
}

fn main() {
    let shapes: Vec<Box<dyn Shape>> = vec![
        Box::new(Square { side: 1.0 }),
        Box::new(Circle { radius: 2.0 }),
    ];
    total(&shapes);
    let s = Square { side: 2.0 };
    s.describe();
    Circle { radius: 1.0 }.describe();
}
