export { Service } from "./service";
export { create as createService } from "./factory";
