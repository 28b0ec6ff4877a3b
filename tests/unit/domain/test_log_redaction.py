"""What production says is shown without its secrets, by shape and by name, whatever lines they go over."""

import json
from time import process_time

import pytest

from yantra_bot.domain.log_redaction import redact_lines, redact_log
from yantra_bot.domain.redaction import REDACTED

BODY = ["MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj" for _ in range(5)]
BEGIN, END = "-----BEGIN " + "PRIVATE KEY-----", "-----END " + "PRIVATE KEY-----"
LAST = "abcdEF12=="


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("login with password=hunter2secret failed", "hunter2secret"),
        ("GET / Authorization: Bearer 9f8e7d6c5b4a api_key=8c1d22", "9f8e7d6c5b4a"),
        ("GET / Authorization: Bearer 9f8e7d6c5b4a api_key=8c1d22", "8c1d22"),
        ("Authorization: Basic dXNlcjpwYXNz", "dXNlcjpwYXNz"),
        ('headers: {"authorization": ["Bearer abcdef"]}', "abcdef"),
        ('Authorization: Digest username="u", response="6629fae4"', "6629fae4"),
        ("Proxy-Authorization: abc123", "abc123"),
        ("cookie: session=abc; theme=dark", "session=abc"),
        ("Set-Cookie: id=a3fWa; Expires=Wed", "a3fWa"),
        ("X-Api-Key: 8c1d22", "8c1d22"),
        ("AWS_SECRET_ACCESS_KEY=short1", "short1"),
        ("export DB_PASS=hunter2", "hunter2"),
        ("{'user': 'bob', 'password': 'it\\'s me'}", "s me"),
        ('{"client_secret":"a \\"b\\" c","n":1}', "b"),
        ('{"message":"{\\"accessToken\\":\\"zzz111\\",\\"n\\":1}"}', "zzz111"),
        ("{User:bob Password:hunter2 Age:3}", "hunter2"),
        ("psql --password hunter2 -h db", "hunter2"),
        ("connect to postgres://bob:hunter2@db:5432/shop", "hunter2"),
        ("connect to redis://:hunter2@cache", "hunter2"),
        ("clone https://hunter2@host/path", "hunter2"),
        ("sent with bearer 0123456789abcdef", "0123456789abcdef"),
        ("Server=db;Password=hunter2;", "hunter2"),
        ("https://shop.test/reset?token=abc123&x=1", "abc123"),
    ],
)
def test_a_secret_is_hidden_by_its_name(text: str, secret: str) -> None:
    """And a second look changes nothing."""
    shown = redact_log(text)
    assert secret not in shown
    assert REDACTED in shown
    assert redact_log(shown) == shown


@pytest.mark.parametrize(
    "text",
    [
        "KeyError: 'password'",
        "com.shop.InvalidTokenException: expired at noon",
        "  at com.shop.TokenService.parse(TokenService.java:12)",
        "  at parseToken (/app/src/token.js:10:5)",
        "/app/auth/token.go:42 +0x1d",
        "src/password.rs:9: panicked at secrets::read",
        "used 1523 tokens, max_tokens=4096",
        "password=None token: null",
        "PWD=/app",
        "pulled https://registry.test/@scope/thing",
        "secret shop-tls not found",
    ],
)
def test_what_is_no_secret_is_shown(text: str) -> None:
    """What a diagnosis reads stays."""
    assert redact_log(text) == text


def test_json_stays_json() -> None:
    """Its level is read after its secrets were hidden."""
    line = '{"level":"error","token":12345,"password":"a\\"b",'
    line += '"message":"Cookie: a=b; c=d","nested":"{\\"secret\\":\\"x\\"}"}'
    read = json.loads(redact_log(line))
    assert (read["level"], read["token"], read["password"]) == ("error", REDACTED, REDACTED)
    assert json.loads(read["nested"]) == {"secret": REDACTED}
    assert "a=b" not in read["message"]


@pytest.mark.parametrize("prefix", ["", "2026-11-29 10:00:00 ERROR "])
def test_a_key_over_many_lines_is_hidden(prefix: str) -> None:
    """Whole, or without its end, or without its beginning; what stands around it stays."""
    key = [prefix + line for line in (*BODY, LAST)]
    whole = [f"{prefix}config:", prefix + BEGIN, *key, prefix + END, f"{prefix}ERROR it failed"]
    for lines in (whole, whole[:-2], whole[2:], whole[2:5]):
        shown = "\n".join(redact_lines(lines))
        assert all(part not in shown for part in {*BODY}), shown
        assert ("config:" in shown, "it failed" in shown) == (lines[0] is whole[0], lines[-1] is whole[-1])
    assert LAST not in "\n".join(redact_lines(whole[:-2])) or prefix


def test_lines_after_a_key_that_was_cut_are_read() -> None:
    """Its end never comes: what does not look like a key is shown."""
    errors = [f"ERROR order {n} has no price" for n in range(40)]
    assert redact_lines([BEGIN, *BODY[:2], *errors])[3:] == errors


@pytest.mark.parametrize(
    "text",
    ["password=" * 40_000, "password=" + "\\" * 400_000, "://a" * 90_000, 'token:"' * 50_000, "A" * 400_000 + "key"],
)
def test_long_texts_take_no_longer(text: str) -> None:
    """A stranger chooses what is written: twice as much takes about twice as long."""

    def seconds(what: str) -> float:
        began = process_time()
        redact_log(what)
        redact_lines([what, BEGIN, what])
        return process_time() - began

    assert seconds(text) < 20 * max(seconds(text[: len(text) // 4]), 0.05)
