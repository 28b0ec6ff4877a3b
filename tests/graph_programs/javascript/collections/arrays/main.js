function a() {}
function b() {}
function make() {
  return a;
}

function reduced() {
  [a, b].reduce((before, f) => f)();
}
reduced();

function flat() {
  [1, 2].flatMap(() => [a])[0]();
}
flat();

function concatenated() {
  const both = [a].concat([b]);
  both[1]();
}
concatenated();

function sliced(...given) {
  Array.prototype.slice.call(given, 1)[0]();
}
sliced(a, b);

function mapped() {
  Array.from([1], make)[0]();
}
mapped();

function pushed(f) {
  const queue = [];
  queue.push(f);
  queue.includes(b);
  queue.shift()();
}
pushed(b);

function replaced(text) {
  return text.replace(/x/, () => b());
}
replaced("x");
