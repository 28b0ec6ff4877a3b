function extend(target, source) {
  for (const key in source) {
    target[key] = source[key];
  }
  return target;
}
const first = extend({}, { run() {} });
const second = extend({}, { run() {} });

function useFirst() {
  first.run();
}
function useSecond() {
  second.run();
}
useFirst();
useSecond();

function Widget() {}
Object.assign(Widget.prototype, {
  draw() {
    this.paint();
  },
  paint() {},
});
new Widget().draw();
