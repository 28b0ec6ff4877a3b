use my_core::Engine;

fn main() {
    let e = Engine;
    e.start();
    my_core::version();
    my_core::engine::Engine.start();
}
