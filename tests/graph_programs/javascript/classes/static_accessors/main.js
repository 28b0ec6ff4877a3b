function connect() {}
function note() {}

class Pool {
  static #only = null;
  static get shared() {
    return Pool.#make();
  }
  static #make() {
    return new Pool();
  }
  static get label() {
    return note;
  }
  static set limit(value) {
    note(value);
  }
  get size() {
    return this.count();
  }
  count() {
    return 1;
  }
  open() {
    connect();
  }
}
class Wide extends Pool {
  static get registry() {
    return this.shared;
  }
}

const pool = Pool.shared;
pool.open();
Pool.shared.open();
Pool.label();
Pool.limit = 3;
pool.size;

function viaChild() {
  Wide.registry.open();
}
viaChild();
