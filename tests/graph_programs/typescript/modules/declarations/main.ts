import { connect } from "./native";
import { transform } from "vendor-lib";

connect().close();
transform("x");
