class Bag {
  constructor(items) {
    this.items = items;
  }
  *[Symbol.iterator]() {
    for (const item of this.items) {
      yield item;
    }
  }
}
function f() {}

for (const item of new Bag([f])) {
  item();
}
