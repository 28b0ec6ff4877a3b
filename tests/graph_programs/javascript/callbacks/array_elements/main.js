function a() {
  return b;
}
function b() {}

const handlers = [a, b];
handlers.forEach((handler) => handler());
handlers.map((h) => h)[0]();
const found = handlers.find((h) => true);
found();
const results = handlers.slice(0, 1).map((f) => f());
results[0]();

const queue = [];
queue.push(b);
queue.pop()();
