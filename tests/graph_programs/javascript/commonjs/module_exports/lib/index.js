exports = module.exports = { run };
function run() {
  const tools = require("../tools");
  tools.saw();
}
