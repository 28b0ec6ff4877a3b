function make() {
  let step = small;
  return {
    next() {
      return step();
    },
    grow() {
      step = large;
    },
  };
}
function small() {}
function large() {}

const counter = make();
counter.next();
counter.grow();
