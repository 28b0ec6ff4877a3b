"""Logs hold no secret, whichever way it got into them."""

import json
import logging
import re

import pytest
import structlog

from yantra_bot.app.logs import log_outcome, set_up_logging
from yantra_bot.domain.commands import Command, Verb
from yantra_bot.domain.redaction import redact
from yantra_bot.domain.repository import Actor, PullRequest, Repository
from yantra_bot.domain.run import Ending, Order, Phase, RunEnded, Spent, TestsFailed

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


def test_an_operator_reads_how_runs_ended(capsys: pytest.CaptureFixture[str]) -> None:
    """One line an ending, with what to look for it by, and one a failed attempt."""
    set_up_logging()
    actor = Actor(3, "alice", is_bot=False)
    order = Order("r" * 24, Repository(1, "o", "n"), 2, 7, Command(Verb.IMPLEMENT), actor, 4, 0.0)
    opened = PullRequest(8, "https://host/8", "fix: it", "h", "s", "b", is_draft=False, is_open=True)
    log_outcome(TestsFailed(order, 1, ("a", "b")))
    log_outcome(RunEnded(order, Ending(Phase.COMPLETE, "All well.", opened, spent=Spent(model_calls=3, usd=0.5))))
    attempt, ending = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert (attempt["event"], attempt["newly_failing"]) == ("attempt failed", 2)
    assert (ending["run_id"], ending["repository"], ending["issue"]) == ("r" * 24, "o/n", 7)
    assert (ending["phase"], ending["reason"], ending["pull_request"]) == ("Complete", "All well.", "https://host/8")
    assert (ending["model_calls"], ending["usd"]) == (3, 0.5)


def test_what_is_said_inside_a_step_names_it(capsys: pytest.CaptureFixture[str]) -> None:
    """A model's door knows no run; its lines can be found by one all the same."""
    set_up_logging()
    with structlog.contextvars.bound_contextvars(run_id="r", step="model#1"):
        structlog.get_logger().info("model_retry")
        logging.getLogger("library").warning("slow")
    ours, theirs = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert ours["run_id"] == theirs["run_id"] == "r"
