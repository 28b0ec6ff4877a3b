import { last } from "./a.js";
export function b() {
  last();
}
