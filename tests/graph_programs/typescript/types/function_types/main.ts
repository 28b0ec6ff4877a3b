type Callback = (value: number) => void;

function notify(callbacks: Callback[]): void {
  for (const callback of callbacks) {
    callback(1);
  }
}
const print: Callback = (value) => show(value);
function show(value: number): void {}

notify([print]);
