class Refused {
  tell() {}
}

class Lost {
  tell() {}
}

class Denied {
  tell() {}
}

async function refuse() {
  throw new Refused();
}

function lose() {
  return new Promise((resolve, reject) => {
    reject(new Lost());
  });
}

async function waits() {
  try {
    await refuse();
  } catch (e) {
    e.tell();
  }
}

async function passes() {
  await lose();
}

function chains() {
  return passes()
    .then((value) => value)
    .catch((e) => e.tell());
}

function second() {
  Promise.all([refuse(), lose()]).then(null, (e) => e.tell());
}

function later() {
  try {
    Promise.resolve(1)
      .then(() => {
        throw new Denied();
      })
      .catch((e) => e.tell());
  } catch (e) {
    e.tell();
  }
}

waits();
chains();
second();
later();
Promise.reject(new Denied()).catch((e) => e.tell());
