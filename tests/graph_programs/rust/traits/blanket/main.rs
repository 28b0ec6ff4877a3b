trait Named {
    fn name(&self) -> String;
}

trait Greet {
    fn greet(&self);
}

impl<T: Named> Greet for T {
    fn greet(&self) {
        self.name();
    }
}

struct User;

impl Named for User {
    fn name(&self) -> String {
        String::new()
    }
}

fn main() {
    User.greet();
}
