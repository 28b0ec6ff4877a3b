const { EventEmitter } = require("events");

class Store extends EventEmitter {
  constructor(handler) {
    super();
    this.handler = handler;
  }
  save() {
    this.handler();
    this.emit("saved");
  }
}
function saved() {}
new Store(saved).save();
