function outer(f) {
  return function inner() {
    f();
  };
}
const curry = (a) => (b) => a(b);

function one() {}
function two(x) {
  x();
}
function three() {}

outer(one)();
const inner = outer(one);
inner();
curry(two)(three);
