struct User {
    name: String,
    validate: fn(&str) -> bool,
}

impl User {
    fn name(&self) -> &str {
        &self.name
    }

    fn validate(&self) -> bool {
        (self.validate)(self.name())
    }
}

fn strict(text: &str) -> bool {
    text.len() > 3
}

fn main() {
    let user = User { name: String::from("x"), validate: strict };
    user.validate();
}
