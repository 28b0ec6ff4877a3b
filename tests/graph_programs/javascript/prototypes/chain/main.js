function Base() {}
Base.prototype.start = function () {
  this.step();
};
Base.prototype.step = function () {};

function Child() {
  Base.call(this);
}
Child.prototype = Object.create(Base.prototype);
Child.prototype.step = function () {};

new Child().start();

const proto = {
  hello() {},
};
const made = Object.create(proto);
made.hello();
