function a() {}
function b() {}
function c() {}
function d() {}

const { x, y: { z } } = { x: a, y: { z: b } };
x();
z();

const [first, , third] = [a, b, c];
third();

function take({ run, stop = d }, [last]) {
  run();
  stop();
  last();
}
take({ run: a }, [b]);

let p, q;
[p, q] = [c, d];
q();
({ p } = { p: a });
p();
