function first() {}
function second() {}

function run() {
  arguments[1]();
}

function wrap(f) {
  return function () {
    return f.apply(this, arguments);
  };
}

function takes(callback) {
  callback();
}

run(first, second);
const wrapped = wrap(takes);
wrapped(first);
