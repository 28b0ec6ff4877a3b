mod tools;
mod kinds;

use kinds::Kind::{self, *};
use tools::*;

fn main() {
    hammer();
    let k = Small;
    describe(k);
    describe(Kind::Large(saw));
}

fn describe(kind: Kind) {
    match kind {
        Small => hammer(),
        Kind::Large(f) => f(),
    }
}
