trait State {
    fn next(self: Box<Self>) -> Box<dyn State>;

    fn name(&self) -> &'static str;
}

struct Draft;

struct Published;

impl State for Draft {
    fn next(self: Box<Self>) -> Box<dyn State> {
        Box::new(Published)
    }

    fn name(&self) -> &'static str {
        "draft"
    }
}

impl State for Published {
    fn next(self: Box<Self>) -> Box<dyn State> {
        self
    }

    fn name(&self) -> &'static str {
        "published"
    }
}

struct Post {
    state: Option<Box<dyn State>>,
}

impl Post {
    fn new() -> Post {
        Post { state: Some(Box::new(Draft)) }
    }

    fn advance(&mut self) {
        if let Some(s) = self.state.take() {
            self.state = Some(s.next());
        }
    }

    fn name(&self) -> &'static str {
        self.state.as_ref().unwrap().name()
    }
}

fn main() {
    let mut post = Post::new();
    post.advance();
    post.name();
}
