function Person(name) {
  this.name = name;
  this.setup();
  this.own = function () {
    done();
  };
}
Person.prototype.setup = function () {};
Person.prototype.greet = function () {
  return this.setup();
};
Person.create = function () {
  return new Person("x");
};
function done() {}

const person = new Person("y");
person.greet();
person.own();
Person.create().greet();
