trait Make {
    fn make() -> Self;

    fn name() -> String {
        default_name()
    }
}

fn default_name() -> String {
    String::new()
}

struct A;

struct B;

impl Make for A {
    fn make() -> Self {
        A
    }
}

impl Make for B {
    fn make() -> Self {
        B
    }

    fn name() -> String {
        String::new()
    }
}

fn build<T: Make>() -> T {
    T::make()
}

fn main() {
    A::make();
    A::name();
    B::name();
    <B as Make>::make();
    let _a: A = build();
}
