import type { Store } from "./store.js";
import { type Options, open } from "./store.js";

export function use(store: Store, options: Options): void {
  store.put();
  options.apply();
}
use(open(), open().options());
