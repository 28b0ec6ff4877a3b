import _ from "lodash";
import { readFile } from "fs/promises";
import * as path from "node:path";

function double(x) {}

_.map([1], double);
readFile("x");
path.join("a", "b");
