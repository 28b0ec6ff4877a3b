class Tool {
  static use(): void {}
}
export = Tool;
