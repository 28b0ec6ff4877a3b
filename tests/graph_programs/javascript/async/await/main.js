async function fetchHandler() {
  return handler;
}
function handler() {}
async function main() {
  const found = await fetchHandler();
  found();
  const [first] = await Promise.all([fetchHandler()]);
  first();
}
const boot = async () => {
  await main();
};
boot();
