function note() {}
function check() {}
function real() {}

const traps = {
  get(target, key) {
    note(key);
    return target[key];
  },
  set(target, key, value) {
    check(value);
    target[key] = value;
    return true;
  },
};
const watched = new Proxy({ run: real }, traps);

function read() {
  return watched.run;
}
function call() {
  watched.run();
}
function write() {
  watched.name = "x";
}
const timed = new Proxy(real, {
  apply(target, self, args) {
    note();
    return target(...args);
  },
});
function callTimed() {
  timed();
}
const plain = { run: real };
const bare = new Proxy(plain, {});
function callBare() {
  bare.run();
}
function readPlain() {
  return plain.run;
}

read();
call();
write();
callTimed();
callBare();
readPlain();

class Store {
  constructor() {
    this.count = 0;
  }
  save() {
    note();
  }
}
function observe(target, onChange) {
  return new Proxy(target, {
    get(inner, key, self) {
      return Reflect.get(inner, key, self);
    },
    set(inner, key, value) {
      inner[key] = value;
      onChange(key);
      return true;
    },
  });
}
function count() {
  const state = observe(new Store(), check);
  state.count = state.count + 1;
  state.save();
}
const Made = new Proxy(Store, {
  construct(Target, args) {
    note();
    return new Target(...args);
  },
});
function make() {
  new Made().save();
}
function missing() {}
const remote = new Proxy(
  {},
  {
    get: (_, name) => () => missing(name),
  },
);
function callRemote() {
  remote.anything();
}
count();
make();
callRemote();
