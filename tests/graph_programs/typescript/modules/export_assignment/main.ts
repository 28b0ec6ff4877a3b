import tool = require("./tool");
import * as helpers from "./helpers";

tool.use();
helpers.default();
