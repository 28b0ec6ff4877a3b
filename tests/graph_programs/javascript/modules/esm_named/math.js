export function add() {
  check();
}
export const subtract = () => check();
function check() {}
