import { add } from "../math.js";
export default function multiply() {
  add();
}
function divide() {}
export { divide };
