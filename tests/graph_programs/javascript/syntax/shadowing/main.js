function f() {}
function g() {}

const x = f;
{
  const x = g;
  x();
}
x();

function outer(f) {
  f();
}
outer(g);

for (let i = 0, h = f; i < 1; i++) {
  h();
}
