function audit() {}
function compute() {}

class Account {
  get total() {
    return compute();
  }
  set limit(value) {
    audit();
  }
}
const account = new Account();
account.total;
const seen = account.total;
account.limit = 3;

const plain = {
  get size() {
    return compute();
  },
};
plain.size;
