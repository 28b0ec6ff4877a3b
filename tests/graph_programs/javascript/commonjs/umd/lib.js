(function (root, factory) {
  if (typeof module === "object" && module.exports) {
    module.exports = factory();
  } else {
    root.lib = factory();
  }
})(this, function () {
  function start() {
    stop();
  }
  function stop() {}
  return { start: start };
});
