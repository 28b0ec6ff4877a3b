import { Service } from "./service";
export const create = (): Service => new Service();
