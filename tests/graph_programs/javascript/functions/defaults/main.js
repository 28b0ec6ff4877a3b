function standard() {}
function special() {}

function run(action = standard) {
  action();
}

function later(first, second = () => first()) {
  second();
}

run();
run(special);
later(special);
