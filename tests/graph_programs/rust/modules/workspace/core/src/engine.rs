pub struct Engine;

impl Engine {
    pub fn start(&self) {
        ignite();
    }
}

fn ignite() {}
