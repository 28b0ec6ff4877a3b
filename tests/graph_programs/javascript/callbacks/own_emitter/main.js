function started() {}
function stopped() {}
function once() {}
function counted() {}

class Bus {
  constructor() {
    this.handlers = new Map();
  }
  on(name, handler) {
    if (!this.handlers.has(name)) {
      this.handlers.set(name, []);
    }
    this.handlers.get(name).push(handler);
    return this;
  }
  emit(name, ...args) {
    for (const handler of this.handlers.get(name) ?? []) {
      handler(...args);
    }
  }
}

class Plain {
  constructor() {
    this.listeners = {};
  }
  on(name, handler) {
    (this.listeners[name] ||= []).push(handler);
    return () => this.off(name, handler);
  }
  off(name, handler) {
    this.listeners[name] = this.listeners[name].filter((one) => one !== handler);
  }
  emit(name, value) {
    (this.listeners[name] || []).forEach((handler) => handler(value));
  }
}

class Machine extends Bus {
  run() {
    this.emit("start");
  }
}

function makeEmitter() {
  const table = {};
  return {
    on(name, handler) {
      table[name] = table[name] || new Set();
      table[name].add(handler);
    },
    emit(name) {
      table[name].forEach((handler) => handler());
    },
  };
}

const machine = new Machine();
machine.on("start", started);
machine.run();

const plain = new Plain();
const cancel = plain.on("stop", stopped);
plain.emit("stop", 1);
cancel();

const maker = makeEmitter();
maker.on("x", once);
maker.emit("x");

new Bus().on("n", counted).emit("n");
