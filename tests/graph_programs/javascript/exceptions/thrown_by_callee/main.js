class Broken extends Error {
  report() {}
}

class Late {
  report() {}
}

class Unseen {
  report() {}
}

function open() {
  throw new Broken();
}

function through(action) {
  action();
  return wait();
}

function wait() {
  throw new Late();
}

function other() {
  throw new Unseen();
}

function handle() {
  try {
    open();
  } catch (e) {
    e.report();
  }
}

function handleAll() {
  try {
    [1].forEach(() => open());
    through(() => 1);
  } catch ({ report }) {
    report();
  } finally {
    other();
  }
}

handle();
handleAll();
