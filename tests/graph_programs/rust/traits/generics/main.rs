trait Speak {
    fn speak(&self);
}

struct Dog;

struct Cat;

impl Speak for Dog {
    fn speak(&self) {}
}

impl Speak for Cat {
    fn speak(&self) {}
}

fn bound<T: Speak>(one: &T) {
    one.speak();
}

fn clause<T>(one: T)
where
    T: Speak,
{
    one.speak();
}

fn dynamic(one: &dyn Speak) {
    one.speak();
}

fn never_called(one: &impl Speak) {
    one.speak();
}

fn main() {
    bound(&Dog);
    clause(Cat);
    dynamic(&Dog);
}
