use std::cell::RefCell;
use std::rc::Rc;
use std::sync::{Arc, Mutex};

struct Node {
    value: i32,
}

impl Node {
    fn touch(&mut self) {
        self.value += 1;
    }

    fn read(&self) -> i32 {
        self.value
    }
}

fn main() {
    let shared = Rc::new(RefCell::new(Node { value: 1 }));
    let other = Rc::clone(&shared);
    other.borrow_mut().touch();
    shared.borrow().read();
    let locked = Arc::new(Mutex::new(Node { value: 2 }));
    let again = locked.clone();
    again.lock().unwrap().touch();
    let boxed = Box::new(Node { value: 3 });
    boxed.read();
}
