class Registry {
  private static instance: Registry | undefined;
  private handlers: Record<string, () => void> = {};

  static get(): Registry {
    if (!Registry.instance) {
      Registry.instance = new Registry();
    }
    return Registry.instance;
  }
  add(name: string, handler: () => void): this {
    this.handlers[name] = handler;
    return this;
  }
  fire(name: string): void {
    this.handlers[name]();
  }
}
function saved(): void {}

Registry.get().add("save", saved);
Registry.get().fire("save");
