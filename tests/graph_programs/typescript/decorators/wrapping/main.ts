function logged(original: () => void, context: ClassMethodDecoratorContext) {
  function replacement(this: unknown): void {
    original.call(this);
  }
  return replacement;
}

class Task {
  @logged
  run(): void {
    work();
  }
}
function work(): void {}

new Task().run();
