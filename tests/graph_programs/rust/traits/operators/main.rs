use std::ops::{Add, AddAssign, Index, Neg};

#[derive(Clone, Copy)]
struct Vector {
    x: f64,
}

impl Add for Vector {
    type Output = Vector;

    fn add(self, other: Vector) -> Vector {
        build(self.x + other.x)
    }
}

impl AddAssign for Vector {
    fn add_assign(&mut self, other: Vector) {
        self.x += other.x;
    }
}

impl Neg for Vector {
    type Output = Vector;

    fn neg(self) -> Vector {
        build(-self.x)
    }
}

struct Table {
    rows: Vec<Vector>,
}

impl Index<usize> for Table {
    type Output = Vector;

    fn index(&self, at: usize) -> &Vector {
        &self.rows[at]
    }
}

impl PartialEq for Vector {
    fn eq(&self, other: &Vector) -> bool {
        self.x == other.x
    }
}

fn build(x: f64) -> Vector {
    Vector { x }
}

fn main() {
    let a = build(1.0);
    let b = build(2.0);
    let mut c = a + b;
    c += a;
    let d = -c;
    let same = a == d;
    let table = Table { rows: vec![a, b] };
    let first = &table[0];
    println!("{} {}", same, first.x);
}
