use std::collections::HashMap;

struct Order {
    customer: String,
    lines: Vec<Line>,
}

struct Line {
    price: u32,
}

impl Line {
    fn total(&self) -> u32 {
        self.price
    }
}

impl Order {
    fn total(&self) -> u32 {
        self.lines.iter().map(Line::total).sum()
    }

    fn customer(&self) -> &str {
        &self.customer
    }
}

fn group(orders: &[Order]) -> HashMap<String, Vec<&Order>> {
    let mut groups: HashMap<String, Vec<&Order>> = HashMap::new();
    for order in orders {
        groups.entry(order.customer().to_string()).or_insert_with(Vec::new).push(order);
    }
    groups
}

fn main() {
    let orders = vec![
        Order { customer: "a".to_string(), lines: vec![Line { price: 1 }] },
        Order { customer: "b".to_string(), lines: vec![] },
    ];
    let groups = group(&orders);
    for (_name, list) in groups.iter() {
        let sum: u32 = list.iter().map(|o| o.total()).sum();
        println!("{}", sum);
    }
    let best = orders.iter().max_by_key(|o| o.total()).unwrap();
    best.customer();
    let (small, large): (Vec<&Order>, Vec<&Order>) = orders.iter().partition(|o| cheap(o));
    small.first().map(|o| o.customer());
    println!("{}", large.len());
}

fn cheap(o: &Order) -> bool {
    o.total() < 5
}
