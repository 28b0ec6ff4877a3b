function a() {}
function b() {}
function c() {}

let current = a;
current();
current = b;
current();

let either;
if (process.argv.length > 2) {
  either = a;
} else {
  either = c;
}
either();

const chosen = process.env.X ? b : c;
chosen();

const fallback = process.env.handler || a;
