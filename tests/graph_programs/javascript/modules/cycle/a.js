import { b } from "./b.js";
export function a() {
  b();
}
export function last() {}
