pub use crate::shapes::square::square;
