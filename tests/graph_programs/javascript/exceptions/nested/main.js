class Inner {
  stop() {}
}

class Outer {
  stop() {}
}

function inner() {
  throw new Inner();
}

function outer() {
  throw new Outer();
}

function dropped() {
  try {
    inner();
  } catch {
    outer();
  }
}

function rethrown() {
  try {
    inner();
  } catch (e) {
    throw e;
  }
}

function both() {
  try {
    try {
      inner();
    } catch (e) {
      e.stop();
      outer();
    }
  } catch (e) {
    e.stop();
  }
}

try {
  dropped();
} catch (e) {
  e.stop();
}

function last() {
  try {
    rethrown();
  } catch (e) {
    e.stop();
  }
}

both();
last();
