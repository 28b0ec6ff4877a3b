export class Service {
  start(): void {}
  stop(): void {}
}
