import { Service, createService } from "./services";

export function start(service: Service): void {
  service.start();
}
start(createService());
export function stop(service: Service): void {
  service.stop();
}
