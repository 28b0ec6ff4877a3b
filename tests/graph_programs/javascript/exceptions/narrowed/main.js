class Failure {
  tell() {}
}

class Broken extends Failure {
  tell() {}
}

class Late {
  tell() {}
}

function start(kind) {
  if (kind) {
    throw new Broken();
  }
  throw new Late();
}

function run() {
  try {
    start(1);
  } catch (e) {
    if (e instanceof Failure) {
      e.tell();
    } else {
      other(e);
    }
  }
}

function choose() {
  try {
    start(2);
  } catch (e) {
    if (e instanceof Late && e.tell) {
      e.tell();
    }
  }
}

function other(e) {
  e.tell();
}

run();
choose();
