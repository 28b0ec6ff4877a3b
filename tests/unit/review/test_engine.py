"""The engine of a review: every part runs, is timed, and none can end the others."""

from pathlib import Path

from tests.fakes.review_world import subject_of
from yantra_bot.domain.findings import Finding, Severity
from yantra_bot.domain.review import ReviewRules
from yantra_bot.errors import UserError
from yantra_bot.review.engine import Draft, Part, review

BEFORE = {"a.py": "def f(a):\n    return a\n"}
AFTER = {"a.py": "def f(a, b):\n    return a\n", "vendor/b.py": "x = 1\n"}


def finding(path: str, *, severity: Severity = Severity.ERROR, line: int = 1) -> Finding:
    return Finding("graph/test", severity, 0.9, "Something is wrong.", path, line, anchor="def f(a, b):")


def test_parts_run_in_order_and_the_gravest_is_first(tmp_path: Path) -> None:
    """What parts find is collected once, sorted by gravity, and each part's time is told."""
    parts = [
        Part("first", lambda draft: draft.add([finding("a.py", severity=Severity.INFO), finding("a.py")])),
        Part("second", lambda draft: draft.add([finding("vendor/b.py", severity=Severity.CRITICAL)])),
    ]
    found = review(subject_of(tmp_path, BEFORE, AFTER), parts, base="b", head="h")
    assert [one.path for one in found.findings] == ["vendor/b.py", "a.py"]
    assert [timing.part for timing in found.timings] == ["first", "second"]
    assert found.blocking == (found.findings[0],)


def test_a_part_that_fails_leaves_a_gap(tmp_path: Path) -> None:
    """A part that cannot work and one with a bug are both named among what was not looked at; the rest goes on."""

    def refuse(draft: Draft) -> None:
        raise UserError("There is no scanner here.")

    def break_down(draft: Draft) -> None:
        raise ValueError("a bug")

    parts = [
        Part("scanner", refuse),
        Part("names", break_down),
        Part("last", lambda draft: draft.add([finding("a.py")])),
    ]
    found = review(subject_of(tmp_path, BEFORE, AFTER), parts, base="b", head="h")
    assert [(gap.what, gap.why) for gap in found.gaps] == [
        ("scanner", "There is no scanner here."),
        ("names", "It failed with ValueError, which is a bug of ours."),
    ]
    assert len(found.findings) == 1


def test_paths_that_nobody_wants_reviewed_have_no_findings(tmp_path: Path) -> None:
    """The repository's path filters hold for every part."""
    parts = [Part("all", lambda draft: draft.add([finding("vendor/b.py"), finding("a.py")]))]
    rules = ReviewRules(exclude=("vendor/**",))
    found = review(subject_of(tmp_path, BEFORE, AFTER), parts, base="b", head="h", rules=rules)
    assert [one.path for one in found.findings] == ["a.py"]


def test_a_fingerprint_survives_lines_above() -> None:
    """Two findings of one rule in one line of text are the same when the line has moved, and others are not."""
    assert finding("a.py", line=1).fingerprint == finding("a.py", line=99).fingerprint
    assert finding("a.py").fingerprint != finding("b.py").fingerprint
