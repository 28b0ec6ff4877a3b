function helper() {}
const o = {
  get size() {
    return helper;
  },
  set weight(value) {
    helper();
  },
};
Object.defineProperty(o, "depth", {
  get: function () {
    return helper;
  },
});

function read() {
  o.size();
}
function write() {
  o.weight = 1;
}
function defined() {
  const found = o.depth;
  found();
}
read();
write();
defined();
