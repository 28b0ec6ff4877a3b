// A bare Probot: verifies, parses, stores nothing, logs warnings only. Settings: PORT, SECRET, WITH_HANDLER.
import { generateKeyPairSync } from "node:crypto";
import { pino } from "pino";
import { Probot, Server } from "probot";

const log = pino({ level: "warn" });
const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs1", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});
const server = new Server({
  host: "127.0.0.1",
  port: Number(process.env.PORT),
  webhookPath: "/webhooks/github",
  log,
  Probot: Probot.defaults({ appId: 1, privateKey, secret: process.env.SECRET, log }),
});
await server.load((app) => {
  if (process.env.WITH_HANDLER) app.on("issue_comment.created", async () => {});
});
await server.start();
console.log(server.port);
