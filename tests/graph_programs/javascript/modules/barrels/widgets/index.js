export * from "./widget";
export { default as format } from "./format";
export * as helpers from "./helpers";
