enum Command {
    Run(Task),
    Named { task: Task, times: u32 },
    Stop,
}

struct Task {
    work: fn(),
}

impl Task {
    fn execute(&self) {
        (self.work)();
    }
}

impl Command {
    fn handle(&self) {
        match self {
            Command::Run(task) => task.execute(),
            Command::Named { task, times } if *times > 1 => {
                prepare();
                task.execute()
            }
            Self::Named { task, .. } => task.execute(),
            Command::Stop => stop(),
        }
    }
}

fn prepare() {}

fn stop() {}

fn build() {}

fn deploy() {}

fn main() {
    Command::Run(Task { work: build }).handle();
    let named = Command::Named { task: Task { work: deploy }, times: 2 };
    named.handle();
    Command::Stop.handle();
}
