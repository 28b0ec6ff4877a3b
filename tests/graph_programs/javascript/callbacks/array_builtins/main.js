function double(x) {
  return x * 2;
}
function isBig(x) {
  return x > 10;
}
function sum(a, b) {
  return a + b;
}
function order(a, b) {
  return a - b;
}
function show(x) {}

const numbers = [1, 2, 3];
numbers.map(double).filter(isBig).forEach(show);
numbers.reduce(sum, 0);
numbers.slice().sort(order);
numbers.some((x) => isBig(x));
