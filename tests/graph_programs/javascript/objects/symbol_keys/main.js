import { CLOSE } from "./keys.js";

const RUN = Symbol("run");
const STOP = Symbol.for("stop");

function work() {}
function rest() {}
function clean() {}

class Task {
  [RUN]() {
    work();
  }
  static [STOP]() {
    rest();
  }
  get [Symbol.toStringTag]() {
    return "Task";
  }
  [CLOSE]() {
    clean();
  }
}
class Late extends Task {
  [RUN]() {
    super[RUN]();
  }
}
const table = {
  [RUN]: () => work(),
  [STOP]() {
    rest();
  },
};

new Task()[RUN]();
Task[STOP]();
const late = new Late();
late[RUN]();
table[RUN]();
table[STOP]();
Task.prototype[Symbol.iterator] = function* () {
  yield rest;
};
for (const each of new Task()) {
  each();
}
function close(one) {
  one[CLOSE]();
}
close(new Task());
