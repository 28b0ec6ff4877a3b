for (const f of require("./list")) {
  f();
}
function first() {
  require("./list")[0]();
}
function spread() {
  const all = [...require("./list")];
  all[0]();
}
first();
spread();
