function a() {}
function b() {}
function failed() {
  return b;
}

async function first() {
  return a;
}
async function second() {
  return b;
}

async function all() {
  const [one, two] = await Promise.all([first(), second()]);
  one();
}
async function settled() {
  const [one] = await Promise.allSettled([second()]);
  one.value();
}
function chained() {
  first()
    .then((f) => second())
    .then((f) => f());
}
function recovered() {
  return Promise.reject(new Error("no")).catch(failed).then((f) => f());
}
function resolved() {
  const { promise, resolve } = later();
  resolve(a);
  return promise.then((f) => f());
}
function later() {
  let resolve;
  const promise = new Promise((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
all();
settled();
chained();
recovered();
resolved();
