app.post("/users", async (req, res) => {
  // ruleid: javascript-mass-assignment
  await User.create(req.body);
  // ruleid: javascript-mass-assignment
  await User.findByIdAndUpdate(req.params.id, req.body);
  // ruleid: javascript-mass-assignment
  Object.assign(user, req.body);
  // ok: javascript-mass-assignment
  await User.create({ name: req.body.name });
  // ok: javascript-mass-assignment
  const body = new UserDto(req.body);
  // ok: javascript-mass-assignment
  console.log(req.body);
});

// ruleid: javascript-unlimited-upload
const upload = multer({ dest: "uploads/" });
// ruleid: javascript-unlimited-upload
app.use(fileUpload());
// ok: javascript-unlimited-upload
const small = multer({ dest: "uploads/", limits: { fileSize: 1000000 } });
// ok: javascript-unlimited-upload
app.use(express.json({ limit: "1mb" }));

// ruleid: javascript-predictable-token
const token = "t" + Date.now();
// ruleid: javascript-predictable-token
user.resetToken = md5(new Date().getTime() + user.name);
// ok: javascript-predictable-token
const resetToken = crypto.randomUUID();
// ok: javascript-predictable-token
const started = Date.now();
// ok: javascript-predictable-token
const signedToken = jwt.sign({ iat: Date.now() }, key);

app.get("/search", (req, res) => {
  // ruleid: javascript-regex-from-request
  const regex = new RegExp(req.query.words, "i");
  // ruleid: javascript-regex-from-request
  User.find({ name: { $regex: req.query.name } });
  // ok: javascript-regex-from-request
  const safe = new RegExp(escapeRegExp(req.query.words));
  // ok: javascript-regex-from-request
  const found = /^\d+$/.test(req.query.number);
  // ruleid: javascript-size-from-request
  const text = "x".repeat(req.query.count);
  const size = parseInt(req.query.size);
  // ruleid: javascript-size-from-request
  const buffer = Buffer.alloc(size);
  // ok: javascript-size-from-request
  const capped = Buffer.alloc(Math.min(size, 1000));
  // ok: javascript-size-from-request
  const fixed = Buffer.alloc(16);
});

app.post("/settings", (req, res) => {
  // ruleid: javascript-prototype-pollution
  settings[req.body.key] = req.body.value;
  // ruleid: javascript-prototype-pollution
  _.merge(settings, req.body);
  // ok: javascript-prototype-pollution
  settings.theme = req.body.theme;
  // ok: javascript-prototype-pollution
  settings[1] = req.body.theme;
  const key = req.body.key;
  if (!KEYS.includes(key)) return;
  // ok: javascript-prototype-pollution
  settings[key] = req.body.value;
});

// ruleid: javascript-secret-in-local-storage
localStorage.setItem("access_token", token);
// ruleid: javascript-secret-in-local-storage
sessionStorage.setItem("jwt", answer.jwt);
// ok: javascript-secret-in-local-storage
localStorage.setItem("theme", theme);
// ok: javascript-secret-in-local-storage
localStorage.removeItem("access_token");
