import tools from "./tools.cjs";
import { hammer } from "./tools.cjs";
import * as all from "./tools.cjs";

tools.hammer();
hammer();
all.saw();
