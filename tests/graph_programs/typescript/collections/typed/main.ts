class Worker {
  work(): void {}
}
const workers: Worker[] = [new Worker()];
workers.forEach((worker) => worker.work());

const byName = new Map<string, Worker>();
byName.set("a", new Worker());
byName.get("a")!.work();

export function all(list: Worker[], named: Map<string, Worker>): void {
  for (const worker of list) {
    worker.work();
  }
  list.map((worker) => worker.work());
  named.get("x")?.work();
}
