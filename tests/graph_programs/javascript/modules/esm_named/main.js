import { add, subtract as minus } from "./math.js";
import * as math from "./math.js";
import multiply, { divide } from "./lib/operations.js";
import "./effects.js";

add();
minus();
math.add();
multiply();
divide();
