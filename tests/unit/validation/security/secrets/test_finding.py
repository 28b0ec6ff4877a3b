"""Secrets in added lines: found in every current shape, told from placeholders, never repeated."""

import base64
import json
import string
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yantra_bot.domain.findings import Finding, Fix, Replacement, Severity
from yantra_bot.domain.redaction import SHAPES, find_shapes, redact
from yantra_bot.validation.security.changes import Change
from yantra_bot.validation.security.secrets import SECRET_RULES, Leak, find_secrets, mask

LETTERS = "q7Zr9kXw2Lm4Vt8Yb1Nc6Hd3Jf5Gs0PaQeRuTiOpWyUlKzMxB"
HEXES = "3f9a1c7be2d48056af17c93be5d20846b1f7a90c3e5d28647bfa19c05e3d8264"
JWT = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiI4NDIxMzciLCJleHAiOjE4fQ.c2lnbmF0dXJlLXdpdGgtYnl0ZXM"
"""None of these opens anything: they are put together here, so that no file holds one whole."""

REAL = {
    "github-token": f"ghp_{LETTERS[:36]}",
    "github-token of an installation": f"ghs_{LETTERS[:36]}",
    "github-token in its long form": f"ghs_842137_{JWT}",
    "github-token of a user": f"gho_{LETTERS[3:39]}",
    "github-fine-grained-token": f"github_pat_11{LETTERS[:20]}_{LETTERS}",
    "gitlab-token": f"glpat-{LETTERS[:20]}",
    "aws-access-key": f"AKIA{'Q3ZRT7WLM4VB9NCH'}",
    "aws-secret-key": f'aws_secret_access_key = "{LETTERS[:30]}/+{LETTERS[5:13]}"',
    "anthropic-key": f"sk-ant-api03-{LETTERS}",
    "openai-key": f"sk-{LETTERS[:48]}",
    "openai-key of a project": f"sk-proj-{LETTERS}",
    "slack-token": f"xoxb-731904628157-{LETTERS[:24]}",
    "slack-webhook": f"https://hooks.slack.com/services/T{'Q3ZRT7WL'}/B{'M4VB9NCH'}/{LETTERS[:24]}",
    "google-api-key": f"AIza{LETTERS[:35]}",
    "stripe-key": f"sk_live_{LETTERS[:24]}",
    "npm-token": f"npm_{LETTERS[:36]}",
    "pypi-token": f"pypi-AgEIcHlwaS5vcmc{LETTERS}",
    "sendgrid-key": f"SG.{LETTERS[:22]}.{LETTERS[:43]}",
    "telegram-token": f"731904628:AA{LETTERS[:33]}",
    "digitalocean-token": f"dop_v1_{HEXES}",
    "vault-token": f"hvs.{LETTERS[:30]}",
    "signed-claims": JWT,
    "azure-connection-string": f"DefaultEndpointsProtocol=https;AccountName=a;AccountKey={LETTERS}{LETTERS[:36]}==",
    "azure-client-secret": f"{'a7Z'}8Q~{LETTERS[:34]}",
    "url-password": "postgresql://app:" + "x9Kq2Lm7vT" + "@db.internal.corp/app",
}


def added(text: str, path: str = "app/settings.py", **fields: object) -> Change:
    lines = text.count("\n") + 1
    return Change(path, None, text.encode(), added=(range(1, lines + 1),), **fields)  # type: ignore[arg-type]  (short hand)


def find(text: str, path: str = "app/settings.py", **fields: object) -> list[Leak]:
    return find_secrets([added(text, path, **fields)])


def rules(leaks: list[Leak]) -> list[str]:
    return [leak.finding.rule for leak in leaks]


@pytest.mark.case("E01")
@pytest.mark.parametrize("kind", REAL)
def test_every_current_shape_is_found_and_never_repeated(kind: str) -> None:
    """A token in an added line is a finding of its kind, and stands in no part of it."""
    line = f'THING = "{REAL[kind]}"'
    (leak,) = find(line)
    assert leak.finding.rule == f"secrets/{kind.partition(' ')[0]}"
    assert leak.value in line
    shown = json.dumps(asdict(leak.finding)) + repr(leak)
    assert leak.value not in shown
    assert leak.value[5:] not in shown
    assert f"({len(leak.value)} characters)" in leak.finding.message


@pytest.mark.case("E01")
def test_a_private_key_is_found_where_it_has_a_body() -> None:
    """A header alone, as code that reads keys has it, is none."""
    body = f"{LETTERS}{LETTERS[:14]}\n{LETTERS[::-1]}{LETTERS[:14]}"
    key = f"-----BEGIN RSA PRIVATE KEY-----\n{body}\n-----END RSA PRIVATE KEY-----\n"
    (leak,) = find(key, "deploy/key.pem")
    assert (leak.finding.rule, leak.finding.line, leak.finding.severity) == (
        "secrets/private-key",
        1,
        Severity.CRITICAL,
    )
    assert LETTERS[:20] not in json.dumps(asdict(leak.finding))
    assert find('if "-----BEGIN RSA PRIVATE KEY-----" in text:\n    pass\n') == []


@pytest.mark.parametrize(
    "line",
    [
        f"AWS_KEY = '{'AKIA' + 'IOSFODNN7EXAMPLE'}'",
        "token = 'ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'",
        "token = 'ghp_" + "a" * 36 + "'",
        "key = 'sk-your-key-goes-here-please-0000'",
        "password = 'changeme'",
        "password = os.environ['APP_PASSWORD']",
        'password = "${DB_PASSWORD}"',
        "url = 'postgres://user:password@localhost/db'",
        "url = 'https://user:pass@example.com/path'",
        "url = f'https://{user}:{password}@host.internal/'",
        "url = 'https://x-access-token:' + token + '@github.com/a/b'",
        "TOKEN_URL = 'https://login.internal.corp/oauth2/v2/token'",
        "password_field = 'user-password-1'",
        "secret_name = 'prod/database-7/login'",
        "next_token = 'a81bc81b-dead-4e5d'",
        "token_type = 'Bearer2024x!'",
        "class = 'sk-fading-circle-12-animation-name'",
        'const password = document.getElementById("pw-input-2").value',
        "if token == 'a1b2c3d4e5':",
        "integrity sha512-oqVuAfXRKap7fdgcCY5uykM6+R9GqQ8K/uxy9rx7HNQlGYl1kPzQho1wx4JwY8wC",
        "commit = '3f9a1c7be2d48056af17c93be5d20846b1f7a90c'",
    ],
)
def test_what_is_no_secret_is_no_finding(line: str) -> None:
    """Placeholders, variables, labels, hashes and comparisons are left alone."""
    assert rules(find(line)) == []


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("password = 'Tr0ub4dor&3x'", "app/settings.py"),
        ('api_key: str = "7f3c9a1e5b2d4860"', "app/settings.py"),
        ('"clientSecret": "b7Kq-92xLm_4tVy"', "config/app.json"),
        ("DB_PASSWORD=x9Kq2Lm7vT", ".env"),
        ("  password: x9Kq2Lm7vT", "deploy/values.yaml"),
        ('const apiKey = "7f3c9a1e5b2d4860"', "src/a.ts"),
        ('authToken := "7f3c9a1e5b2d4860"', "main.go"),
        ("client.login('7f3c9a1e5b2d4860')", "bot.py"),
    ],
)
def test_a_value_for_a_password_is_found_by_its_name(line: str, path: str) -> None:
    """In code, and in files of settings without quotes; nothing of it is shown but its length."""
    (leak,) = find(line, path)
    assert leak.finding.rule == "secrets/hard-coded"
    assert leak.value not in json.dumps(asdict(leak.finding))
    assert leak.value[:4] not in leak.finding.message


@pytest.mark.case("E04")
@pytest.mark.parametrize(
    "line",
    [
        f'TOKEN = "ghp_{LETTERS[:10]}" + "{LETTERS[10:36]}"',
        f'TOKEN = "{base64.b64encode(REAL["github-token"].encode()).decode()}"',
        f'LINK = "https://host/?t=ghp%5F{LETTERS[:36]}"',
        f'TEXT = "{{\\"t\\": \\"{REAL["github-token"]}\\"}}"',
    ],
)
def test_a_secret_in_pieces_or_disguise_is_found(line: str) -> None:
    """Joined pieces, base64, percent signs and escaped JSON hide no token, and what is said hides it all the same."""
    (leak,) = find(line)
    assert leak.finding.rule == "secrets/github-token"
    assert LETTERS[4:36] not in json.dumps(asdict(leak.finding))


@pytest.mark.parametrize("mark", ["# pragma: allowlist secret", "// gitleaks:allow", "# pragma: whitelist secret"])
def test_a_marker_allows_a_line(mark: str) -> None:
    """Who put a harmless value there on purpose says so in the line, or in the one before."""
    line = f'TOKEN = "{REAL["github-token"]}"'
    assert find(f"{line}  {mark}") == []
    assert find(f"# pragma: allowlist nextline secret\n{line}") == []


def test_only_what_the_change_wrote_is_looked_at() -> None:
    """An old secret in an unchanged line, or one that only moved to another file, is not this change's."""
    line = f'TOKEN = "{REAL["github-token"]}"\n'
    old = Change("a.py", line.encode(), f"{line}x = 1\n".encode(), added=(range(2, 3),))
    moved = [Change("a.py", line.encode(), b"", added=()), added(line, "b.py")]
    assert find_secrets([old]) == find_secrets(moved) == []


def test_tests_and_documents_weigh_less() -> None:
    """A token in a test or a guide is told, as a warning; a password there is most likely made up."""
    line = f'TOKEN = "{REAL["github-token"]}"'
    assert [leak.finding.severity for leak in find(line, "tests/test_a.py", is_test=True)] == [Severity.WARNING]
    assert [leak.finding.severity for leak in find(line, "docs/guide.md")] == [Severity.WARNING]
    assert find("password = 'Tr0ub4dor&3x'", "tests/test_a.py", is_test=True) == []


def test_strange_files_are_lived_with() -> None:
    """Binary, huge, empty and removed files, and bytes that are no text, raise nothing."""
    secret = REAL["github-token"].encode()
    assert find_secrets([Change("a.bin", None, b"\0" + secret, added=(range(1, 2),))]) == []
    assert find_secrets([Change("a.py", secret, None), Change("b.py", None, b"", added=(range(9),))]) == []
    assert rules(find_secrets([Change("a.py", None, b"\xff\xfe " + secret, added=(range(1, 9),))]))
    assert find("x = '" + "A" * 200_000 + "'") == []


def test_a_finding_of_anybody_is_rid_of_a_secret() -> None:
    """What another tool quoted is hidden too, and a fix that would show it is not offered."""
    fix = Fix("x", (Replacement("a.py", 1, 1, "p = 'Tr0ub4dor&3x'"),))
    other = Finding(
        "lint/x", Severity.ERROR, 1.0, "p = 'Tr0ub4dor&3x'", "a.py", 1, anchor="p = 'Tr0ub4dor&3x'", fix=fix
    )
    hidden = mask(other, ["Tr0ub4dor&3x"])
    assert hidden.fix is None
    assert "Tr0ub4dor" not in json.dumps(asdict(hidden))
    kept = Fix("x", (Replacement("a.py", 1, 1, "p = os.environ['P']"),))
    assert mask(Finding("l", Severity.INFO, 1.0, "m", "a.py", 1, fix=kept), ["Tr0ub4dor&3x"]).fix == kept


def test_every_kind_is_described() -> None:
    """A report that lists rules knows each that can be found."""
    assert len({rule.id for rule in SECRET_RULES}) == len(SECRET_RULES) == len(SHAPES) + 2
    assert all(rule.help and rule.title for rule in SECRET_RULES)


@pytest.mark.case("E02")
@given(st.sampled_from(sorted(REAL)), st.text(string.printable, max_size=40), st.text(string.printable, max_size=40))
def test_the_redactor_and_the_finder_share_one_table(kind: str, before: str, after: str) -> None:
    """What is found by its shape is hidden in any text, and hiding twice changes nothing."""
    text = f"{before} {REAL[kind]} {after}"
    hidden = redact(text)
    assert redact(hidden) == hidden or find_shapes(hidden)
    for seen in find_shapes(text):
        assert text[seen.start : seen.end] == seen.value
