class Connection {
  query(): void {}
}
declare function external(): unknown;

function connect(): Connection {
  return external() as Connection;
}

export function load(): void {
  connect().query();
}
