pub enum Kind {
    Small,
    Large(fn()),
}
