export class Store {
  put(): void {}
  options(): Options {
    return new Options();
  }
}
export class Options {
  apply(): void {}
}
export function open(): Store {
  return new Store();
}
