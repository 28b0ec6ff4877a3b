function a() {}
function b() {}
function c() {}

const named = new Map([["a", a]]);
named.set("b", b);
named.get("a")();
function viaMap() {
  named.get("b")();
}
viaMap();

function walk() {
  for (const [key, f] of named) {
    f();
  }
}
walk();

const every = new Set([c]);
function visit() {
  every.forEach((f) => f());
}
visit();

function listed() {
  Object.entries({ c }).forEach(([name, f]) => f());
}
listed();

function chosen(name) {
  return named.get(name)();
}
chosen(process.argv[2]);
