class Animal {
  constructor() {
    this.init();
  }
  init() {}
  speak() {
    return this.sound();
  }
  sound() {}
}
class Dog extends Animal {
  constructor() {
    super();
  }
  sound() {
    return super.sound();
  }
}
class Cat extends Animal {}

new Dog().speak();
const cat = new Cat();
cat.speak();
