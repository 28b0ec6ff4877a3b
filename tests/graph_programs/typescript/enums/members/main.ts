enum Level {
  Low,
  High = compute(),
}
function compute(): number {
  return 2;
}
const handlers = {
  [Level.Low]: low,
  [Level.High]: high,
};
function low(): void {}
function high(): void {}

export function dispatch(level: Level): void {
  handlers[level]();
}
