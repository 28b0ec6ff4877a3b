export default function shared(): void {}
