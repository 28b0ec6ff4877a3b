#[derive(Default)]
struct Request {
    url: String,
    on_done: Option<Box<dyn Fn(u32)>>,
}

struct RequestBuilder {
    request: Request,
}

impl RequestBuilder {
    fn new(url: &str) -> Self {
        RequestBuilder { request: Request { url: url.to_string(), ..Default::default() } }
    }

    fn on_done<F>(mut self, f: F) -> Self
    where
        F: Fn(u32) + 'static,
    {
        self.request.on_done = Some(Box::new(f));
        self
    }

    fn build(self) -> Request {
        validate(&self.request);
        self.request
    }
}

impl Request {
    fn send(&self) {
        if let Some(f) = &self.on_done {
            f(200);
        }
        if let Some(g) = self.on_done.as_ref() {
            g(201);
        }
    }
}

fn validate(r: &Request) {}

fn report(code: u32) {}

fn main() {
    let r = RequestBuilder::new("x").on_done(|code| report(code)).build();
    r.send();
}
