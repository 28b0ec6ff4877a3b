class Cell {
  constructor(action) {
    this.action = action;
  }

  read() {
    return this.action;
  }
}

function save() {}

function load() {}

function cell(action) {
  return new Cell(action);
}

function bag(action) {
  return { action, size: 1 };
}

function identity(value) {
  return value;
}

function twice(value) {
  return identity(identity(value));
}

function first() {
  cell(save).read()();
  bag(save).action();
  twice(save)();
}

function second() {
  const made = cell(load);
  made.read()();
  new Cell(load).action();
  bag(load).action();
}

first();
second();
