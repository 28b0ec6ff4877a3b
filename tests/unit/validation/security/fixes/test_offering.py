"""A fix is offered when the fixed file parses and a second scan is clean, and as whole lines of the file."""

from collections import Counter

import pytest

from tests.fakes.sandbox_world import SandboxWorld
from yantra_bot.domain.findings import Finding, Replacement
from yantra_bot.validation.security.changes import Change
from yantra_bot.validation.security.code import CodeReport, check_code
from yantra_bot.validation.security.engine import Report, Target, scan
from yantra_bot.validation.security.fixes import count_hits, offer_fixes, offer_for_leaks
from yantra_bot.validation.security.fixes.source import Edit, to_replacements
from yantra_bot.validation.security.rules import RuleBook, shipped_rules
from yantra_bot.validation.security.scanner import Scanner
from yantra_bot.validation.security.secrets import find_secrets

VIEW = '''\
"""Views."""

import os
import sqlite3

import requests
import yaml
from flask import Flask, request

app = Flask(__name__)
SECRET_KEY = "b7!kd0s-2kx9-very"


@app.route("/user")
def user():
    base = sqlite3.connect("a.db")
    return str(base.execute(f"SELECT id FROM users WHERE name = '{request.args['name']}'").fetchall())


@app.route("/ping")
def ping():
    os.system("ping -c 1 " + request.args["host"])
    return "ok"


@app.route("/file")
def file():
    with open(os.path.join("/srv", request.args["file"])) as one:
        return one.read()


@app.route("/hello")
def hello():
    return "<p>" + request.args["name"] + "</p>"


@app.route("/load")
def load():
    return str(yaml.load(request.data, Loader=yaml.Loader))


def fetch(address):
    return requests.get(address, verify=False)
'''


def change(text: str, path: str = "app/views.py") -> Change:
    return Change(path, None, text.encode(), added=(range(1, text.count("\n") + 2),))


def offer(report: CodeReport, book: RuleBook, world: SandboxWorld, scanner: Scanner) -> list[Finding]:
    return offer_fixes(
        report.found,
        count_hits(report.hits, report.targets),
        lambda rules, targets: scan(world.sandbox, scanner, rules, targets),
        frozenset,
    )


def put_in(text: str, replacements: tuple[Replacement, ...]) -> str:
    lines = text.split("\n")
    for one in sorted(replacements, key=lambda one: (one.line, one.end_line), reverse=True):
        lines[one.line - 1 : one.end_line] = one.text.split("\n") if one.text or one.end_line < one.line else []
    return "\n".join(lines)


def test_every_critical_of_a_view_gets_a_fix_that_is_clean(sandbox_world: SandboxWorld, scanner: Scanner) -> None:
    """One after the other, each taken from a scan of its own, until none that is critical is left."""
    book, text = shipped_rules(), VIEW
    for _ in range(10):
        report = check_code([change(text)], book, sandbox_world.sandbox, scanner)
        with_fix = [one for one in offer(report, book, sandbox_world, scanner) if one.fix is not None]
        if not with_fix:
            break
        assert with_fix[0].fix is not None
        text = put_in(text, with_fix[0].fix.replacements)
        compile(text, "views.py", "exec")
    grave = {one.finding.rule for one in report.found if one.finding.severity.rank >= 2}
    assert grave == set()
    assert 'os.environ["SECRET_KEY"]' in text
    assert '"SELECT id FROM users WHERE name = ?", (request.args[' in text


def test_no_fix_is_offered_that_a_second_scan_does_not_like(sandbox_world: SandboxWorld, scanner: Scanner) -> None:
    """A scan that finds as much as before, or cannot be made, leaves the findings without fixes."""
    book = shipped_rules()
    report = check_code([change(VIEW)], book, sandbox_world.sandbox, scanner)
    old = count_hits(report.hits, report.targets)
    same = offer_fixes(report.found, lambda _: Counter(), lambda _rules, _targets: Report(), frozenset)
    failed = offer_fixes(report.found, old, lambda _rules, _targets: Report(problems=(("", "x"),)), frozenset)
    assert [one.fix for one in (*same, *failed) if one.fix is not None] == []


def test_edits_become_whole_lines() -> None:
    """Two edits of one line are one replacement; what is put in before a line replaces none."""
    text = "a = 1\nb = 2\nc = 3\n"
    edits = [Edit(0, 0, "import x\n"), Edit(6, 7, "B"), Edit(10, 11, "5"), Edit(12, 12, "d\n")]
    made = to_replacements("a.py", text, edits)
    assert made == (
        Replacement("a.py", 1, 0, "import x"),
        Replacement("a.py", 2, 2, "B = 5"),
        Replacement("a.py", 3, 2, "d"),
    )
    assert put_in(text, made) == "import x\na = 1\nB = 5\nd\nc = 3\n"


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        ("app/a.py", "import os\nDB_PASSWORD = 'x9Kq2Lm7vT'\n", 'DB_PASSWORD = os.environ["DB_PASSWORD"]'),
        ("src/a.ts", 'const apiKey = "7f3c9a1e5b2d4860";\n', "const apiKey = process.env.API_KEY;"),
    ],
)
def test_a_secret_becomes_a_variable_of_the_environment(path: str, text: str, line: str) -> None:
    """In Python and in JavaScript, and the secret is nowhere in what is offered."""
    changes = [change(text, path)]
    (finding,) = offer_for_leaks(find_secrets(changes), changes)
    assert finding.fix is not None
    assert line in put_in(text, finding.fix.replacements)
    assert "x9Kq2Lm7vT" not in repr(finding)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.py", "password = 'x9Kq2Lm7vT' + (\n"),
        ("a.env", "DB_PASSWORD=x9Kq2Lm7vT\n"),
        ("a.py", "p = 'x'\r\ndb_password = 'x9Kq2Lm7vT'\r\n"),
    ],
)
def test_where_no_fix_is_sure_there_is_none(path: str, text: str) -> None:
    """A file that does not parse, one of settings, and one with other line ends."""
    changes = [change(text, path)]
    assert [one.fix for one in offer_for_leaks(find_secrets(changes), changes)] == [None]


JS = [
    ("const a = new https.Agent({ rejectUnauthorized: false })\n", "rejectUnauthorized: true"),
    (
        'import crypto from "crypto";\nexport const t = crypto.createHash("md5").update(password).digest("hex");\n',
        '"sha256"',
    ),
]


def test_scripts_are_mended_where_it_is_mechanical(sandbox_world: SandboxWorld, scanner: Scanner) -> None:
    """What a rule of JavaScript says is of a class is swapped in its line; without such a rule nothing is."""
    book = RuleBook({one.id: one for one in shipped_rules().rules.values() if "javascript" in one.languages})
    for text, right in JS:
        report = check_code([change(text, "src/a.js")], book, sandbox_world.sandbox, scanner)
        for one in offer(report, book, sandbox_world, scanner):
            if one.fix is not None:
                assert right in put_in(text, one.fix.replacements)


def test_a_target_that_is_no_utf8_is_left(sandbox_world: SandboxWorld, scanner: Scanner) -> None:
    """Bytes that would be changed by reading them as text are never written back."""
    book = shipped_rules()
    data = VIEW.encode() + b"# \xff\n"
    found = check_code([Change("a.py", None, data, added=(range(1, 99),))], book, sandbox_world.sandbox, scanner)
    assert found.found
    assert all(isinstance(one, Target) for one in found.targets)
    assert [one.fix for one in offer(found, book, sandbox_world, scanner) if one.fix is not None] == []
