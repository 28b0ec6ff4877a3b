use std::collections::BTreeMap;

type Op = Box<dyn Fn(f64, f64) -> f64>;

fn add(a: f64, b: f64) -> f64 {
    a + b
}

fn mul(a: f64, b: f64) -> f64 {
    a * b
}

fn table() -> BTreeMap<&'static str, Op> {
    let mut ops: BTreeMap<&'static str, Op> = BTreeMap::new();
    ops.insert("add", Box::new(add));
    ops.insert("mul", Box::new(|a, b| mul(a, b)));
    ops
}

fn scale(factor: f64) -> impl Fn(f64) -> f64 {
    move |x| mul(x, factor)
}

fn apply_all(fs: &[&dyn Fn(f64) -> f64], x: f64) -> f64 {
    fs.iter().fold(x, |acc, f| f(acc))
}

fn main() {
    let ops = table();
    for (name, op) in &ops {
        println!("{} {}", name, op(1.0, 2.0));
    }
    let twice = scale(2.0);
    let half = scale(0.5);
    apply_all(&[&twice, &half], 3.0);
    if let Some(op) = ops.get("add") {
        op(1.0, 1.0);
    }
}
