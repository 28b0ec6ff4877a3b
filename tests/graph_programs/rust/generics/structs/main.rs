struct Stack<T> {
    items: Vec<T>,
}

impl<T: Clone> Stack<T> {
    fn new() -> Self {
        Self { items: vec![] }
    }

    fn push(&mut self, item: T) {
        self.items.push(item);
    }

    fn pop(&mut self) -> Option<T> {
        self.items.pop()
    }

    fn peek(&self) -> Option<&T> {
        self.items.last()
    }
}

#[derive(Clone)]
struct Task {
    run: fn() -> u32,
}

impl Task {
    fn execute(&self) -> u32 {
        (self.run)()
    }
}

fn one() -> u32 {
    1
}

fn main() {
    let mut stack: Stack<Task> = Stack::new();
    stack.push(Task { run: one });
    if let Some(task) = stack.peek() {
        task.execute();
    }
    while let Some(task) = stack.pop() {
        task.execute();
    }
}
