"""What a model is shown of a change: numbered stretches, the lines that the change wrote, and what they call."""

from pathlib import Path

from tests.fakes.review_world import subject_of
from yantra_bot.domain.observations import Excerpt
from yantra_bot.domain.review import ReviewRules
from yantra_bot.review.briefs import CONTEXT_LINES, MAX_DIFF_LINES, brief

LIBRARY = "def limit(text: str) -> str:\n    return text\n"
BEFORE = {"lib.py": LIBRARY, "a.py": "from lib import limit\n\n\ndef scan(text):\n    return text\n"}
AFTER = {**BEFORE, "a.py": "from lib import limit\n\n\ndef scan(text):\n    x = limit(text)\n    return x\n"}


def test_a_stretch_shows_both_versions_with_numbers(tmp_path: Path) -> None:
    """Removed lines have the base's numbers, written and kept ones the head's; only written ones count as changed."""
    [one] = brief(subject_of(tmp_path, BEFORE, AFTER))
    assert one.diff.split("\n")[3:] == [
        "    4   def scan(text):",
        "    5 -     return text",
        "    5 +     x = limit(text)",
        "    6 +     return x",
    ]
    assert (one.path, one.line, one.end_line, one.changed) == ("a.py", 1, 6, (5, 6))


def test_what_the_change_calls_is_shown(tmp_path: Path) -> None:
    """The signature of what a changed line calls comes with it, by the graph."""
    [one] = brief(subject_of(tmp_path, BEFORE, AFTER))
    assert Excerpt("lib.py", 1, "def limit(text: str) -> str", "function that the change uses") in one.related


def test_far_hunks_are_apart_and_long_ones_are_cut(tmp_path: Path) -> None:
    """Hunks whose context does not meet are stretches of their own; a very long one comes in parts, none lost."""
    old = [f"x{n} = {n}" for n in range(200)]
    new = ["first = 1", *old, "last = 1"]
    found = brief(subject_of(tmp_path / "far", {"a.py": "\n".join(old)}, {"a.py": "\n".join(new)}))
    assert [one.changed for one in found] == [(1,), (202,)]
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
