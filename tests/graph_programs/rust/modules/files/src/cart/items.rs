pub struct Item {
    price: u32,
}

impl Item {
    pub fn new(price: u32) -> Item {
        crate::util::text::trim("p");
        Item { price }
    }

    pub fn check(&self) {}

    pub fn price(&self) -> u32 {
        self.price
    }
}
