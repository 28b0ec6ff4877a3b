import { exec, execFile, execSync, spawn } from "child_process";
import DOMPurify from "dompurify";
import ejs from "ejs";
import escapeHtml from "escape-html";
import vm from "vm";

const ORDERS = { name: "name ASC" };
const TABLE = "items";

app.get("/users", async (req, res) => {
  // ruleid: javascript-sql-injection, javascript-sql-text
  await db.query("SELECT * FROM users WHERE name = '" + req.query.name + "'");
  const { id } = req.params;
  // ruleid: javascript-sql-injection, javascript-sql-text
  await db.query(`SELECT * FROM users WHERE id = ${id}`);
  // ruleid: javascript-sql-injection
  await prisma.$queryRawUnsafe(req.body.statement);
  // ok: javascript-sql-injection, javascript-sql-text
  await db.query("SELECT * FROM users WHERE id = $1", [id]);
  // ok: javascript-sql-injection
  await db.query("SELECT * FROM users ORDER BY " + ORDERS[req.query.order]);
  // ok: javascript-sql-injection, javascript-sql-text
  await db.query(`SELECT * FROM users LIMIT ${Number(req.query.limit)}`);
});

function totals(year) {
  // ruleid: javascript-sql-text
  connection.query(`DELETE FROM totals WHERE year = ${year}`);
  const statement = "SELECT x FROM totals WHERE year = " + year;
  // ruleid: javascript-sql-text
  connection.query(statement);
  // ok: javascript-sql-text
  connection.query(`SELECT x FROM ${TABLE}`);
  // ok: javascript-sql-text
  connection.query("SELECT x " + "FROM totals");
  // ok: javascript-sql-text
  console.log(`SELECT x FROM totals WHERE year = ${year}`);
}

app.get("/ping", (req, res) => {
  // ruleid: javascript-command-injection, javascript-shell-text
  exec("ping -c 1 " + req.query.host, done);
  const host = req.query.host;
  // ruleid: javascript-command-injection, javascript-shell-text
  execSync(`ping -c 1 ${host}`);
  // ruleid: javascript-command-injection
  spawn("sh", ["-c", host]);
  // ok: javascript-command-injection, javascript-shell-text
  execFile("ping", ["-c", "1", host], done);
  // ok: javascript-command-injection, javascript-shell-text
  exec("uptime", done);
});

function pack(folder) {
  // ruleid: javascript-shell-text
  execSync("tar cf out.tar " + folder);
  // ruleid: javascript-shell-text
  exec(`tar cf out.tar ${folder}`, done);
  // ok: javascript-shell-text
  spawn("tar", ["cf", "out.tar", folder]);
  // ok: javascript-shell-text
  execSync("tar --version");
  // ok: javascript-shell-text
  const match = /a(b)/.exec(`x ${folder}`);
}

app.post("/calculate", (req, res) => {
  // ruleid: javascript-code-injection, javascript-eval
  const result = eval(req.body.formula);
  // ruleid: javascript-code-injection
  vm.runInNewContext(req.query.code);
  // ruleid: javascript-code-injection, javascript-eval
  new Function(req.body.code)();
  // ok: javascript-code-injection
  const data = JSON.parse(req.body.text);
  // ok: javascript-code-injection, javascript-eval
  const sum = eval("1 + 1");
});

function evaluated(text) {
  // ruleid: javascript-eval
  eval(text);
  // ruleid: javascript-eval
  setTimeout("show(" + text + ")", 10);
  // ok: javascript-eval
  setTimeout(() => show(text), 10);
  // ok: javascript-eval
  evaluate(text);
}

app.get("/hello", (req, res) => {
  // ruleid: javascript-xss
  res.send("<h1>Hello " + req.query.name + "</h1>");
  const name = req.query.name;
  // ruleid: javascript-xss
  res.send(`<p>${name}</p>`);
  // ok: javascript-xss
  res.send(`<p>${escapeHtml(name)}</p>`);
  // ok: javascript-xss
  res.json({ name });
  // ok: javascript-xss
  res.render("hello", { name });
  // ok: javascript-xss
  res.send({ name: name });
});

// ruleid: javascript-xss
document.getElementById("a").innerHTML = location.hash.slice(1);
const words = new URLSearchParams(location.search).get("words");
// ruleid: javascript-xss
document.write("<b>" + words + "</b>");
// ok: javascript-xss
document.getElementById("a").textContent = location.hash;
// ok: javascript-xss
document.getElementById("a").innerHTML = DOMPurify.sanitize(words);

// ruleid: javascript-html-set-raw
const Comment = ({ text }) => <div dangerouslySetInnerHTML={{ __html: text }} />;
const Clean = ({ text }) => (
  // ok: javascript-html-set-raw
  <div dangerouslySetInnerHTML={{ __html: DOMPurify.sanitize(text) }} />
);
// ok: javascript-html-set-raw
const Plain = ({ text }) => <div>{text}</div>;
// ok: javascript-html-set-raw
const Style = () => <style dangerouslySetInnerHTML={{ __html: "a { color: red }" }} />;
function showComment(comment) {
  // ruleid: javascript-html-set-raw
  box.innerHTML = `<p>${comment.text}</p>`;
  // ok: javascript-html-set-raw
  box.innerHTML = "<p>no comment</p>";
  // ok: javascript-html-set-raw
  box.innerHTML = `<p>${escapeHtml(comment.text)}</p>`;
}

app.post("/login", async (req, res) => {
  // ruleid: javascript-nosql-injection
  await User.findOne({ name: req.body.name, password: req.body.password });
  // ruleid: javascript-nosql-injection
  await User.find(req.query);
  // ok: javascript-nosql-injection
  await User.findOne({ name: String(req.body.name) });
  // ok: javascript-nosql-injection
  await User.findOne({ name: "root" });
  // ok: javascript-nosql-injection
  const first = list.find((one) => one.name === req.body.name);
});

app.get("/page", (req, res) => {
  // ruleid: javascript-template-injection
  ejs.render(req.query.template, {});
  const page = "<p>" + req.query.name;
  // ruleid: javascript-template-injection
  handlebars.compile(page);
  // ok: javascript-template-injection
  ejs.render("<p><%= name %></p>", { name: req.query.name });
  // ok: javascript-template-injection
  res.render("page", { name: req.query.name });
  // ruleid: javascript-header-injection
  res.setHeader("Content-Disposition", "attachment; filename=" + req.query.name);
  // ruleid: javascript-header-injection
  res.setHeader("X-Name", req.query.name);
  // ok: javascript-header-injection
  res.setHeader("X-Name", encodeURIComponent(req.query.name));
  // ok: javascript-header-injection
  res.setHeader("X-Name", "fixed");
});
