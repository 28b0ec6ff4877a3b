"""What a review changes on its pull request: nothing twice, nothing that a person declined, nothing unseen resolved."""

from dataclasses import replace

import pytest

from yantra_bot.domain.findings import Finding, Severity
from yantra_bot.domain.remarks import Remark
from yantra_bot.domain.repository import Actor, Comment
from yantra_bot.domain.review import ChangedFile, FileKind, FileStatus, Gap, Review
from yantra_bot.runs.posting_plan import Plan, carry_over, lost_sight, make_plan, who_declined

FINDING = Finding("names/undefined", Severity.ERROR, 0.9, "x", "a.py", 1, anchor="x")
OTHER = replace(FINDING, anchor="y")
ANN = Actor(1, "ann", is_bot=False)


def remark(finding: Finding = FINDING, **changed: object) -> Remark:
    return replace(Remark(finding.fingerprint, 7, "a.py", "T"), **changed)  # type: ignore[arg-type]  # of a test


def plan(
    *remarks: Remark,
    findings: tuple[Finding, ...] = (FINDING,),
    gaps: tuple[Gap, ...] = (),
    deciders: tuple[str, ...] = ("ann",),
    ignored: tuple[str, ...] = (),
    posted: tuple[str, ...] = (),
) -> Plan:
    review = Review("b", "h", findings=findings, gaps=gaps)
    return make_plan(review, remarks, deciders=deciders, ignored=ignored, posted_before=posted)


def test_a_finding_that_has_a_remark_gets_no_other() -> None:
    """It still counts."""
    made = plan(remark(), findings=(FINDING, OTHER))
    assert made.known == {FINDING.fingerprint}
    assert made.review.findings == (FINDING, OTHER)
    assert (made.fixed, made.back) == ((), ())


@pytest.mark.parametrize(
    "said",
    [
        {"is_resolved": True, "resolved_by": "ann"},
        {"thumbs_down": ("eve", "ann")},
        {"replies": (Comment(1, ANN, " Ignore! "),)},
        {"replies": (Comment(1, ANN, "@yantra ignore"),)},
    ],
)
def test_a_no_of_who_may_decide_takes_it_out(said: dict[str, object]) -> None:
    """And one of anybody else does not."""
    assert plan(remark(**said)).declined == (FINDING,)
    assert plan(remark(**said)).review.findings == ()
    assert plan(remark(**said), deciders=("eve2",)).declined == ()


def test_what_is_no_no() -> None:
    """A longer reply, a bot's word, and a thread that the bot resolved."""
    long = Comment(1, ANN, "ignore the case of letters here")
    bot = Comment(2, Actor(3, "x[bot]", is_bot=True), "ignore")
    assert who_declined(remark(replies=(long, bot), is_resolved=True)) == ()


def test_a_remark_that_was_deleted_is_not_posted_again_and_counts_on() -> None:
    """Who deleted it is not told, so that it opens no gate."""
    made = plan(posted=(FINDING.fingerprint,))
    assert (made.declined, made.review.findings) == ((), (FINDING,))
    assert FINDING.fingerprint in made.known


def test_what_is_gone_is_fixed_unless_its_file_was_not_read() -> None:
    """A thread that is resolved already is left alone."""
    gone = remark(OTHER)
    assert plan(gone).fixed == (gone,)
    assert plan(gone, gaps=(Gap("Code graph", "unreadable", ("a.py",)),)).fixed == ()
    assert plan(replace(gone, is_resolved=True)).fixed == ()


def test_what_was_fixed_and_is_back_opens_its_thread() -> None:
    """One that a person resolved stays as it is."""
    fixed = remark(is_resolved=True)
    assert plan(fixed).back == (fixed,)
    assert plan(replace(fixed, resolved_by="eve")).back == ()


@pytest.mark.parametrize("word", ["names/undefined", "names/*", "*/undef*", FINDING.fingerprint])
def test_rules_and_fingerprints_are_ignored(word: str) -> None:
    """With wildcards; what is ignored is neither fixed nor shown."""
    made = plan(remark(), ignored=(word, "graph/*"))
    assert (made.ignored, made.review.findings, made.fixed) == ((FINDING,), (), ())


def test_what_a_model_said_of_unchanged_files_is_carried_over() -> None:
    """It was not asked about them again; what changed, and what is gone from the pull request, is not carried."""
    file = ChangedFile("a.py", FileStatus.MODIFIED, FileKind.SOURCE)
    said = replace(FINDING, rule="model/remark")
    before, now = Review("b", "h", findings=(said, FINDING)), Review("b", "i", files=(file,))
    assert carry_over(now, before, ("b.py",)).findings == (said,)
    assert carry_over(now, before, ("a.py",)).findings == ()
    assert carry_over(replace(now, files=()), before, ()).findings == ()
    assert carry_over(replace(now, findings=(said,)), before, ()).findings == (said,)
    assert carry_over(now, None, ()).findings == carry_over(now, before, None).findings == ()


def test_a_review_that_sees_less_than_before_is_blind() -> None:
    """A gap that was there before, or of single files, makes it no blinder."""
    gap = Gap("security", "no semgrep")
    clear, blind = Review("b", "h"), Review("b", "h", gaps=(gap,))
    assert lost_sight(blind, clear)
    assert not lost_sight(blind, blind)
    assert not lost_sight(clear, blind)
    assert not lost_sight(blind, None)
    assert not lost_sight(Review("b", "h", gaps=(replace(gap, paths=("a",)),)), clear)
