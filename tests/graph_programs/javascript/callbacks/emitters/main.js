const { EventEmitter } = require("events");

function heat() {}
function cool() {}
function log() {}
function paint() {}
function clean() {}
function later() {}

class Oven extends EventEmitter {
  constructor() {
    super();
    this.on("ready", this.ring);
  }
  ring() {
    log();
  }
  start() {
    this.emit("start", 200);
  }
  stop() {
    this.emit("stop");
  }
  finish() {
    this.emit("ready");
  }
}
const oven = new Oven();
oven.on("start", heat).once("stop", cool);
oven.start();
oven.stop();
oven.finish();

class Loud extends EventEmitter {
  emit(name, ...args) {
    log();
    return super.emit(name, ...args);
  }
}
const loud = new Loud();
loud.on("paint", (tool) => tool());
loud.emit("paint", paint);

function fire(bus) {
  bus.emit("clean");
}
const bus = new EventEmitter();
bus.addListener("clean", clean);
fire(bus);

// Nobody here emits it: it counts as called where it is registered.
function wait() {
  bus.on("newListener", later);
}
wait();
bus.on("other", clean);
