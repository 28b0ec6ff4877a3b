interface Handler {
  handle(): void;
}
class First implements Handler {
  handle(): void {}
}
class Second implements Handler {
  handle(): void {}
}

function run(handler: Handler): void {
  handler.handle();
}

run(new First());
