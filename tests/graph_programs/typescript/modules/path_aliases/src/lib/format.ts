export function format(): void {}
