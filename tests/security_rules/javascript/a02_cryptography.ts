import crypto from "crypto";
import https from "https";
import jwt from "jsonwebtoken";

// ruleid: javascript-weak-hash
crypto.createHash("md5").update(data).digest("hex");
// ruleid: javascript-weak-hash
crypto.createHmac("sha1", key);
// ruleid: javascript-weak-hash
CryptoJS.MD5(data);
// ok: javascript-weak-hash
crypto.createHash("sha256").update(data);
// ok: javascript-weak-hash
crypto.createHash(name);
// ok: javascript-weak-hash
table.set("md5", data);

// ruleid: javascript-weak-cipher
crypto.createCipheriv("des-ede3-cbc", key, iv);
// ruleid: javascript-weak-cipher
crypto.createCipheriv("aes-128-ecb", key, null);
// ruleid: javascript-weak-cipher
CryptoJS.TripleDES.encrypt(text, key);
// ok: javascript-weak-cipher
crypto.createCipheriv("aes-256-gcm", key, iv);
// ok: javascript-weak-cipher
CryptoJS.AES.encrypt(text, key);

// ruleid: javascript-static-iv
crypto.createCipheriv("aes-256-cbc", key, "0123456789abcdef");
const fixed = Buffer.alloc(16);
// ruleid: javascript-static-iv
crypto.createCipheriv("aes-256-cbc", key, fixed);
// ok: javascript-static-iv
crypto.createCipheriv("aes-256-cbc", key, crypto.randomBytes(16));
const fresh = crypto.randomBytes(12);
// ok: javascript-static-iv
crypto.createCipheriv("aes-256-gcm", key, fresh);

// ruleid: javascript-tls-verify-off
new https.Agent({ rejectUnauthorized: false });
// ruleid: javascript-tls-verify-off
process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
// ok: javascript-tls-verify-off
new https.Agent({ rejectUnauthorized: true });
// ok: javascript-tls-verify-off
process.env.NODE_TLS_REJECT_UNAUTHORIZED = "1";
// ok: javascript-tls-verify-off
const help = "set rejectUnauthorized: false";

// ruleid: javascript-old-tls
https.createServer({ minVersion: "TLSv1" }, handler);
// ruleid: javascript-old-tls
https.request({ secureProtocol: "SSLv3_method" });
// ok: javascript-old-tls
https.createServer({ minVersion: "TLSv1.2" }, handler);
// ok: javascript-old-tls
https.request({ secureProtocol: "TLS_method" });

// ruleid: javascript-weak-random
const token = Math.random().toString(36).slice(2);
// ruleid: javascript-weak-random
user.resetCode = Math.floor(Math.random() * 1000000);
// ruleid: javascript-weak-random
const session = { sessionId: `s${Math.random()}` };
// ok: javascript-weak-random
const colour = Math.random();
// ok: javascript-weak-random
const secret = crypto.randomBytes(32).toString("hex");
// ok: javascript-weak-random
const delay = Math.random() * 1000;

// ruleid: javascript-hard-coded-key
const apiKey = "9f8a7b6c5d4e3f2a1b0c";
// ruleid: javascript-hard-coded-key
jwt.sign(payload, "swordfish");
// ruleid: javascript-hard-coded-key
app.use(session({ secret: "keyboard cat", resave: false }));
// ruleid: javascript-hard-coded-key
const settings = { user: "x", password: "Tr0ub4dor&3" };
// ok: javascript-hard-coded-key
const apiKeyFromOutside = process.env.API_KEY;
// ok: javascript-hard-coded-key
jwt.sign(payload, process.env.JWT_SECRET);
// ok: javascript-hard-coded-key
const password = "";
// ok: javascript-hard-coded-key
const labels = { password: "Your password, at least 8 letters" };
// ok: javascript-hard-coded-key
const authToken = "X-Auth-Token";
// ok: javascript-hard-coded-key
const clientSecret = "your-client-secret-1";

// ruleid: javascript-jwt-unsigned
jwt.verify(token, key, { algorithms: ["HS256", "none"] });
// ruleid: javascript-jwt-unsigned
jwt.sign(payload, "", { algorithm: "none" });
// ok: javascript-jwt-unsigned
jwt.verify(token, key, { algorithms: ["HS256"] });
// ok: javascript-jwt-unsigned
show(token, { algorithm: "none" });

// ruleid: javascript-short-key
crypto.generateKeyPairSync("rsa", { modulusLength: 1024 });
// ruleid: javascript-short-key
crypto.generateKeyPair("rsa", { modulusLength: 512 }, done);
// ok: javascript-short-key
crypto.generateKeyPairSync("rsa", { modulusLength: 3072 });
// ok: javascript-short-key
crypto.generateKeyPairSync("rsa", { modulusLength: size });
