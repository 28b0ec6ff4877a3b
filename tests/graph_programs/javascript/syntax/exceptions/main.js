class Failure extends Error {
  constructor(handler) {
    super("failed");
    this.handler = handler;
  }
  recover() {
    this.handler();
  }
}
function risky() {}
function cleanup() {}
function fix() {}

try {
  risky();
  throw new Failure(fix);
} catch (error) {
  error.recover();
} finally {
  cleanup();
}
