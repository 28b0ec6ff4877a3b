const lib = require("./lib");
lib.start();
