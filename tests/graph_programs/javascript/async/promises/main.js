function load() {
  return Promise.resolve(parse);
}
function parse() {
  return 1;
}
function use(f) {
  return f();
}
function failed(error) {}
function finished() {}

load().then(use).catch(failed).finally(finished);

new Promise((resolve, reject) => {
  resolve(parse);
}).then((value) => value());
