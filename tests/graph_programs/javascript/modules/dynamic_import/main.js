async function load() {
  const plugin = await import("./plugin.js");
  plugin.start();
  const { stop } = await import("./plugin.js");
  stop();
}
load();
import("./plugin.js").then((module) => module.start());
