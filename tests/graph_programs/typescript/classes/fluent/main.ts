class Query {
  private parts: string[] = [];

  where(text: string): this {
    this.add(text);
    return this;
  }
  limit(count: number): Query {
    return this;
  }
  run(): void {}
  private add(text: string): void {}
}

new Query().where("a").limit(1).where("b").run();
