const Server = require("./server");
const create = require("./create");
const tools = require("./tools");
const lib = require("./lib");

new Server().listen();
create();
create.fast();
tools.hammer();
lib.run();
