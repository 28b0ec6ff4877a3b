mod shapes;
mod prelude;

pub use prelude::*;
pub use shapes::circle::Circle as Round;

pub fn draw() {
    let r = Round::new();
    r.paint();
    square();
}
