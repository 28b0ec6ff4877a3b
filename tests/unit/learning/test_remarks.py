"""A remark that a commit settled teaches what it said, and what stands there instead where that is known."""

import pytest

from yantra_bot.domain.findings import Finding, Fix, Replacement
from yantra_bot.domain.findings import Severity as Grave
from yantra_bot.domain.lessons import Category, Scope, Severity
from yantra_bot.learning.remarks import CHANGED, category_of, describe, signature_of, teach
from yantra_bot.learning.slips import Circumstances

ABOUT = Circumstances("run-1", Scope(7, "", ""), "https://h/runs/1", 100.0)
FIX = Fix("pass the arguments as a list", (Replacement("a.py", 3, 3, 'run(["ls", name])'),))
FOUND = Finding(
    "security/python-command",
    Grave.CRITICAL,
    0.9,
    "A shell runs what `name` says.",
    "a.py",
    3,
    anchor='run(f"ls {name}", shell=True)',
    symbol="a.show",
    fix=FIX,
)


def test_a_settled_remark_is_a_lesson() -> None:
    """With its line, its fix, and how grave it was."""
    (one,) = teach([FOUND], ABOUT)
    lesson = one.lesson
    assert (lesson.category, lesson.severity, lesson.scope.language) == (Category.SECURITY, Severity.CRITICAL, "python")
    assert "python-command" in lesson.failed
    assert (lesson.wrong, lesson.right) == (FOUND.anchor, 'run(["ls", name])')
    assert lesson.worked == "It would pass the arguments as a list."
    assert one.is_fixed


def test_without_a_fix_it_says_no_more_than_is_known() -> None:
    """Somebody changed the lines; how is not claimed."""
    bare = Finding("types/arg-type", Grave.ERROR, 1.0, "int is no str", "a.ts", 3)
    (one,) = teach([bare], ABOUT)
    assert (one.lesson.worked, one.lesson.right, one.lesson.severity) == (CHANGED, "", Severity.MAJOR)
    assert one.lesson.scope.language == "typescript"


def test_two_places_of_one_mistake_are_one_lesson() -> None:
    """The rule and what it says count, where it was does not; told twice, it was once."""
    other = Finding(FOUND.rule, FOUND.severity, 0.9, "A shell runs what `path` says.", "b.py", 9)
    first, second = teach([FOUND, other], ABOUT)
    assert first.lesson.id == second.lesson.id
    assert first.id != second.id
    assert teach([FOUND], ABOUT) == (first,)
    assert signature_of(FOUND) == signature_of(other)


def test_of_a_secret_no_line_is_kept_and_none_asked_about() -> None:
    """What a mask has missed is not stored by a way around it."""
    secret = "tr0ub4dor Zebra 91xQ"
    fix = Fix("read it from the environment", (Replacement("a.py", 3, 3, f"x = env  # {secret}"),))
    found = Finding("secrets/hard-coded", Grave.ERROR, 0.6, "A value.", "a.py", 3, anchor=f"x = {secret!r}", fix=fix)
    (one,) = teach([found], ABOUT)
    assert secret not in repr(one) + describe(found)
    assert (one.lesson.wrong, one.lesson.right) == ("", "")


@pytest.mark.parametrize(
    ("rule", "category"),
    [
        ("names/parse-error", Category.SYNTAX),
        ("names/circular-import", Category.IMPORT),
        ("secrets/token", Category.SECURITY),
        ("tests/untested", Category.TEST),
        ("graph/breaks-callers", Category.API),
        ("model/logic", Category.API),
        ("lint/E501", Category.STYLE),
    ],
)
def test_kinds(rule: str, category: Category) -> None:
    """By the rule, else by its family."""
    assert category_of(Finding(rule, Grave.ERROR, 1.0, "m", "a.py", 1)) is category


def test_what_the_memory_is_asked() -> None:
    """The words of the finding, and its line."""
    assert describe(FOUND).splitlines() == [f"{FOUND.message} [{FOUND.rule}]", FOUND.anchor]
