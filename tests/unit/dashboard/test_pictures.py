"""Which pictures a run's page shows: those of its own checks, by names that only they know."""

from tests.fakes.seen_pages import AFTER, BEFORE, NEW
from yantra_bot.dashboard.pictures import find_media, list_pairs
from yantra_bot.domain.browsing import Browsed, Look
from yantra_bot.domain.checks import CheckKind, CheckResult, CheckState
from yantra_bot.runs.codec import encode_value
from yantra_bot.runs.ledger import StepRow

SEEN = Browsed("files", Look(pages=(BEFORE,)), Look(pages=(AFTER, NEW)))
RESULT = CheckResult(CheckKind.BROWSER, CheckState.PASSED, browsed=SEEN)


def step(envelope: str | None, name: str = "check change#2") -> StepRow:
    return StepRow(1, name, "", "", envelope, None, 1, 1.0, 2.0)


def test_pages_are_shown_in_pairs() -> None:
    """The last look counts; a page that was not there before stands alone."""
    old = CheckResult(CheckKind.BROWSER, CheckState.FAILED, browsed=Browsed("files", Look(), Look(pages=(BEFORE,))))
    steps = [step(encode_value(old, CheckResult)), step(encode_value(RESULT, CheckResult))]
    shown = [(pair.path, pair.pictures) for pair in list_pairs(steps)]
    assert shown == [("/", (("before", "a" * 64), ("after", "b" * 64))), ("/new", (("after", "d" * 64),))]


def test_a_page_that_looks_the_same_is_shown_once() -> None:
    """And it is said."""
    same = CheckResult(CheckKind.BROWSER, CheckState.PASSED, browsed=Browsed("", SEEN.before, SEEN.before))
    (pair,) = list_pairs([step(encode_value(same, CheckResult))])
    assert (pair.note, pair.pictures) == ("looks the same", (("after", "a" * 64),))


def test_only_pictures_of_the_runs_own_checks_are_given() -> None:
    """Whatever else lies in the blob store is none; neither is what another step or another version recorded."""
    steps = [
        step(encode_value(RESULT, CheckResult)),
        step(None),
        step("ok {broken"),
        step(encode_value(RESULT, CheckResult), "test#1"),
    ]
    assert find_media(steps, "a" * 64) == "image/png"
    assert find_media(steps, "f" * 64) is None
    assert find_media(steps[1:], "a" * 64) is None
