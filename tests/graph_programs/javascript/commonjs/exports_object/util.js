exports.parse = function (text) {
  return exports.render(text);
};
exports.render = render;
function render() {}
