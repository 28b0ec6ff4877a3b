// ruleid: javascript-abandoned-package
const request = require("request");
// ruleid: javascript-abandoned-package
import { VM } from "vm2";
// ok: javascript-abandoned-package
const express = require("express");
// ok: javascript-abandoned-package
const local = require("./request");

// ruleid: javascript-unsafe-buffer
const first = new Buffer(16);
// ruleid: javascript-unsafe-buffer
const second = new Buffer("text");
// ok: javascript-unsafe-buffer
const third = Buffer.from("text");
// ok: javascript-unsafe-buffer
const fourth = new ArrayBuffer(16);

// ruleid: javascript-cipher-without-iv
crypto.createCipher("aes-256-cbc", password);
// ruleid: javascript-cipher-without-iv
crypto.createDecipher("aes-256-cbc", password);
// ok: javascript-cipher-without-iv
crypto.createCipheriv("aes-256-gcm", key, iv);
// ok: javascript-cipher-without-iv
crypto.createHash("sha256");

// ruleid: javascript-withdrawn-escape
const text = unescape(encoded);
// ruleid: javascript-withdrawn-escape
const host = url.parse(address).hostname;
// ok: javascript-withdrawn-escape
const other = decodeURIComponent(encoded);
// ok: javascript-withdrawn-escape
const safe = lodash.unescape(encoded);

// ruleid: javascript-document-domain
document.domain = "example.org";
// ruleid: javascript-document-domain
window.document.domain = parent;
// ok: javascript-document-domain
const domain = document.domain;
// ok: javascript-document-domain
settings.domain = "example.org";
