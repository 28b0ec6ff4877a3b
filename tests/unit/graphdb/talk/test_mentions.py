"""What a text points at, by GitHub's rules, and what personal data is taken out of it first."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yantra_bot.graphdb.talk.mentions import MentionKind, find_mentions
from yantra_bot.graphdb.talk.privacy import mask

K = MentionKind


def read(text: str) -> list[tuple[MentionKind, str]]:
    return [(mention.kind, mention.name) for mention in find_mentions(text, "me/mine")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("See #12, GH-13 and other/repo#14.", ["me/mine#12", "me/mine#13", "other/repo#14"]),
        ("(#12)", ["me/mine#12"]),
        ("word#12 a#b &#39; #12abc #1-2 1#2", []),
        ("`#12` and\n```\n#13\n```\n", []),
        ("https://github.com/a/b/issues/7#issuecomment-1", ["a/b#7"]),
        ("https://example.org/#12 https://example.org/x#13", []),
    ],
)
def test_issues_are_found_as_on_github(text: str, expected: list[str]) -> None:
    """Numbers count only where GitHub would make a link."""
    assert [name for kind, name in read(text) if kind in {K.ISSUE, K.ISSUE_OR_PULL}] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Fixes #1", [True]),
        ("closes: #1, #2", [True, False]),
        ("Resolved other/x#3 and fix https://github.com/a/b/issues/4", [True, True]),
        ("This fixes the bug of #1", [False]),
        ("prefixes #1", [False]),
        ("fixing #1", [False]),
    ],
)
def test_keywords_close_as_on_github(text: str, expected: list[bool]) -> None:
    """A keyword closes the one issue right after it."""
    assert [mention.closes for mention in find_mentions(text, "me/mine")] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("since abc1234 and a/b@0123456789abcdef", ["abc1234", "a/b@0123456789abcdef"]),
        ("https://github.com/me/mine/commit/abc1234", ["abc1234"]),
        ("1234567 deadbee effaced abc123", []),
    ],
)  # fmt: skip
def test_commits_are_hashes_and_no_words(text: str, expected: list[str]) -> None:
    """A number or a word of the letters a to f is no commit."""
    assert [name for kind, name in read(text) if kind is K.COMMIT] == expected


def test_people_are_handles_and_no_decorators() -> None:
    """Addresses, decorators, packages and tags of documentation are nobody."""
    text = "@ada, thanks @Bob-b! cc @acme/core; a@b.c @app.route(x) @types/node @param x @pytest.fixture `@eve`"
    found = read(text)
    assert [name for kind, name in found if kind is K.PERSON] == ["ada", "Bob-b"]
    assert [name for kind, name in found if kind is K.TEAM][:1] == ["acme/core"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("in src/app.py:42", [("src/app.py", 42, "")]),
        ("`src/app.py:42:7` and app.py#L7-L9", [("src/app.py", 42, ""), ("app.py", 7, "")]),
        ("app.py line 12", [("app.py", 12, "")]),
        ('  File "/x/app.py", line 3, in load', [("/x/app.py", 3, "load")]),
        ("    at Server.start (src/server.js:10:5)", [("src/server.js", 10, "Server.start")]),
        ("\tat org.acme.Main.run(Main.java:17)", [("Main.java", 17, "org.acme.Main.run")]),
        ("main.load(0x1, 0x2)\n\t/x/main.go:12 +0x1d", [("/x/main.go", 12, "main.load")]),
        ("  at src/main.rs:10:5", [("src/main.rs", 10, "")]),
        ("at 10:30 we met; version 1.2:3", []),
    ],
)
def test_places_and_stack_traces_are_read(text: str, expected: list[tuple[str, int, str]]) -> None:
    """Files with lines are found in prose, in code and in the traces of several languages."""
    found = [mention for mention in find_mentions(text) if mention.kind is K.PLACE]
    assert [(mention.name, mention.line, mention.function) for mention in found] == expected


@pytest.mark.parametrize(
    "text",
    [
        "ada.l+x@mail.example.org",
        "ada (at) example (dot) org",
        "+44 20 7946 0958",
        "(555) 123-4567",
        "555-123-4567",
        "ghp_0123456789abcdefghij",
        "password: hunter2000",
        "Authorization: Bearer abcdef123456",
        "https://user:hunter2@host/x",
        "12 Baker Street",
        "Hauptstraße 12",
        "10 rue de Rivoli",
        "192.168.17.4",
        "DE89 3704 0044 0532 0130 00",
        "4111 1111 1111 1111",
        "eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM0.SflKxwRJSMeKKF2QT4",
        "-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----",
    ],
)
def test_personal_data_and_secrets_are_masked(text: str) -> None:
    """Nothing of it is left."""
    masked = mask(f"Write to {text} please")
    assert "[" in masked
    assert text not in masked
    assert not any(
        word in masked for word in ("hunter2", "abcdef123456", "0958", "4567", "Baker", "Rivoli", "0123456789abc")
    )


@pytest.mark.parametrize(
    "text",
    [
        "#12 and v1.2.3 and 2024-01-02",
        "a/b@abc1234def",
        "def f(token): return 1.5",
        "call f(x) at 10:30, 1234567",
        "the token is good",
    ],
)
def test_what_is_no_personal_data_is_left(text: str) -> None:
    """Versions, dates, numbers and code stay readable."""
    assert mask(text) == text


@given(st.text(alphabet=st.sampled_from("`#@/a1.:-\n >[]()~x\x00é"), max_size=400))
@settings(max_examples=300, deadline=None)
def test_no_text_makes_it_fail_and_mentions_do_not_overlap(text: str) -> None:
    """Whatever is written, mentions stand in order, inside of the text, without overlap."""
    found = find_mentions(text, "me/mine")
    assert all(0 <= mention.start < mention.end <= len(text) for mention in found)
    assert all(one.end <= other.start for one, other in pairwise(found))


def test_hostile_texts_end() -> None:
    """Texts that are made to be slow are not."""
    for text in (
        "`" * 100_000,
        "@" * 100_000,
        "a/" * 50_000,
        "#" * 100_000,
        "```\n" * 20_000,
        "a." * 50_000,
        "(" * 50_000,
    ):
        find_mentions(mask(text), "me/mine")
