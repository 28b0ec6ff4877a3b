function first() {}
function second() {}
function third() {}
function fourth() {}

class Pages {
  async *[Symbol.asyncIterator]() {
    yield first;
  }
  *[Symbol.iterator]() {
    yield second;
  }
}
const feed = {
  [Symbol.asyncIterator]() {
    let left = 1;
    return {
      async next() {
        left -= 1;
        return { done: left < 0, value: third };
      },
    };
  },
};
class Plain {
  [Symbol.iterator]() {
    let left = 1;
    return {
      next() {
        left -= 1;
        return { done: left < 0, value: fourth };
      },
    };
  }
}

async function readPages() {
  for await (const each of new Pages()) each();
}
function listPages() {
  for (const each of new Pages()) each();
}
async function readFeed() {
  for await (const each of feed) each();
}
async function readPlain() {
  for await (const each of new Plain()) each();
}

readPages();
listPages();
readFeed();
readPlain();
