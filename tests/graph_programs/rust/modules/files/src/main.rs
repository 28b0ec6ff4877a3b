mod cart;
mod util;

use cart::{items::Item, Cart};
use my_shop::api;
use util::format as render;

fn main() {
    let mut c = Cart::new();
    c.add(Item::new(1));
    render(2);
    util::text::trim("x");
    api::serve();
}
