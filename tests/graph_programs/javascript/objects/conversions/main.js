function format() {
  return "";
}
function count() {
  return 1;
}

class Money {
  constructor(amount) {
    this.amount = amount;
  }
  toString() {
    return format(this.amount);
  }
  valueOf() {
    return count();
  }
  toJSON() {
    return { amount: this.amount };
  }
}
class Label {
  toString() {
    return "label";
  }
}
class Degree {
  [Symbol.toPrimitive](hint) {
    return hint === "number" ? 1 : "1";
  }
  toString() {
    return "never";
  }
}
class Small extends Money {}
class Bare {}
class Fault extends Error {}

const money = new Money(3);
const label = new Label();

function asText() {
  return String(money);
}
function inTemplate() {
  return `${money} and ${label}`;
}
function inSum() {
  return money + 1;
}
function joined() {
  return "" + label;
}
function asNumber() {
  return +money;
}
function less(other) {
  return money < other;
}
function asJson() {
  return JSON.stringify({ list: [money] });
}
function degree(one) {
  return one * 2;
}
function grow() {
  let total = 0;
  total += money;
  return total;
}
function inherited() {
  return Number(new Small(1));
}
function nothing() {
  return `${new Bare()} ${new Fault("x")} ${[1, 2]} ${{ a: 1 }}` + 1;
}
const point = {
  toString() {
    return format();
  },
};
function literal() {
  return `${point}`;
}
function Old() {}
Old.prototype.toString = function () {
  return "old";
};
function old() {
  return "" + new Old();
}

asText();
inTemplate();
inSum();
joined();
asNumber();
less(new Money(4));
asJson();
degree(new Degree());
grow();
inherited();
nothing();
literal();
old();
