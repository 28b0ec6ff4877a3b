function login(user, password, token) {
  // ruleid: javascript-secret-logged
  console.log("login", user, password);
  // ruleid: javascript-secret-logged
  logger.info(`token ${token}`);
  // ruleid: javascript-secret-logged
  logger.debug({ user, apiKey: settings.apiKey });
  // ok: javascript-secret-logged
  console.log("login", user);
  // ok: javascript-secret-logged
  logger.info("password changed");
  // ok: javascript-secret-logged
  store.set("password", password);
}

app.post("/a", (req, res) => {
  // ruleid: javascript-request-logged-whole
  console.log(req.body);
  // ruleid: javascript-request-logged-whole
  logger.info("headers", JSON.stringify(req.headers));
  // ok: javascript-request-logged-whole
  logger.info("asked", req.headers["x-request-id"]);
  // ok: javascript-request-logged-whole
  logger.info("asked", req.method);
  // ruleid: javascript-log-injection
  console.log("search for " + req.query.words);
  const words = req.query.words;
  // ruleid: javascript-log-injection
  logger.info(`search for ${words}`);
  // ok: javascript-log-injection
  logger.info("search", { words });
  // ok: javascript-log-injection
  logger.info(`search for ${words.replace(/\n/g, " ")}`);
  // ok: javascript-log-injection
  logger.info(`page ${Number(req.query.page)}`);
});

function check(token, key) {
  // ruleid: javascript-auth-error-swallowed
  try {
    jwt.verify(token, key);
  } catch (error) {}
  // ruleid: javascript-auth-error-swallowed
  try {
    verifySignature(token);
  } catch {}
  // ok: javascript-auth-error-swallowed
  try {
    jwt.verify(token, key);
  } catch (error) {
    throw new Refused(error);
  }
  // ok: javascript-auth-error-swallowed
  try {
    fs.unlinkSync("/srv/old");
  } catch (error) {}
}
