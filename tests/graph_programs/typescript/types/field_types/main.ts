class Logger {
  info(): void {}
}
class Repository {
  private logger: Logger;
  protected cache!: Cache;

  constructor(logger: Logger) {
    this.logger = logger;
  }
  save(): void {
    this.logger.info();
    this.cache.put();
  }
}
class Cache {
  put(): void {}
}
