const serialize = require("node-serialize");

// ruleid: javascript-unsafe-load
serialize.unserialize(req.cookies.state);
// ruleid: javascript-unsafe-load
v8.deserialize(body);
// ok: javascript-unsafe-load
JSON.parse(req.cookies.state);
// ok: javascript-unsafe-load
yaml.load(text);

function unpack(stream, target) {
  stream.on("entry", (entry) => {
    // ruleid: javascript-archive-unpacked-anywhere
    entry.pipe(fs.createWriteStream(path.join(target, entry.path)));
  });
  for (const entry of zip.getEntries()) {
    // ruleid: javascript-archive-unpacked-anywhere
    fs.writeFileSync(target + "/" + entry.entryName, entry.getData());
  }
  for (const entry of zip.getEntries()) {
    const place = path.resolve(target, entry.entryName);
    if (!place.startsWith(target + path.sep)) continue;
    // ok: javascript-archive-unpacked-anywhere
    fs.writeFileSync(place, entry.getData());
  }
  stream.on("entry", (entry) => {
    // ok: javascript-archive-unpacked-anywhere
    entry.pipe(fs.createWriteStream(path.join(target, path.basename(entry.path))));
  });
}

async function update(address) {
  const answer = await fetch(address);
  const code = await answer.text();
  // ruleid: javascript-download-run
  eval(code);
  const script = await axios.get(address);
  // ruleid: javascript-download-run
  new Function(script.data)();
  // ok: javascript-download-run
  const data = JSON.parse(code);
  // ok: javascript-download-run
  show(script.data);
}

// ruleid: javascript-download-piped-to-shell
execSync("curl -s https://example.org/install.sh | sh");
// ruleid: javascript-download-piped-to-shell
child_process.exec("wget -qO- https://example.org/x | sudo bash", done);
// ok: javascript-download-piped-to-shell
execSync("curl -s https://example.org/data.json | jq .");
// ok: javascript-download-piped-to-shell
console.log("curl -s https://example.org/install.sh | sh");

// ruleid: javascript-message-origin-unchecked
window.addEventListener("message", (event) => {
  act(event.data);
});
// ruleid: javascript-message-origin-unchecked
window.addEventListener("message", function (event) {
  act(event.data);
});
// ok: javascript-message-origin-unchecked
window.addEventListener("message", (event) => {
  if (event.origin !== "https://example.org") return;
  act(event.data);
});
// ok: javascript-message-origin-unchecked
window.addEventListener("click", (event) => {
  act(event.data);
});
