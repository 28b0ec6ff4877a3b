struct Button {
    label: String,
    on_click: Box<dyn Fn()>,
}

impl Button {
    fn new(label: &str, on_click: Box<dyn Fn()>) -> Self {
        Button {
            label: label.to_string(),
            on_click,
        }
    }

    fn click(&self) {
        (self.on_click)();
    }

    fn label(&self) -> &str {
        &self.label
    }
}

fn save() {}

fn quit() {}

fn main() {
    let a = Button::new("save", Box::new(|| save()));
    a.click();
    a.label();
    let b = Button { label: String::new(), on_click: Box::new(quit) };
    (b.on_click)();
}
