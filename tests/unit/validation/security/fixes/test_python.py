"""What each class of fix makes of Python code, and when it makes nothing."""

import ast

import pytest

from yantra_bot.validation.security.fixes.calls import fix_hash, fix_reading, fix_tls
from yantra_bot.validation.security.fixes.pages import fix_page
from yantra_bot.validation.security.fixes.paths import fix_path
from yantra_bot.validation.security.fixes.settings import fix_secret
from yantra_bot.validation.security.fixes.shell import fix_shell
from yantra_bot.validation.security.fixes.source import Draft, Source, apply
from yantra_bot.validation.security.fixes.sql import fix_sql

FIXES = {
    "shell": fix_shell, "secret": fix_secret, "reading": fix_reading, "tls": fix_tls, "hash": fix_hash,
    "page": fix_page, "path": fix_path,
}  # fmt: skip


def drafts(fix: str, text: str, line: int, imported: frozenset[str] = frozenset()) -> list[Draft]:
    source = Source(text)
    if fix == "sql":
        return list(fix_sql(source, line, line, lambda: imported))
    return list(FIXES[fix](source, line, line))


def fixed(fix: str, text: str, imported: frozenset[str] = frozenset()) -> list[str]:
    """Return the changed lines of the first fix for the last line, imports that it adds included; empty for none."""
    found = drafts(fix, text, len(text.split("\n")), imported)
    if not found:
        return []
    new = apply(text, found[0].edits)
    ast.parse(new)
    old = text.split("\n")
    return [line for line in new.split("\n") if line not in old]


SQLITE = "import sqlite3\n"
SQL = [
    (SQLITE + """c.execute(f"SELECT a FROM t WHERE b = {x} AND c = '{y}'")""",
     ['c.execute("SELECT a FROM t WHERE b = ? AND c = ?", (x, y))']),
    (SQLITE + """c.execute("SELECT a FROM t WHERE b = '" + x + "'")""",
     ['c.execute("SELECT a FROM t WHERE b = ?", (x,))']),
    (SQLITE + """c.execute("SELECT a FROM t WHERE b = '%s' AND p LIKE '10%%'" % x)""",
     ['''c.execute("SELECT a FROM t WHERE b = ? AND p LIKE '10%'", (x,))''']),
    (SQLITE + """c.execute("INSERT INTO t VALUES ({}, '{n}', 3)".format(x, n=y))""",
     ['c.execute("INSERT INTO t VALUES (?, ?, 3)", (x, y))']),
    (SQLITE + """c.execute(f"SELECT a FROM t WHERE b LIKE '%{x}%'")""",
     ['c.execute("SELECT a FROM t WHERE b LIKE ?", (f"%{x}%",))']),
    ("import psycopg2\n" + """c.execute(f"SELECT a FROM t WHERE b LIKE 'x%' AND d > {x}")""",
     ['''c.execute("SELECT a FROM t WHERE b LIKE 'x%%' AND d > %s", (x,))''']),
    ("import asyncpg\n" + """c.fetchrow(f"SELECT a FROM t WHERE b = {x} AND d IN ({y}, {z})")""",
     ['c.fetchrow("SELECT a FROM t WHERE b = $1 AND d IN ($2, $3)", x, y, z)']),
    ("from sqlalchemy import text\n" + """s.execute(text(f"SELECT a FROM t WHERE b = '{x}'"))""",
     ['s.execute(text("SELECT a FROM t WHERE b = :p1"), {"p1": x})']),
    ("from m import M\n" + """M.objects.raw("SELECT a FROM t WHERE b = '%s'" % x)""",
     ['M.objects.raw("SELECT a FROM t WHERE b = %s", [x])']),
    (SQLITE + """c.execute('SELECT a FROM t WHERE b = "' + x + '"')""",
     ['c.execute("SELECT a FROM t WHERE b = ?", (x,))']),
    (SQLITE + 'def f(c, x):\n    q = f"SELECT a FROM t WHERE b = {x}"\n    return c.execute(q)',
     ['    q = "SELECT a FROM t WHERE b = ?"', "    return c.execute(q, (x,))"]),
    (SQLITE + """c.execute(f'''\nSELECT a\nFROM t WHERE b = {x}''')""",
     ['FROM t WHERE b = ?""", (x,))', 'c.execute("""']),
]  # fmt: skip


@pytest.mark.parametrize(("text", "lines"), SQL)
def test_values_become_parameters(text: str, lines: list[str]) -> None:
    """Every way to put text together, every style of a placeholder, quotes and percent signs as they have to be."""
    found = drafts("sql", text, len(text.split("\n")))
    assert found, text
    assert sorted(fixed("sql", text)) == sorted(lines)


@pytest.mark.parametrize(
    "text",
    [
        SQLITE + 'c.execute(f"SELECT a FROM {t}")',
        SQLITE + 'c.execute("SELECT a FROM t ORDER BY " + x)',
        SQLITE + 'c.execute(f"SELECT {a}, {b} FROM t")',
        SQLITE + 'c.execute(f"SELECT a FROM t WHERE b = {x!r}")',
        SQLITE + 'c.execute(f"SELECT a FROM t WHERE b = {x:d}")',
        SQLITE + 'c.execute(f"SELECT a FROM t WHERE b = {x} AND c = ?", (y,))',
        SQLITE + "c.execute(query)",
        SQLITE + 'def f(c, x):\n    q = f"SELECT a FROM t WHERE b = {x}"\n    log(q)\n    return c.execute(q)',
        'c.execute(f"SELECT a FROM t WHERE b = {x}")',
        "import sqlite3, psycopg2\n" + 'c.execute(f"SELECT a FROM t WHERE b = {x}")',
        SQLITE + 'c.execute("SELECT a FROM t WHERE b = %(b)s" % x)',
    ],
)
def test_what_is_no_value_is_left(text: str) -> None:
    """Names of tables and columns cannot be parameters; an unknown library's placeholder is not guessed."""
    assert drafts("sql", text, len(text.split("\n"))) == []


def test_the_librarys_style_may_be_the_projects() -> None:
    """A file that is handed a connection takes the style of the one library that the project imports."""
    text = 'c.execute(f"SELECT a FROM t WHERE b = {x}")'
    assert fixed("sql", text, frozenset({"os", "psycopg"})) == ['c.execute("SELECT a FROM t WHERE b = %s", (x,))']
    assert fixed("sql", text, frozenset({"sqlite3", "psycopg"})) == []


OTHERS = [
    ("shell", "import os\nos.system(f'ls {x}')", ['os.system(f"ls {shlex.quote(str(x))}")', "import shlex"]),
    ("shell", "import os, shlex\nos.system('ls ' + x)", ['os.system(f"ls {shlex.quote(x)}")']),
    ("shell", "import subprocess\nsubprocess.run('ls \"%s\" | wc' % x, shell=True)",
     ['subprocess.run(f"ls {shlex.quote(str(x))} | wc", shell=True)', "import shlex"]),
    ("shell", "import os\nos.system(f'ls {x} \"a {y}\"')", []),
    ("shell", "import subprocess\nsubprocess.run(['ls', x])", []),
    ("shell", "import os\nos.system(command)", []),
    ("shell", "import os, shlex\nos.system(f'ls {shlex.quote(x)}')", []),
    ("secret", "API_KEY = 'abcd1234'", ['API_KEY = os.environ["API_KEY"]', "import os"]),
    ("secret", '"""Doc."""\nfrom __future__ import annotations\nimport sys\nfoo(password="abcd1234")',
     ['foo(password=os.environ["PASSWORD"])', "import os"]),
    ("secret", "import os\nd = {'clientSecret': b'abcd'}",
     ["d = {'clientSecret': os.environ[\"CLIENT_SECRET\"].encode()}"]),
    ("secret", "import os\nif given.password == 'abcd1234': pass",
     ['if given.password == os.environ["PASSWORD"]: pass']),
    ("secret", "import os\ndef f(token='abcd1234'): pass", ['def f(token=os.environ["TOKEN"]): pass']),
    ("secret", "title = 'abcd1234'", []),
    ("reading", "import yaml as y\ny.load(x, Loader=y.Loader)", ["y.safe_load(x)"]),
    ("reading", "import yaml\nyaml.unsafe_load_all(x)", ["yaml.safe_load_all(x)"]),
    ("reading", "import pickle\npickle.loads(x)", []),
    ("reading", "import numpy as np\nnp.load(p, allow_pickle=True)", ["np.load(p, allow_pickle=False)"]),
    ("tls", "requests.get(u, verify=False)", ["requests.get(u, verify=True)"]),
    ("tls", "session.verify = False", ["session.verify = True"]),
    ("tls", "import ssl\nc = ssl._create_unverified_context()", ["c = ssl.create_default_context()"]),
    ("tls", "import ssl\nc.minimum_version = ssl.TLSVersion.TLSv1", ["c.minimum_version = ssl.TLSVersion.TLSv1_2"]),
    ("tls", "pool(cert_reqs='CERT_NONE')", ['pool(cert_reqs="CERT_REQUIRED")']),
    ("tls", "requests.get(u, verify='ca.pem')", []),
    ("hash", "import hashlib\nhashlib.md5(page)", ["hashlib.md5(page, usedforsecurity=False)"]),
    ("hash", "import hashlib\nstored = hashlib.sha1(password).hexdigest()",
     ["stored = hashlib.sha256(password).hexdigest()"]),
    ("hash", "from hashlib import md5\ntoken = md5(x)", ["import hashlib", "token = hashlib.sha256(x)"]),
    ("hash", "import hashlib\nhashlib.new('md5')", ["hashlib.new('md5', usedforsecurity=False)"]),
    ("hash", "import hashlib\nhashlib.md5(x, usedforsecurity=False)", []),
    ("page", "import html\ndef f():\n    return f'<b>{x}</b>'", ['    return f"<b>{html.escape(str(x))}</b>"']),
    ("page", "from markupsafe import Markup\nMarkup('<b>' + x + '</b>')", ['Markup("<b>{}</b>").format(x)']),
    ("page", "from django.utils.safestring import mark_safe\nmark_safe(x)",
     ["escape(x)", "from django.utils.html import escape"]),
    ("page", "import jinja2\njinja2.Environment()", ["jinja2.Environment(autoescape=True)"]),
    ("path", "import os\ndef f(name):\n    return open(os.path.join(ROOT, name)).read()",
     ["    path = os.path.realpath(os.path.join(ROOT, name))",
      "    if not path.startswith(os.path.realpath(ROOT) + os.sep):",
      '        raise ValueError("The path leads out of its folder.")', "    return open(path).read()"]),
    ("path", "import os\ndef f(up):\n    up.save('/srv/' + up.filename)",
     ['    up.save(os.path.join("/srv", os.path.basename(up.filename)))']),
    ("path", "import tarfile\ntarfile.open(p).extractall(d)", ['tarfile.open(p).extractall(d, filter="data")']),
    ("page", "from m import Markup\nMarkup(x)", ["escape(x)", "from markupsafe import escape"]),
    ("page", "from django.utils.safestring import mark_safe\nmark_safe('<b>%s {}</b>' % x)",
     ['format_html("<b>{} {{}}</b>", x)', "from django.utils.html import format_html"]),
    ("page", "from jinja2 import Environment\ne = Environment(autoescape=False)", ["e = Environment(autoescape=True)"]),
    ("page", "app.jinja_env.autoescape = False", ["app.jinja_env.autoescape = True"]),
    ("page", "import html\ndef f():\n    return '<b>' + html.escape(x) + '</b>'", []),
    ("page", "import html\ndef f(r):\n    p = '<b>' + r + '</b>'\n    return p",
     ['    p = f"<b>{html.escape(r)}</b>"']),
    ("page", "import html\ndef f(v):\n    r = ''.join('<li>' + x + '</li>' for x in v)\n    return '<p>' + r + '</p>'",
     ["    r = ''.join(f\"<li>{html.escape(x)}</li>\" for x in v)"]),
    ("page", "def f():\n    return x", []),
    ("secret", "import os\njwt.encode(p, 'abcd1234')", ['jwt.encode(p, os.environ["JWT_ENCODE_SECRET"])']),
    ("secret", "import os\nself.apiKey: str = 'abcd1234'", ['self.apiKey: str = os.environ["API_KEY"]']),
    ("secret", "import os\nok = form.get('password') == 'abcd1234'",
     ['ok = form.get(\'password\') == os.environ["PASSWORD"]']),
    ("secret", "import os\nconfig['SECRET_KEY'] = 'abcd1234'", ["config['SECRET_KEY'] = os.environ[\"SECRET_KEY\"]"]),
    ("secret", "import os\ndef f(*, token='abcd1234'): pass", ['def f(*, token=os.environ["TOKEN"]): pass']),
    ("secret", "print(f'password abcd {x}')", []),
    ("secret", "'password abcd1234'", []),
    ("path", "import os\ndef f(name):\n    place = f'{ROOT}/{name}'\n    if place:\n        return open(place)",
     ["    path = os.path.realpath(os.path.join(ROOT, name))",
      "    if not path.startswith(os.path.realpath(ROOT) + os.sep):",
      '        raise ValueError("The path leads out of its folder.")', "    place = path"]),
    ("path", "import os\nfrom pathlib import Path\ndef f(name):\n    return (ROOT / name).read_text()",
     ["    path = os.path.realpath(os.path.join(ROOT, name))",
      "    if not path.startswith(os.path.realpath(ROOT) + os.sep):",
      '        raise ValueError("The path leads out of its folder.")', "    return (Path(path)).read_text()"]),
    ("path", "import os\ndef f(name):\n    return open(f'{ROOT}/{name}.txt')",
     ["    path = os.path.realpath(os.path.join(ROOT, f'{name}.txt'))",
      "    if not path.startswith(os.path.realpath(ROOT) + os.sep):",
      '        raise ValueError("The path leads out of its folder.")', "    return open(path)"]),
    ("path", "import os\ndef f(name):\n    return open('/srv/a' + name + '.txt')", []),
    ("path", "import os\ndef f(name):\n    while open(os.path.join(ROOT, name)): pass", []),
    ("path", "import os\ndef f(name):\n    return open(f'{name}.txt')", []),
    ("path", "import os\ndef f(names):\n    return open(os.path.join(ROOT, *names))", []),
    ("path", "import os\ndef f(name): return open(os.path.join(ROOT, name))", []),
    ("path", "def f(name):\n    return open(name)", []),
    ("path", "import os\nf = lambda name: open(os.path.join(ROOT, name))", []),
]  # fmt: skip


@pytest.mark.parametrize(("fix", "text", "lines"), OTHERS)
def test_each_class_has_its_fix(fix: str, text: str, lines: list[str]) -> None:
    """What is written is what a person would have written; where that is not clear, nothing is."""
    assert sorted(fixed(fix, text)) == sorted(lines)


def test_a_name_that_is_taken_is_not_used_again() -> None:
    """The variable of a guard is one that the file does not have."""
    text = "import os\npath = 1\ndef f(name):\n    return open(os.path.join(ROOT, name))"
    assert "    return open(safe_path)" in fixed("path", text)


@pytest.mark.parametrize(
    ("module", "refusal"), [("flask", "abort(404)"), ("fastapi", "raise HTTPException(status_code=404)")]
)
def test_a_path_outside_is_refused_in_the_frameworks_words(module: str, refusal: str) -> None:
    """Who asks for a file that is not theirs gets the answer for one that is not there."""
    text = f"import os\nimport {module}\ndef f(name):\n    return open(os.path.join(ROOT, name))"
    assert f"        {refusal}" in fixed("path", text)


def test_the_imports_go_where_imports_go() -> None:
    """After the line for the interpreter, the docstring and the imports from the future."""
    text = '#!/usr/bin/env python\n"""Doc."""\n\nfrom __future__ import annotations\n\nAPI_KEY = "abcd1234"\n'
    (draft,) = drafts("secret", text, 6)
    assert apply(text, draft.edits).split("\n")[:5] == [*text.split("\n")[:4], "import os"]
    bare = '#!/usr/bin/env python\nAPI_KEY = "abcd1234"\n'
    assert apply(bare, drafts("secret", bare, 2)[0].edits).startswith("#!/usr/bin/env python\nimport os\n")
