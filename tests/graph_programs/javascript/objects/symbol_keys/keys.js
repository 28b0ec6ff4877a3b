export const CLOSE = Symbol("close");
