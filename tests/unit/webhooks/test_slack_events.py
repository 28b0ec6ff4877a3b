"""What Slack sends, as what somebody did; and what their words are about."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yantra_bot.domain.chat import ChatPlace
from yantra_bot.domain.chat_events import ChatCommand, ChatForm, ChatMention, ChatPress, Subject
from yantra_bot.domain.commands import Command, Verb
from yantra_bot.domain.events import Ignored
from yantra_bot.errors import UserError
from yantra_bot.replies.slack_windows import command_window, words_of
from yantra_bot.webhooks.commands import parse_words
from yantra_bot.webhooks.slack_events import parse, plain_words
from yantra_bot.webhooks.slack_intake import SlackKind
from yantra_bot.webhooks.slack_words import find_window, read_subject
from yantra_bot.webhooks.verbs import VERBS

SUMMARIES = {spec.verb: spec.summary for spec in VERBS.values()}


def read(kind: SlackKind, payload: Any) -> Any:
    return parse(kind.value, json.dumps(payload).encode())


def mention(text: str, **more: str) -> Any:
    event = {"type": "app_mention", "user": "U1", "channel": "C1", "ts": "10.1", "text": text, **more}
    return {"team_id": "T1", "authorizations": [{"user_id": "UBOT", "is_bot": True}], "event": event}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<@UBOT> help", "help"),
        ("<@UBOT|yantra>: status acme/shop#1", "status acme/shop#1"),
        ("  <@UBOT>, explain acme/shop#1 is a &lt; b?", "explain acme/shop#1 is a < b?"),
        (
            "look:\n<@UBOT> review <https://github.com/acme/shop/pull/3|shop#3>",
            "review https://github.com/acme/shop/pull/3",
        ),
        ("<@UBOT> plan shop#1 ask <@U2> and <#C2|dev>\nmore", "plan shop#1 ask @U2 and #dev\nmore"),
        ("<@UBOT>", ""),
    ],
)
def test_a_message_that_begins_with_the_bot_is_for_it(text: str, words: str) -> None:
    """What follows is read as it was typed."""
    assert read(SlackKind.EVENT, mention(text)) == ChatMention(ChatPlace("T1", "C1", "U1", "10.1"), words)


@pytest.mark.parametrize("text", ["thanks <@UBOT>", "<@UOTHER> help <@UBOT> too", "ask <@UBOT> deploy"])
def test_who_is_spoken_of_is_not_spoken_to(text: str) -> None:
    """A name in the middle of a sentence is no command."""
    assert isinstance(read(SlackKind.EVENT, mention(text)), Ignored)


def test_an_answer_belongs_into_the_thread_of_a_mention() -> None:
    """A message that stands in a thread is answered there, another begins one."""
    assert read(SlackKind.EVENT, mention("<@UBOT> help", thread_ts="9.1")).place.thread == "9.1"
    assert read(SlackKind.EVENT, mention("<@UBOT> help")).place.thread == "10.1"


def test_a_command_keeps_where_it_may_be_answered() -> None:
    """Also what opens a window."""
    payload = {"team_id": "T1", "channel_id": "C1", "user_id": "U1", "text": " runs ", "trigger_id": "1.x"}
    found = read(SlackKind.COMMAND, {**payload, "response_url": "https://hooks.slack.com/1"})
    assert found == ChatCommand(ChatPlace("T1", "C1", "U1", answer_url="https://hooks.slack.com/1"), "runs", "1.x")
    assert "hooks.slack.com" not in repr(found)


def test_a_button_is_answered_in_the_thread_of_its_message() -> None:
    """It says what is to be done with what."""
    payload = {
        "type": "block_actions",
        "team": {"id": "T1"},
        "user": {"id": "U1"},
        "container": {"channel_id": "C1", "message_ts": "10.1"},
        "message": {"ts": "10.1"},
        "actions": [{"action_id": "run-stop", "value": "abc"}],
    }
    assert read(SlackKind.ACTION, payload) == ChatPress(ChatPlace("T1", "C1", "U1", "10.1"), "run-stop", "abc")


def test_a_window_becomes_a_command_of_the_one_grammar() -> None:
    """What was filled in is put together, and parsed like anything else."""
    window = command_window(Verb.DEPLOY, "acme/shop", ChatPlace("T1", "C1", "U1"), summaries=SUMMARIES)
    values = {
        "verb": "deploy",
        "where": "acme/shop",
        "environment": " production ",
        "ref": "v1.2",
        "words": "--dry-run",
    }
    filled = {name: {"value": {"value": value}} for name, value in values.items() if name != "verb"}
    filled["verb"] = {"value": {"selected_option": {"value": "deploy"}}}
    payload = {
        "type": "view_submission",
        "team": {"id": "T1"},
        "user": {"id": "U1"},
        "view": {**window, "state": {"values": filled}},
    }
    form = read(SlackKind.ACTION, payload)
    assert isinstance(form, ChatForm)
    assert form.place == ChatPlace("T1", "C1", "U1")
    command = parse_words(words_of(form.values))
    assert isinstance(command, Command)
    assert (command.verb, command.argument) == (Verb.DEPLOY, "acme/shop production")
    assert (command.options.ref, command.options.dry_run) == ("v1.2", True)
    assert (
        words_of({"verb": "implement", "where": "acme/shop#1", "environment": "x", "ref": "y"})
        == "implement acme/shop#1"
    )


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (SlackKind.EVENT, b"{}"),
        (SlackKind.EVENT, b"[]"),
        (SlackKind.EVENT, b"\xff"),
        (SlackKind.COMMAND, b'{"team_id":"T1","channel_id":"c1;drop","user_id":"U1","trigger_id":"1"}'),
        (SlackKind.ACTION, b'{"type":"block_actions","actions":[]}'),
        (
            SlackKind.ACTION,
            b'{"type":"view_submission","team":{"id":"T1"},"user":{"id":"U1"},"view":{"private_metadata":"x"}}',
        ),
    ],
)
def test_another_shape_is_told_as_such(kind: SlackKind, body: bytes) -> None:
    """It is put aside with the reason, and nothing else comes of it."""
    with pytest.raises(UserError, match="another shape"):
        parse(kind.value, body)


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    """No message makes the reader fail."""
    assert isinstance(plain_words(text), str)
    assert isinstance(read(SlackKind.EVENT, mention(text.encode("utf-8", "replace").decode())), ChatMention | Ignored)


@pytest.mark.parametrize(
    ("argument", "subject"),
    [
        ("acme/shop#12", Subject("acme/shop", 12, "")),
        ("shop production", Subject("shop", 0, "production")),
        ("acme/shop#12 why?\nsay", Subject("acme/shop", 12, "why?\nsay")),
        ("https://github.com/acme/shop/pull/7#discussion_r1 ignore", Subject("acme/shop", 7, "ignore")),
        ("https://github.com/acme/shop staging", Subject("acme/shop", 0, "staging")),
        ("acme/shop.git#3", Subject("acme/shop", 3, "")),
        ("../../etc", None),
        ("#12", None),
        ("", None),
        ("acme/shop/evil#1", None),
        ("acme/shop#12345678901", None),
    ],
)
def test_a_subject_is_named_first(argument: str, subject: Subject | None) -> None:
    """By a name with or without its owner, a number, or the address of its page."""
    assert read_subject(argument) == subject


@pytest.mark.parametrize(
    ("words", "verb"),
    [
        ("", Verb.DEPLOY),
        ("deploy", Verb.DEPLOY),
        ("deploy shop", Verb.DEPLOY),
        ("deploy shop --dry-run", Verb.DEPLOY),
        ("Rollback shop", Verb.ROLLBACK),
        ("deploy shop production", None),
        ("implement", Verb.IMPLEMENT),
        ("implement shop#1", None),
        ("explain shop#1", Verb.EXPLAIN),
        ("explain shop#1 why", None),
        ("help", None),
        ("runs", None),
        ("link", None),
        ("nonsense", None),
    ],
)
def test_a_window_asks_for_what_is_missing(words: str, verb: Verb | None) -> None:
    """A command that is whole, or no command at all, needs none."""
    assert find_window(words) is verb
