class Panel {
  draw(): void {}
}
export function refresh(this: Panel): void {
  this.draw();
}
