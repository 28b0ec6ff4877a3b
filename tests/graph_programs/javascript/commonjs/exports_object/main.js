const util = require("./util");
const { parse, render: show } = require("./util");
const once = require("./once").once;

util.parse();
parse();
show();
once();
require("./util").render();
