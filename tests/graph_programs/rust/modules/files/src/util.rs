pub mod text;

pub fn format(n: u32) -> u32 {
    text::trim("n");
    n
}
