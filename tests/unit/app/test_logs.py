"""Logs hold no secret, whichever way it got into them."""

import json
import logging
import re

import pytest
import structlog

from yantra_bot.app.logs import redact, set_up_logging

SECRETS = [
    "ghs_16C7e42F292c6912E7710c838347Ae178B4a",
    "github_pat_11ABCDEFG0123456789abcdefghij",
    "sk-ant-api03-abcdefghijklmnopqrstuvwxyz",
    "xoxb-123456789012-abcdef",
    "AKIAIOSFODNN7EXAMPLE",
    "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiIxMjM0NTYifQ.c2lnbmF0dXJlaGVyZQ",
    "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----",
]


@pytest.fixture(autouse=True)
def restored() -> object:
    handlers, level = logging.root.handlers[:], logging.root.level
    yield
    structlog.reset_defaults()
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


@pytest.mark.case("E01")
@pytest.mark.parametrize("secret", SECRETS)
def test_what_looks_like_a_secret_is_replaced(secret: str) -> None:
    """Tokens, keys and signed claims do not reach a log."""
    assert secret not in redact(f"before {secret} after")
    assert re.match(r"(?s)before .*redacted.* after", redact(f"before {secret} after"))


@pytest.mark.case("E02")
def test_a_password_in_an_address_is_replaced() -> None:
    """The address stays readable."""
    assert redact("https://user:hunter2@host/path") == "https://[redacted]@host/path"


def test_ordinary_text_is_left_alone() -> None:
    """Nothing is lost that is no secret."""
    text = "run 54b9cd58c3c6aaa2f8734a9b ended; see https://host/runs/1 or mail a@b.example"
    assert redact(text) == text


def test_a_line_is_one_json_object(capsys: pytest.CaptureFixture[str]) -> None:
    """Ours and the libraries' lines alike, with exceptions inside and secrets outside."""
    set_up_logging()
    structlog.get_logger().info("said", token=SECRETS[0])
    try:
        raise ValueError(SECRETS[1])
    except ValueError:
        logging.getLogger("library").exception("broke\nin two")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["event"] for line in lines] == ["said", "broke\nin two"]
    assert "ValueError" in lines[1]["exception"]
    assert not any(secret in json.dumps(lines) for secret in SECRETS)
