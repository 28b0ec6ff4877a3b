function first() {}
function second() {}
function third() {}
function fourth() {}
function fifth() {}
function done() {}

const numbers = {
  *[Symbol.iterator]() {
    yield first;
  },
};
for (const each of numbers) {
  each();
}

function makeSteps(fn) {
  let left = 2;
  return {
    [Symbol.iterator]() {
      return {
        next() {
          left -= 1;
          return { done: left < 0, value: fn };
        },
      };
    },
  };
}
function spreadSteps() {
  const all = [...makeSteps(second)];
  all[0]();
}
function unpackSteps() {
  const [one] = makeSteps(third);
  one();
}

class Walker {
  constructor() {
    this.left = 2;
  }
  [Symbol.iterator]() {
    return { next: () => this.step() };
  }
  step() {
    this.left -= 1;
    return this.left < 0 ? this.finish() : { done: false, value: fourth };
  }
  finish() {
    done();
    return { done: true, value: undefined };
  }
}
function walk() {
  for (const each of new Walker()) {
    each();
  }
}

class Cursor {
  constructor() {
    this.left = 2;
  }
  [Symbol.iterator]() {
    return this;
  }
  next() {
    const value = fifth;
    this.left -= 1;
    return { done: this.left < 0, value };
  }
}
function run() {
  for (const each of new Cursor()) each();
}
function gather(...given) {
  given[0]();
}
function pass() {
  gather(...new Cursor());
}
function keep() {
  const list = Array.from(new Cursor());
  list[0]();
}

spreadSteps();
unpackSteps();
walk();
run();
pass();
keep();
