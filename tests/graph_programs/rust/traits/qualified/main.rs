trait Pilot {
    fn fly(&self);
}

trait Named {
    fn name(&self) -> String;
}

trait Titled: Named {
    fn title(&self) -> String {
        self.name()
    }
}

struct Human;

impl Pilot for Human {
    fn fly(&self) {}
}

impl Named for Human {
    fn name(&self) -> String {
        String::new()
    }
}

impl Titled for Human {}

fn main() {
    let h = Human;
    Pilot::fly(&h);
    Human::fly(&h);
    h.title();
    let t: &dyn Titled = &h;
    t.name();
}
