pub mod items;

use self::items::Item;
use super::util;

pub struct Cart {
    items: Vec<Item>,
}

impl Cart {
    pub fn new() -> Cart {
        Cart { items: Vec::new() }
    }

    pub fn add(&mut self, item: Item) {
        item.check();
        util::format(item.price());
        self.items.push(item);
    }
}
