function one() {}
function two() {}
function three() {}

function all(first, ...others) {
  first();
  for (const other of others) {
    other();
  }
}

all(one, two, three);

const list = [one, two];
function both(x, y) {
  y();
}
both(...list);

const more = [...list, three];
more.forEach((f) => f());
