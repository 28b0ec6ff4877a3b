"""What a model is shown of a change: numbered stretches, the lines that the change wrote, and what they call."""

from pathlib import Path

from tests.fakes.review_world import subject_of
from yantra_bot.domain.observations import Excerpt
from yantra_bot.domain.review import ReviewRules
from yantra_bot.review.briefs import CONTEXT_LINES, LONG_CONTEXT_LINES, MAX_DIFF_LINES, MAX_WHOLE, brief
from yantra_bot.review.surroundings import MAX_AROUND, MAX_BODY

LIBRARY = "def limit(text: str) -> str:\n    return text\n"
BEFORE = {"lib.py": LIBRARY, "a.py": "from lib import limit\n\n\ndef scan(text):\n    return text\n"}
AFTER = {**BEFORE, "a.py": "from lib import limit\n\n\ndef scan(text):\n    x = limit(text)\n    return x\n"}


def test_a_stretch_shows_both_versions_with_numbers(tmp_path: Path) -> None:
    """Removed lines have the base's numbers, written and kept ones the head's; only written ones count as changed."""
    [one] = brief(subject_of(tmp_path, BEFORE, AFTER))
    assert one.diff.split("\n") == [
        "    4   def scan(text):",
        "    5 -     return text",
        "    5 +     x = limit(text)",
        "    6 +     return x",
    ]
    assert (one.path, one.line, one.end_line, one.changed) == ("a.py", 4, 6, (5, 6))


def test_the_whole_function_is_shown_or_its_beginning(tmp_path: Path) -> None:
    """A change comes with all of a short function and what is written above it, and with the head of a long one."""
    short = ["a = 1"] * 30 + ["# Why.", "@cached", "def scan(text):", *["    text += 1"] * 40, "    return text"]
    [one] = brief(subject_of(tmp_path / "short", {"a.py": "\n".join(short)}, {"a.py": "\n".join([*short[:-1], ""])}))
    assert (one.line, one.end_line) == (31, 73)
    lines = [f"        text += {n}" for n in range(MAX_WHOLE + 60)]
    long = ["class Scanner:", "    def scan(self, text):", *lines]
    changed = [*long[:100], "        text -= 1", *long[101:]]
    [one] = brief(subject_of(tmp_path / "long", {"a.py": "\n".join(long)}, {"a.py": "\n".join(changed)}))
    assert (one.line, one.end_line) == (101 - LONG_CONTEXT_LINES, 101 + LONG_CONTEXT_LINES)
    assert [(two.why, two.line) for two in one.related] == [
        ("where a.Scanner begins", 1),
        ("where Scanner.scan begins", 2),
    ]
    assert one.related[0].text == "    1   class Scanner:"


def test_what_the_change_calls_is_shown(tmp_path: Path) -> None:
    """The definition of what a changed line uses comes with it, by the graph."""
    [one] = brief(subject_of(tmp_path, BEFORE, AFTER))
    text = "    1   def limit(text: str) -> str:\n    2       return text"
    assert Excerpt("lib.py", 1, text, "function that the change uses") in one.related


def test_what_a_removed_line_called_is_shown(tmp_path: Path) -> None:
    """Whether a removed call matters is told by what it called."""
    [one] = brief(subject_of(tmp_path, AFTER, BEFORE))
    assert [(two.path, two.why) for two in one.related] == [("lib.py", "function that a removed line used")]


def test_long_definitions_are_cut_and_docstrings_first(tmp_path: Path) -> None:
    """Of a definition its code is shown, not all of a docstring; what is left out is counted."""
    words = ['    """Limit.', "", *["    More words."] * 20, '    """']
    library = "\n".join(["def limit(text):", *words, *["    text += 1"] * 40])
    [one] = brief(subject_of(tmp_path, {**BEFORE, "lib.py": library}, {**AFTER, "lib.py": library}))
    rows = one.related[0].text.split("\n")
    assert len(rows) == MAX_BODY + 1
    assert rows[-1].strip() == "… 20 more lines"
    assert sum("More words" in row for row in rows) == 1


def test_callers_and_tests_are_shown_once(tmp_path: Path) -> None:
    """Each caller is shown once with the lines around its call, and tests of the callers where none calls directly."""
    others = {
        "b.py": "from a import scan\n\n\ndef run(line):\n    one = scan(line)\n    two = scan(line)\n    return one\n",
        "test_b.py": "from b import run\n\n\ndef test_run():\n    assert run('x') == 'x'\n",
    }
    [one] = brief(subject_of(tmp_path, {**BEFORE, **others}, {**AFTER, **others}))
    told = {two.path: two for two in one.related}
    assert len(one.related) == 3
    assert told["b.py"].why == "code that calls scan in line 5, in b.run"
    assert "    6       two = scan(line)" in told["b.py"].text.split("\n")
    assert told["test_b.py"].why == "test that calls run in line 5, in test_b.test_run"


def test_what_is_around_a_change_is_bounded(tmp_path: Path) -> None:
    """However much a change uses, what is shown around a stretch stays small."""
    wide = "\n".join(f"def f{n}(text):\n" + "    text += 'x' * 100  # and so on\n" * 30 for n in range(30))
    names = ", ".join(f"f{n}" for n in range(30))
    after = f"from lib import {names}\n\n\ndef scan(text):\n    return [{names}]\n"
    [one] = brief(subject_of(tmp_path, {**BEFORE, "lib.py": wide}, {"lib.py": wide, "a.py": after}))
    assert one.related
    assert sum(len(two.text) for two in one.related) <= MAX_AROUND


def test_far_hunks_are_apart_and_long_ones_are_cut(tmp_path: Path) -> None:
    """Hunks whose context does not meet are stretches of their own; a very long one comes in parts, none lost."""
    old = [f"x{n} = {n}" for n in range(100)]
    new = ["first = 1", *old, "last = 1"]
    found = brief(subject_of(tmp_path / "far", {"a.py": "\n".join(old)}, {"a.py": "\n".join(new)}))
    assert [one.changed for one in found] == [(1,), (102,)]
    assert len(found[0].diff.split("\n")) == CONTEXT_LINES + 1
    long = {"a.py": "\n".join(f"y{n} = {n}" for n in range(MAX_DIFF_LINES * 2 + 10))}
    parts = brief(subject_of(tmp_path / "long", {}, long))
    assert sum(len(part.changed) for part in parts) == MAX_DIFF_LINES * 2 + 10
    assert max(len(part.diff.split("\n")) for part in parts) == MAX_DIFF_LINES


def test_a_removal_at_the_end_of_a_file_is_shown(tmp_path: Path) -> None:
    """Lines removed where nothing follows are shown, and stand at a line that exists."""
    [one] = brief(subject_of(tmp_path, {"a.py": "a = 1\nb = 2\n"}, {"a.py": "a = 1\n"}))
    assert "    2 - b = 2" in one.diff.split("\n")


def test_what_nobody_wants_reviewed_is_not_shown(tmp_path: Path) -> None:
    """Path filters hold for the model too, and removed files are not shown."""
    subject = subject_of(tmp_path, {**BEFORE, "gone.py": "a = 1\n"}, AFTER)
    assert [one.path for one in brief(subject)] == ["a.py"]
    assert brief(subject, ReviewRules(exclude=("a.py",))) == ()
