function first() {}
function second() {}

const menu = {
  file: { open() { first(); } },
  edit: { open() { second(); }, undo: () => first() },
};

function Left() {}
Left.prototype = { run() { first(); } };
function Right() {}
Right.prototype = { run() { second(); } };

menu.file.close = function () { second(); };

menu.file.open();
menu.edit.open();
menu.edit.undo();
menu.file.close();
new Left().run();
new Right().run();
