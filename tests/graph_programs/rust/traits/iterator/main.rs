struct Countdown {
    n: u32,
}

impl Iterator for Countdown {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        step(self);
        if self.n == 0 {
            None
        } else {
            Some(self.n)
        }
    }
}

fn step(c: &mut Countdown) {
    c.n -= 1;
}

struct Bag {
    items: Vec<Item>,
}

struct Item;

impl Item {
    fn show(&self) {}
}

impl IntoIterator for Bag {
    type Item = Item;
    type IntoIter = std::vec::IntoIter<Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.into_iter()
    }
}

fn main() {
    for n in (Countdown { n: 3 }) {
        println!("{}", n);
    }
    let bag = Bag { items: vec![Item] };
    for item in bag {
        item.show();
    }
    let mut c = Countdown { n: 1 };
    c.next();
}
