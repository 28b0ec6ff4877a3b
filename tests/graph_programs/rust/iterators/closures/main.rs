struct Item {
    price: u32,
}

impl Item {
    fn new(price: u32) -> Item {
        Item { price }
    }

    fn cost(&self) -> u32 {
        self.price
    }

    fn cheap(&self) -> bool {
        self.price < 5
    }

    fn print(&self) {}
}

fn log(item: &Item) {}

fn main() {
    let items: Vec<Item> = (1..4).map(|n| Item::new(n)).collect();
    let total: u32 = items.iter().map(|i| i.cost()).sum();
    let cheap: Vec<&Item> = items.iter().filter(|i| i.cheap()).collect();
    cheap.iter().for_each(|i| i.print());
    items.iter().for_each(log);
    for (index, item) in items.iter().enumerate() {
        item.print();
        println!("{}", index);
    }
    if let Some(first) = items.first() {
        first.cost();
    }
    let made: Vec<Item> = vec![1, 2].into_iter().map(Item::new).collect();
    println!("{} {}", total, made.len());
}
