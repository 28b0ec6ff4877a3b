const Base = class {
  hook() {}
};
function mixin(Parent) {
  return class extends Parent {
    run() {
      this.hook();
    }
  };
}
const Mixed = mixin(Base);
new Mixed().run();
