class Counter {
  #value = 0;
  static #instances = [];

  #bump() {
    return this.#log();
  }
  #log() {}

  add() {
    this.#bump();
  }
  static register(counter) {
    Counter.track(counter);
    this.count();
  }
  static track(counter) {
    counter.add();
  }
  static count() {}
}

Counter.register(new Counter());
