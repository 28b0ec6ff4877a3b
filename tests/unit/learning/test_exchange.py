"""Lessons go elsewhere and come back the same; what is wrong is said with its line, and nothing is taken."""

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.fakes.memories import make_lesson
from yantra_bot.domain.lessons import CodeNode, Lesson, Standing, name_lesson
from yantra_bot.errors import UserError
from yantra_bot.learning.exchange.examples import SYSTEM, write_examples
from yantra_bot.learning.exchange.lines import LONGEST_LINE, anonymise_all, read_lines, write_lines
from yantra_bot.learning.exchange.taking import take
from yantra_bot.learning.sanitise import LONGEST
from yantra_bot.learning.sharing import NOBODYS

LESSON = replace(
    make_lesson("parse a date", "ValueError: no date"),
    wrong="int(text)",
    right="date.fromisoformat(text)",
    nodes=(CodeNode("shop.dates::parse", "d" * 16), CodeNode("shop.dates::show", "e" * 16, "f" * 16)),
    source="https://forge.example/octo/calc/issues/1",
    frequency=3,
    shown=2,
    helped=1,
    first_seen=5.0,
    last_seen=9.0,
)


def lines(*lessons: Lesson) -> list[str]:
    return list(write_lines(lessons))


def broken(**changed: Any) -> list[str]:
    """Return an export whose second lesson is not as it should be."""
    head, good = lines(LESSON)
    said = {**json.loads(good), **changed}
    return [head, good, json.dumps({key: value for key, value in said.items() if value is not ...})]


def test_what_is_exported_comes_back_as_it_was() -> None:
    """Every field of it; an export of nothing too."""
    other = replace(make_lesson("open a file"), standing=Standing.DOUBTFUL)
    assert read_lines(lines(LESSON, other)) == (LESSON, other)
    assert read_lines(lines()) == ()


@pytest.mark.parametrize("standing", Standing)
def test_what_is_known_here_and_newer_stays(standing: Standing) -> None:
    """Whether it is shown was decided here; its texts are taken of whichever was seen last."""
    stored = replace(LESSON, standing=standing, tried="read a day", shown=0, helped=0)
    assert take(LESSON, None) == LESSON
    assert take(LESSON, stored) == replace(LESSON, standing=standing)
    newer = replace(stored, last_seen=LESSON.last_seen + 1, first_seen=7.0, frequency=1)
    assert take(LESSON, newer) == replace(newer, first_seen=5.0, frequency=3)
    assert take(LESSON, replace(stored, id="b" * 16)) is None, "it was merged into that one"


def test_lessons_can_be_given_to_another_repository() -> None:
    """They are its own then, as if they had been learnt there."""
    (taken,) = read_lines(lines(LESSON), repository=99)
    assert (taken.scope.repository, taken.id) == (99, name_lesson(99, LESSON.signature))
    (own,) = read_lines(lines(*anonymise_all([LESSON])), repository=99)
    assert not own.is_shared


def test_of_several_repositories_the_same_mistake_is_one_without_names() -> None:
    """Seen as often as all together; whose it was is not told."""
    elsewhere = replace(LESSON, scope=replace(LESSON.scope, repository=8), id="b" * 16, last_seen=20.0)
    (one,) = anonymise_all([LESSON, elsewhere])
    assert (one.frequency, one.scope.repository, one.source, one.nodes) == (6, NOBODYS, "", ())
    assert read_lines(lines(one)) == (one,)
    assert one.last_seen == 20.0


@pytest.mark.case("E01")
def test_what_comes_in_is_sanitised_again() -> None:
    """An export may have been written by hand."""
    token = "ghp_" + "a1B2" * 9
    (taken,) = read_lines(
        broken(failed=f"401 for {token}", worked="ask @ann or ann@example.org", source="javascript:x")
    )
    assert (taken.failed, taken.worked, taken.source) == ("401 for [redacted]", "ask @[name] or [e-mail]", "")


@pytest.mark.case("N04")
@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"category": "magic"}, "Line 3: `category` has to be one of syntax, async"),
        ({"category": ["api"]}, "Line 3: `category` has to be one of"),
        ({"standing": ...}, "Line 3: `standing` is missing"),
        ({"order": "push"}, "Line 3: `order` is not known"),
        ({"tried": "x" * (LONGEST + 1)}, "Line 3: `tried` has to be a text of at most 2,000 letters"),
        ({"tried": None}, "Line 3: `tried` has to be a text"),
        ({"shown": -1}, "Line 3: `shown` has to be a whole number"),
        ({"shown": True}, "Line 3: `shown` has to be a whole number"),
        ({"last_seen": float("nan")}, "Line 3: `last_seen` has to be a time"),
        ({"repository": 2**63}, "Line 3: `repository` has to be a number"),
        ({"repository": -2}, "Line 3: `repository` has to be a number"),
        ({"signature": "../x"}, "Line 3: `signature` has to be 16 hexadecimal digits"),
        ({"nodes": [["a"]]}, "Line 3: each of `nodes` has to be a name and a digest"),
        ({"nodes": [["a", "b", "c", "d"]]}, "Line 3: each of `nodes` has to be a name and a digest"),
        ({"nodes": [["a", "b"]] * 51}, "Line 3: `nodes` has to be a list of at most 50"),
        ({"failed": "", "worked": ""}, "Line 3: it says neither what failed nor what worked"),
        ({"wrong": "x" * LONGEST_LINE}, "Line 3: it is longer than 64,000 letters"),
    ],
)
def test_a_line_that_is_wrong_is_named(changed: dict[str, Any], words: str) -> None:
    """And all of the file is refused."""
    with pytest.raises(UserError, match=words) as refused:
        read_lines(broken(**changed))
    assert str(refused.value).endswith("Nothing was imported.")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Line 1: this is no JSON"),
        ("[]", "Line 1: this is no JSON object"),
        ("[" * 50_000, "Line 1: this is no JSON"),
        ("{}", "Line 1: this is no export of `yantra mistakes export`"),
        ('{"format": "yantra lessons", "version": "1"}', "Line 1: this is no export"),
        (
            '{"format": "yantra lessons", "version": 2}',
            "Line 1: it is of version 2, .*1. Cure: upgrade",
        ),
    ],
)
def test_what_is_no_export_or_a_newer_one_is_refused(text: str, words: str) -> None:
    """With the cure."""
    with pytest.raises(UserError, match=words):
        read_lines(text.splitlines())


def test_helping_more_often_than_shown_is_not_believed() -> None:
    """Counts order what is shown: they are bounded by each other."""
    (taken,) = read_lines(broken(shown=1, helped=9, first_seen=50.0))
    assert (taken.helped, taken.first_seen) == (1, 9.0)


def test_an_example_is_a_conversation_from_the_wrong_attempt_to_the_right_one() -> None:
    """Of lessons that show both and still hold; in the form that vendors take."""
    (example,) = map(json.loads, write_examples([LESSON, replace(LESSON, standing=Standing.RETIRED)]))
    asked = "parse a date\n\n```\nint(text)\n```\n\nIt fails:\nValueError: no date"
    assert example == {
        "messages": [
            {"role": "system", "content": SYSTEM},
            {"role": "user", "content": asked},
            {"role": "assistant", "content": "do it the other way\n\n```\ndate.fromisoformat(text)\n```"},
        ]
    }
    assert list(write_examples([replace(LESSON, right=""), replace(LESSON, wrong="", tried="")])) == []
