const express = require("express");
const fs = require("fs");
const path = require("path");
const cors = require("cors");

const FILES = { daily: "/srv/daily.csv" };
const ROOT = "/srv/files";

app.get("/read", (req, res) => {
  // ruleid: javascript-path-traversal
  const text = fs.readFileSync(path.join(ROOT, req.query.name));
  // ruleid: javascript-path-traversal
  res.sendFile("/srv/files/" + req.params.name);
  const { name } = req.body;
  // ruleid: javascript-path-traversal
  fs.unlink(`${ROOT}/${name}`, done);
  // ok: javascript-path-traversal
  fs.unlink(path.join(ROOT, path.basename(name)), done);
  // ok: javascript-path-traversal
  fs.readFileSync(FILES[req.query.report]);
  // ok: javascript-path-traversal
  fs.readFileSync(`/srv/pages/${parseInt(req.query.page)}.txt`);
  // ok: javascript-path-traversal
  fs.writeFileSync("/srv/body.txt", req.body.text);
  // ok: javascript-path-traversal
  res.sendFile(name, { root: ROOT });
});

app.get("/inside", (req, res) => {
  const file = path.resolve(ROOT, req.query.name);
  if (!file.startsWith(ROOT + path.sep)) return res.sendStatus(404);
  // ok: javascript-path-traversal
  res.sendFile(file);
});

app.get("/go", (req, res) => {
  // ruleid: javascript-open-redirect
  res.redirect(req.query.next);
  const target = req.query.to;
  // ruleid: javascript-open-redirect
  res.redirect(302, target);
  // ruleid: javascript-open-redirect
  res.setHeader("Location", "https://" + req.query.host);
  // ok: javascript-open-redirect
  res.redirect("/items/" + req.query.item);
  // ok: javascript-open-redirect
  res.redirect(`https://example.org/welcome?from=${req.query.from}`);
  // ok: javascript-open-redirect
  res.redirect("/");
  if (!ALLOWED.includes(target)) return res.sendStatus(400);
  // ok: javascript-open-redirect
  res.redirect(target);
});

// ruleid: javascript-cors-any-origin
app.use(cors());
// ruleid: javascript-cors-any-origin
app.use(cors({ origin: "*", credentials: true }));
// ruleid: javascript-cors-any-origin
res.setHeader("Access-Control-Allow-Origin", "*");
// ok: javascript-cors-any-origin
app.use(cors({ origin: "https://example.org" }));
// ok: javascript-cors-any-origin
res.setHeader("Access-Control-Allow-Origin", "https://example.org");
// ok: javascript-cors-any-origin
res.setHeader("Accept", "*");

function echo(req, res) {
  // ruleid: javascript-cors-origin-echoed
  res.setHeader("Access-Control-Allow-Origin", req.headers.origin);
  const origin = req.get("Origin");
  // ruleid: javascript-cors-origin-echoed
  res.header("Access-Control-Allow-Origin", origin);
  if (TRUSTED.has(origin)) {
    // ok: javascript-cors-origin-echoed
    res.header("Access-Control-Allow-Origin", origin);
  }
  // ok: javascript-cors-origin-echoed
  res.header("X-Seen", req.headers.origin);
}

// ruleid: javascript-file-open-to-all
fs.chmodSync("/srv/run.sh", 0o777);
// ruleid: javascript-file-open-to-all
fs.writeFile("/srv/state", text, { mode: 0o666 }, done);
// ok: javascript-file-open-to-all
fs.chmodSync("/srv/run.sh", 0o755);
// ok: javascript-file-open-to-all
fs.writeFile("/srv/state", text, { mode: 0o600 }, done);

// ruleid: javascript-message-to-any-origin
window.parent.postMessage({ token }, "*");
// ruleid: javascript-message-to-any-origin
frame.contentWindow.postMessage(data, "*");
// ok: javascript-message-to-any-origin
window.parent.postMessage({ token }, "https://example.org");
// ok: javascript-message-to-any-origin
worker.postMessage(data);

// ruleid: javascript-hidden-files-served
app.use(express.static(__dirname));
// ruleid: javascript-hidden-files-served
app.use(express.static("public", { dotfiles: "allow" }));
// ok: javascript-hidden-files-served
app.use(express.static(path.join(__dirname, "public")));
// ok: javascript-hidden-files-served
app.use(express.static("public"));
