function old() {}
function fresh() {}

function run() {
  let action = old;
  action = fresh;
  action();
}

function loop(items) {
  let action = old;
  for (const item of items) {
    action();
    action = fresh;
  }
}

function guarded(flag) {
  let action = old;
  if (flag) {
    action = fresh;
    return;
  }
  action();
}

run();
loop([1]);
guarded(true);
