import axios from "axios";
import net from "net";

const API = "https://api.example.org";

app.get("/fetch", async (req, res) => {
  // ruleid: javascript-ssrf
  await fetch(req.query.url);
  const url = req.body.url;
  // ruleid: javascript-ssrf
  await axios.get(url);
  // ruleid: javascript-ssrf
  await axios({ method: "get", url: `http://${req.params.host}/status` });
  // ok: javascript-ssrf
  await fetch(`https://api.example.org/items/${req.params.id}`);
  // ok: javascript-ssrf
  await axios.get("https://api.example.org/items/" + req.params.id);
  // ok: javascript-ssrf
  await fetch(`${API}/items/${req.params.id}`);
  // ok: javascript-ssrf
  await axios.post("https://api.example.org/items", req.body);
});

app.get("/listed", async (req, res) => {
  const url = req.query.url;
  const parts = new URL(url);
  if (!HOSTS.includes(parts.hostname)) return res.sendStatus(400);
  // ok: javascript-ssrf
  await fetch(url);
});

app.get("/probe", (req, res) => {
  // ruleid: javascript-ssrf-socket
  net.connect(80, req.query.host);
  // ruleid: javascript-ssrf-socket
  net.createConnection({ port: 80, host: req.query.host });
  // ok: javascript-ssrf-socket
  net.connect(Number(req.query.port), "example.org");
  // ok: javascript-ssrf-socket
  net.connect(80, "example.org");
});

app.get("/print", async (req, res) => {
  // ruleid: javascript-ssrf-page
  await page.goto(req.query.url);
  const address = "https://" + req.query.host;
  // ruleid: javascript-ssrf-page
  await page.goto(address);
  // ok: javascript-ssrf-page
  await page.goto("https://example.org/report?id=" + req.query.id);
  // ok: javascript-ssrf-page
  await page.goto("https://example.org/report");
});
