use std::collections::HashMap;

type Handler = fn(&str);

fn start(text: &str) {}

fn stop(text: &str) {}

fn status(text: &str) {}

struct Router {
    routes: HashMap<String, Handler>,
}

impl Router {
    fn new() -> Self {
        Router { routes: HashMap::new() }
    }

    fn add(&mut self, name: &str, handler: Handler) {
        self.routes.insert(name.to_string(), handler);
    }

    fn call(&self, name: &str) {
        if let Some(handler) = self.routes.get(name) {
            handler(name);
        }
    }
}

fn main() {
    let mut router = Router::new();
    router.add("start", start);
    router.add("stop", stop);
    router.call("start");
    let mut table: HashMap<&str, Handler> = HashMap::new();
    table.insert("status", status);
    table.insert("other", stop);
    table["status"]("x");
    (table.get("status").unwrap())("y");
}
