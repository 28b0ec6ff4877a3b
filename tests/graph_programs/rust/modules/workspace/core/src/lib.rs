pub mod engine;

pub use engine::Engine;

pub fn version() -> u32 {
    1
}
