function apply(f, x) {
  return f(x);
}
function twice(f) {
  return (x) => f(f(x));
}
function increment(x) {
  return x + 1;
}

apply(increment, 1);
apply((x) => increment(x), 2);
twice(increment)(1);
