class Node {
  visit(): void {}
}
const raw: unknown = JSON.parse("{}");

(raw as Node).visit();
(<Node>raw).visit();

export function safe(node?: Node): void {
  node!.visit();
  node?.visit();
}
