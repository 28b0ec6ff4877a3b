class Box<T> {
  constructor(private readonly value: T) {}
  get(): T {
    return this.value;
  }
  map<U>(f: (value: T) => U): Box<U> {
    return new Box<U>(f(this.value));
  }
}
class Item {
  use(): void {}
}
function identity<T>(x: T): T {
  return x;
}

new Box<Item>(new Item()).get().use();
identity<Item>(new Item()).use();
new Box(1).map((n) => count(n));
function count(n: number): number {
  return n;
}
