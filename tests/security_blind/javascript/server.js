'use strict';
const express = require('express');
const { exec, execFile } = require('child_process');
const crypto = require('crypto');
const fs = require('fs');
const path = require('path');
const https = require('https');
const jwt = require('jsonwebtoken');
const mysql = require('mysql2');
const serialize = require('node-serialize');
const axios = require('axios');
const session = require('express-session');

const app = express();
const db = mysql.createConnection({ host: 'db', user: 'app', password: 'pa55-w0rd!x' }); // vuln: A07
app.use(session({ secret: 'keyboard cat 12', cookie: { secure: false, httpOnly: false } })); // vuln: A05

app.get('/user', (req, res) => {
  db.query("SELECT * FROM users WHERE id = " + req.query.id, (err, rows) => res.json(rows)); // vuln: A03
});

app.get('/user/safe', (req, res) => {
  db.query('SELECT * FROM users WHERE id = ?', [req.query.id], (err, rows) => res.json(rows));
});

app.get('/dns', (req, res) => {
  exec(`dig ${req.query.name}`, (err, out) => res.send(String(err))); // vuln: A03
});

app.get('/uptime', (req, res) => {
  execFile('uptime', [], (err, out) => res.json({ out }));
});

app.get('/file', (req, res) => {
  res.sendFile(path.join(__dirname, 'public', req.query.name)); // vuln: A01
});

app.get('/raw', (req, res) => {
  fs.readFile('/var/data/' + req.params.name, (err, data) => res.json({ size: data.length })); // vuln: A01
});

app.get('/search', (req, res) => {
  res.send('<h1>Results for ' + req.query.q + '</h1>'); // vuln: A03
});

app.get('/leave', (req, res) => {
  res.redirect(req.query.to); // vuln: A01
});

app.get('/fetch', async (req, res) => {
  const answer = await axios.get(req.query.url); // vuln: A10
  res.json(answer.data);
});

app.post('/calc', (req, res) => {
  res.json({ value: eval(req.body.formula) }); // vuln: A03
});

app.post('/rule', (req, res) => {
  const rule = new Function('x', req.body.code); // vuln: A03
  res.json({ value: rule(1) });
});

app.post('/restore', (req, res) => {
  res.json(serialize.unserialize(req.body.state)); // vuln: A08
});

app.use((req, res, next) => {
  res.setHeader('Access-Control-Allow-Origin', req.headers.origin); // vuln: A05
  res.setHeader('Access-Control-Allow-Credentials', 'true');
  next();
});

function hash(password) {
  return crypto.createHash('sha1').update(password).digest('hex'); // vuln: A02
}

function seal(text, key) {
  const cipher = crypto.createCipheriv('des-ecb', key, null); // vuln: A02
  return cipher.update(text, 'utf8', 'hex') + cipher.final('hex');
}

function resetToken() {
  return Math.random().toString(36).slice(2); // vuln: A02
}

function goodToken() {
  return crypto.randomBytes(32).toString('hex');
}

const agent = new https.Agent({ rejectUnauthorized: false }); // vuln: A02

function whoIs(token) {
  return jwt.decode(token).sub; // vuln: A07
}

function issue(user) {
  return jwt.sign({ sub: user }, 'not-so-secret-key-1', { algorithm: 'HS256' }); // vuln: A02
}

function merge(target, source) {
  for (const key in source) {
    if (typeof source[key] === 'object') merge(target[key], source[key]);
    else target[key] = source[key]; // vuln: A08
  }
}

app.post('/login', (req, res) => {
  console.log('login', req.body.user, req.body.password); // vuln: A09
  res.json({ hash: hash(req.body.password), agent: String(agent) });
});

module.exports = { app, seal, resetToken, goodToken, whoIs, issue, merge };
