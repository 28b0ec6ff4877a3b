function add() {}
function remove() {}
function other() {}

const ADD = "add";
const table = {
  [ADD]: add,
  ["re" + "move"]: remove,
  3: other,
};
table[ADD]();
table.add();
table[3]();

const actions = { add, remove };
function run(name) {
  actions[name]();
}
run(process.argv[2]);

const byNumber = [add, remove];
byNumber[1]();
