use std::cell::RefCell;
use std::rc::Rc;

trait Observer {
    fn notify(&self, event: &str);
}

struct Logger;

struct Mailer {
    sent: RefCell<u32>,
}

impl Observer for Logger {
    fn notify(&self, event: &str) {
        write_line(event);
    }
}

impl Observer for Mailer {
    fn notify(&self, event: &str) {
        *self.sent.borrow_mut() += 1;
    }
}

#[derive(Default)]
struct Subject {
    observers: Vec<Rc<dyn Observer>>,
}

impl Subject {
    fn attach(&mut self, observer: Rc<dyn Observer>) {
        self.observers.push(observer);
    }

    fn emit(&self, event: &str) {
        for observer in self.observers.iter() {
            observer.notify(event);
        }
    }
}

fn write_line(text: &str) {}

fn main() {
    let mut subject = Subject { observers: Vec::new() };
    subject.attach(Rc::new(Logger));
    subject.attach(Rc::new(Mailer { sent: RefCell::new(0) }));
    subject.emit("x");
}
