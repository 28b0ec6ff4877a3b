// ruleid: javascript-debug-on
app.use(errorhandler());
// ruleid: javascript-debug-on
app.use("/graphql", graphqlHTTP({ schema, graphiql: true }));
if (process.env.NODE_ENV === "development") {
  // ok: javascript-debug-on
  app.use(errorhandler());
}
// ok: javascript-debug-on
app.use("/graphql", graphqlHTTP({ schema, graphiql: false }));

// ruleid: javascript-xxe
libxmljs.parseXml(text, { noent: true });
// ruleid: javascript-xxe
libxmljs.parseXmlString(text, { dtdload: true });
// ok: javascript-xxe
libxmljs.parseXml(text);
// ok: javascript-xxe
libxmljs.parseXml(text, { noent: false });

function failed(error, req, res) {
  // ruleid: javascript-trace-shown
  res.status(500).send(error.stack);
  // ruleid: javascript-trace-shown
  res.json({ error: error.stack });
  // ok: javascript-trace-shown
  console.error(error.stack);
  // ok: javascript-trace-shown
  res.status(500).send("That did not work");
  // ruleid: javascript-cookie-unprotected
  res.cookie("session", value);
  // ruleid: javascript-cookie-unprotected
  res.cookie("token", value, { maxAge: 1000 });
  // ok: javascript-cookie-unprotected
  res.cookie("session", value, { httpOnly: true, secure: true, sameSite: "lax" });
  // ok: javascript-cookie-unprotected
  res.cookie("theme", value);
}

// ruleid: javascript-protection-off
app.use(helmet({ contentSecurityPolicy: false }));
// ruleid: javascript-protection-off
nunjucks.configure("pages", { autoescape: false });
// ok: javascript-protection-off
app.use(helmet());
// ok: javascript-protection-off
nunjucks.configure("pages", { autoescape: true });

// ruleid: javascript-default-password
const connection = connect({ user: "root", password: "root" });
// ruleid: javascript-default-password
const adminPassword = process.env.ADMIN_PASSWORD || "changeme";
// ok: javascript-default-password
const safeConnection = connect({ user: "root", password: process.env.DB_PASSWORD });
// ok: javascript-default-password
const field = { type: "password", secret: "password" };
