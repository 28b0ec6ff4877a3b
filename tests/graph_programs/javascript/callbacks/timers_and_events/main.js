const { EventEmitter } = require("events");

function tick() {}
function started() {}

setTimeout(tick, 10);
setInterval(() => tick(), 10);

const emitter = new EventEmitter();
emitter.on("start", started);
emitter.emit("start");
