early();

function early() {
  return inner();

  function inner() {
    return 1;
  }
}

if (typeof late === "function") {
  late();
}

function late() {
  early();
}
