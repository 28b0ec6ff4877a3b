import bcrypt from "bcrypt";
import crypto from "crypto";
import jwt from "jsonwebtoken";

function signed(signature: string, expected: string, given: Given) {
  // ruleid: javascript-secret-compare
  if (signature === expected) return true;
  // ruleid: javascript-secret-compare
  if (given.apiKey !== settings.apiKey) return false;
  // ok: javascript-secret-compare
  if (crypto.timingSafeEqual(Buffer.from(signature), Buffer.from(expected))) return true;
  // ok: javascript-secret-compare
  if (signature === undefined) return false;
  // ok: javascript-secret-compare
  return given.count === expected;
}

async function login(req, user, password) {
  // ruleid: javascript-password-compare
  if (user.password === req.body.password) return true;
  // ruleid: javascript-password-compare
  if (user.password !== password) return false;
  // ok: javascript-password-compare
  if (values.password !== values.passwordConfirm) return false;
  // ok: javascript-password-compare
  if (await bcrypt.compare(password, user.passwordHash)) return true;
  // ruleid: javascript-password-in-source
  if (password === "open-sesame") return true;
  // ruleid: javascript-password-in-source
  if (req.headers["x-api-key"] !== "k-81723") return false;
  // ok: javascript-password-in-source
  if (password === "") return false;
  // ok: javascript-password-in-source
  return field.type === "password";
}

function claims(token, key) {
  // ruleid: javascript-jwt-not-verified
  return jwt.decode(token);
}

function oldClaims(token, key) {
  // ruleid: javascript-jwt-not-verified
  return jwt.verify(token, key, { algorithms: ["HS256"], ignoreExpiration: true });
}

function checkedClaims(token, key) {
  // ok: javascript-jwt-not-verified
  const facts = jwt.verify(token, key, { algorithms: ["HS256"] });
  // ok: javascript-jwt-not-verified
  return base64.decode(token);
}

// ruleid: javascript-fast-password-hash
crypto.createHash("sha256").update(password).digest("hex");
// ruleid: javascript-fast-password-hash
crypto.createHash("md5").update(user.password + salt);
// ok: javascript-fast-password-hash
crypto.createHash("sha256").update(text);
// ok: javascript-fast-password-hash
crypto.scryptSync(password, salt, 64);

app.post("/register", async (req, res) => {
  // ruleid: javascript-password-kept-plain
  await User.create({ name: req.body.name, password: req.body.password });
  const { name, password } = req.body;
  // ruleid: javascript-password-kept-plain
  await db.query("INSERT INTO users VALUES ($1, $2)", [name, password]);
  // ok: javascript-password-kept-plain
  await User.create({ name, password: await bcrypt.hash(password, 12) });
  // ok: javascript-password-kept-plain
  await signIn({ name, password });
});

// ruleid: javascript-bcrypt-few-rounds
bcrypt.hashSync(password, 4);
// ruleid: javascript-bcrypt-few-rounds
crypto.pbkdf2Sync(password, salt, 1000, 32, "sha256");
// ok: javascript-bcrypt-few-rounds
bcrypt.hashSync(password, 12);
// ok: javascript-bcrypt-few-rounds
crypto.pbkdf2Sync(password, salt, 600000, 32, "sha256");
