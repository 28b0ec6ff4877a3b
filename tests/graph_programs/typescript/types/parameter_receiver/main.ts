class Service {
  run(): void {
    this.log();
  }
  private log(): void {}
}

export function handle(service: Service): void {
  service.run();
}
