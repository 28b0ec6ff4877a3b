abstract class Job {
  constructor(protected name: string) {}

  execute(): void {
    this.before();
    this.work();
  }

  protected before(): void {}
  protected abstract work(): void;
}
class Import extends Job {
  protected work(): void {
    load();
  }
}
class Export extends Job {
  protected work(): void {}
}
function load(): void {}

const job: Job = new Import("x");
job.execute();
new Export("y").execute();
