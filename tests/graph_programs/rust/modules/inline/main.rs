mod outer {
    pub fn call() {
        inner::deep();
        helper();
    }

    fn helper() {
        super::top();
    }

    pub mod inner {
        pub fn deep() {
            super::helper();
            crate::top();
        }

        pub struct Gear;

        impl Gear {
            pub fn turn(&self) {
                deep();
            }
        }
    }
}

use outer::inner::{self, Gear};

fn top() {}

fn main() {
    outer::call();
    inner::deep();
    Gear.turn();
}
