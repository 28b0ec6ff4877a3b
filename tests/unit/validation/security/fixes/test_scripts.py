"""The mechanical fixes of JavaScript and TypeScript."""

import pytest

from yantra_bot.validation.security.fixes.scripts import fix_script
from yantra_bot.validation.security.fixes.source import apply

PG, MYSQL = 'const { Pool } = require("pg");\n', "import mysql from 'mysql2/promise';\n"


def fixed(fix: str, text: str) -> str:
    """Return the last line with the first fix made, empty where there is none."""
    found = list(fix_script(fix, text, len(text.split("\n")), len(text.split("\n"))))
    return apply(text, found[0].edits).split("\n")[-1] if found else ""


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (PG + "db.query(`SELECT a FROM t WHERE b = ${req.query.b} AND c = '${c}'`);",
         'db.query("SELECT a FROM t WHERE b = $1 AND c = $2", [req.query.b, c]);'),
        (MYSQL + "await db.execute('SELECT a FROM t WHERE b = ' + req.body.b)",
         'await db.execute("SELECT a FROM t WHERE b = ?", [req.body.b])'),
        (MYSQL + "db.query(\"SELECT a FROM t WHERE b LIKE '%\" + x + \"%'\", done)",
         'db.query("SELECT a FROM t WHERE b LIKE ?", [`%${x}%`], done)'),
        (PG + "db.query(`SELECT a FROM ${table}`)", ""),
        (PG + "db.query('SELECT a FROM t')", ""),
        (PG + "db.query(`SELECT a FROM t WHERE b = ${b} AND c = $1`, [c])", ""),
        ("db.query(`SELECT a FROM t WHERE b = ${b}`)", ""),
        (PG + MYSQL + "db.query(`SELECT a FROM t WHERE b = ${b}`)", ""),
        (PG + "db.query(build(`SELECT a FROM t WHERE b = ${b}`))", ""),
    ],
)  # fmt: skip
def test_values_become_parameters(text: str, line: str) -> None:
    """Of templates and sums, in the one style that the file's library has."""
    assert fixed("sql-injection", text) == line


@pytest.mark.parametrize(
    ("fix", "text", "line"),
    [
        ("tls", "new https.Agent({ rejectUnauthorized: false })", "new https.Agent({ rejectUnauthorized: true })"),
        ("tls", 'process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";', 'process.env.NODE_TLS_REJECT_UNAUTHORIZED = "1";'),
        ("tls", "{ minVersion: 'TLSv1.1' }", "{ minVersion: 'TLSv1.2' }"),
        ("weak-hash", "crypto.createHash('md5')", "crypto.createHash('sha256')"),
        ("xss", "node.innerHTML = message;", "node.textContent = message;"),
        ("xss", "node.innerHTML = '<b>' + message;", ""),
        ("hard-coded-secret", "const apiKey = 'abcd1234';", "const apiKey = process.env.API_KEY;"),
        ("deserialisation", "yaml.unsafeLoad(text)", "yaml.load(text)"),
        ("path-traversal", "fs.readFile(name)", ""),
    ],
)
def test_each_class_has_its_swap(fix: str, text: str, line: str) -> None:
    """One line, one swap, and none where it is not plain."""
    assert fixed(fix, text) == line
