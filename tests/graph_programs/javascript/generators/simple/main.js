function* produce() {
  yield one;
  yield* others();
}
function* others() {
  yield two;
}
function one() {}
function two() {}

for (const f of produce()) {
  f();
}
const [first] = others();
first();
