class Greeter {
  constructor(name) {
    this.name = name;
    this.prepare();
  }
  prepare() {}
  greet() {
    return this.format(this.name);
  }
  format(text) {
    return text;
  }
  static create() {
    return new Greeter("x");
  }
}

const greeter = new Greeter("y");
greeter.greet();
Greeter.create().greet();
