function a() {}
const box = {};
box.a = a;
const found = box.unknown();
found();

const child = Object.create({
  greet() {
    this.name();
  },
});
child.name = a;
child.greet();
