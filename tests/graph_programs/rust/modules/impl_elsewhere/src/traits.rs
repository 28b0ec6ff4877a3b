pub trait Audit {
    fn audit(&self);
}
