interface Plugin {
  name: string;
  start(): void;
  stop?(): void;
}

const plugin: Plugin = {
  name: "x",
  start() {
    boot();
  },
  stop: () => {},
};
function boot(): void {}

function install(one: Plugin): void {
  one.start();
  one.stop?.();
}
install(plugin);
