function one() {}
function two() {}
function three() {}
function four() {}
function five() {}

const KEY = "go";
const NUMBER = 1;
const EVENT = "on" + "Close";
const table = {
  [KEY + "2"]: one,
  [`t${NUMBER}`]: two,
  [EVENT]: three,
  [KEY]: four,
};
class Page {
  [`${KEY}Back`]() {
    five();
  }
  static ["make" + KEY]() {
    return new Page();
  }
}

function first() {
  table.go2();
}
function second() {
  table.t1();
  table[`t${1}`]();
}
function third() {
  table.onClose();
  table["on" + "Close"]();
}
function fourth() {
  table[KEY]();
}
first();
second();
third();
fourth();
Page.makego().goBack();
