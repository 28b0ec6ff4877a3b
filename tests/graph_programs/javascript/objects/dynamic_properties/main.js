function save() {}
function load() {}

const store = {};
store.save = save;
store["load"] = load;
store.save();
store.load();

function register(name, f) {
  registry[name] = f;
}
const registry = {};
register("x", save);
registry.x();

const map = new Map();
map.set("k", load);
map.get("k")();
