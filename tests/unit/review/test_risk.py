"""A risk is a sum of parts that anybody can check; what is unknown is left out and said."""

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes.review_world import subject_of
from yantra_bot.domain.findings import Finding, Severity
from yantra_bot.domain.graph import NodeKind
from yantra_bot.domain.quiet_git import QUIET_GIT
from yantra_bot.domain.review import (
    FileStatus,
    ReviewRules,
    Risk,
    RiskLevel,
    SymbolChange,
    SymbolChangeKind,
    TestSelection,
    Timing,
)
from yantra_bot.domain.risk import RiskFacts
from yantra_bot.errors import UserError
from yantra_bot.graphdb.history.host_git import HostGit
from yantra_bot.review.engine import Draft
from yantra_bot.review.means import Means
from yantra_bot.review.measures import MAX_PARSED, measure_risk
from yantra_bot.review.risk import BaselineScorer, report_risk

BEFORE = {
    "price.py": "def price(item):\n    return item.cost\n\n\ndef other():\n    return 1 if price(2) else 3\n",
    "cart.py": "from price import price\n\n\ndef total(items):\n    return sum(price(item) for item in items)\n",
    "test_price.py": "from price import price\n\n\ndef test_price():\n    assert price(1)\n",
}
AFTER = BEFORE | {
    "price.py": "def price(item):\n    if item.free and item.old or item.gift:\n        return 0\n"
    "    return item.cost\n\n\n"
    "def other():\n    return 1 if price(2) else 3\n",
    "test_price.py": "from price import price\n\n\ndef test_price():\n    assert price(2)\n",
}
PRICE = SymbolChange(SymbolChangeKind.BODY, NodeKind.FUNCTION, "price.price", "price.py", key="price.py::price")
TEST = SymbolChange(
    SymbolChangeKind.BODY,
    NodeKind.TEST,
    "test_price.test_price",
    "test_price.py",
    key="test_price.py::test_price",
    is_test=True,
)


def draft_of(folder: Path, *symbols: SymbolChange, means: Means | None = None) -> Draft:
    subject = replace(subject_of(folder, BEFORE, AFTER), symbols=symbols)
    return Draft(subject, ReviewRules(), means or Means())


def value_of(risk: Risk, name: str) -> float | None:
    return next(part.value for part in risk.parts if part.name == name)


def test_the_code_is_measured_and_its_tests_are_not(tmp_path: Path) -> None:
    """Lines of code, the functions that were touched and nothing else, who needs them outside of tests."""
    facts = measure_risk(draft_of(tmp_path, PRICE, TEST))
    assert (facts.lines, facts.files) == (2, 1)
    assert (facts.complexity_before, facts.complexity_after) == (1, 4)
    assert facts.fan_in == 2
    assert facts.changed == 1


def test_a_new_function_does_not_touch_the_one_beside_it(tmp_path: Path) -> None:
    """Lines between two functions belong to neither."""
    after = BEFORE | {"price.py": BEFORE["price.py"] + "\n\ndef third():\n    return 3\n"}
    draft = Draft(replace(subject_of(tmp_path, BEFORE, after), symbols=(PRICE,)), ReviewRules())
    facts = measure_risk(draft)
    assert (facts.complexity_before, facts.complexity_after) == (0, 1)


def test_what_nobody_looked_at_is_unknown(tmp_path: Path) -> None:
    """Neither churn without a past, nor tests without a selection, nor security without a scan, is 0."""
    facts = measure_risk(draft_of(tmp_path, PRICE))
    assert (facts.commits, facts.untested, facts.security) == (None, None, None)
    draft = draft_of(tmp_path / "b", PRICE)
    draft.tests = TestSelection(is_all=False, untested=("price.price",))
    draft.timings.append(Timing("security", 1.0))
    facts = measure_risk(draft)
    assert (facts.untested, facts.security, facts.worst) == (1, 0, None)


def test_findings_of_scanners_are_counted(tmp_path: Path) -> None:
    """The worst of them decides."""
    draft = draft_of(tmp_path, PRICE)
    draft.findings += [
        Finding("security/a", Severity.WARNING, 0.9, "m", "price.py", 1),
        Finding("secrets/b", Severity.CRITICAL, 0.9, "m", "price.py", 2),
        Finding("graph/c", Severity.ERROR, 0.9, "m", "price.py", 3),
    ]
    report_risk(draft)
    assert draft.risk is not None
    assert draft.risk.level is RiskLevel.HIGH
    assert [part.reason for part in draft.risk.parts if part.name == "security"] == [
        "2 findings, critical at worst, which alone makes it at least 0.60"
    ]


def commit(folder: Path, text: str, date: str) -> None:
    (folder / "price.py").write_text(text)
    dates = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
    who = ("-c", "user.name=a", "-c", "user.email=a@b.c")
    for words in (("add", "."), (*who, "commit", "-qm", "x")):
        subprocess.run(["git", *words], cwd=folder, check=True, env={**QUIET_GIT, **dates})


def test_the_past_tells_how_often_a_file_changed(tmp_path: Path) -> None:
    """Of the last 90 days before the newest commit; one commit alone is no past."""
    past = tmp_path / "past"
    past.mkdir()
    subprocess.run(["git", "init", "-q"], cwd=past, check=True, env=dict(QUIET_GIT))
    means = Means(past=HostGit(past))
    commit(past, "1", "2026-01-01T00:00:00Z")
    assert measure_risk(draft_of(tmp_path / "a", PRICE, means=means)).commits is None
    for number, date in enumerate(("2026-05-01T00:00:00Z", "2026-05-02T00:00:00Z", "2026-06-01T00:00:00Z")):
        commit(past, f"{number + 2}", date)
    facts = measure_risk(draft_of(tmp_path / "b", PRICE, means=means))
    assert (facts.commits, facts.busiest) == (3, "price.py")


def test_a_past_that_cannot_be_read_is_unknown(tmp_path: Path) -> None:
    """It ends no review."""

    def broken(_: object) -> list[bytes]:
        raise UserError("no")

    assert measure_risk(draft_of(tmp_path, PRICE, means=Means(past=broken))).commits is None


def test_too_many_or_unreadable_files_leave_the_complexity_unknown(tmp_path: Path) -> None:
    """It is never guessed."""
    draft = draft_of(tmp_path, PRICE)
    file = draft.subject.files[0]
    draft.subject = replace(draft.subject, files=(file,) * (MAX_PARSED + 1))
    assert measure_risk(draft).complexity_after is None
    draft.subject = replace(draft.subject, files=(replace(file, path="gone.py"),))
    assert measure_risk(draft).complexity_after is None
    draft.subject = replace(draft.subject, files=(replace(file, old_path="a.txt", status=FileStatus.RENAMED),))
    assert measure_risk(draft).complexity_after is None


def test_the_weights_of_what_is_known_are_scaled() -> None:
    """SPEC 4's rule: nothing known but the size, and the size is the whole score."""
    risk = BaselineScorer().score(RiskFacts(lines=100, files=2))
    assert risk.score == pytest.approx(0.5)
    assert risk.level is RiskLevel.MEDIUM
    assert [part.name for part in risk.parts if part.value is None] == [
        "churn",
        "complexity",
        "fan-in",
        "test gap",
        "security",
    ]
    assert sum(part.weight for part in risk.parts) == pytest.approx(1)


def test_a_small_tested_change_is_low_and_a_large_one_that_much_rests_on_is_high() -> None:
    """As a person would say."""
    small = RiskFacts(4, 1, 1, "a.py", 90, 3, 3, 1, 1, 0, 0)
    assert BaselineScorer().score(small).level is RiskLevel.LOW
    large = RiskFacts(900, 12, 30, "a.py", 90, 40, 90, 80, 20, 15, 1, Severity.ERROR)
    assert BaselineScorer().score(large).level is RiskLevel.HIGH
    assert BaselineScorer().score(replace(small, security=1, worst=Severity.ERROR)).level is RiskLevel.MEDIUM


def test_every_part_says_what_it_rests_on() -> None:
    """In a few words with its number."""
    risk = BaselineScorer().score(RiskFacts(140, 3, 7, "a.py", 90, 10, 14, 1, 4, 1, 0))
    assert [part.reason for part in risk.parts] == [
        "140 lines in 3 files, tests and documents left out",
        "7 commits changed `a.py` in the 90 days before",
        "the touched functions had 10 ways through, and have 14",
        "1 other symbol needs what changed, directly",
        "no known test reaches 1 of 4 changed symbols",
        "no finding",
    ]


@settings(deadline=None)
@given(
    st.builds(
        RiskFacts,
        lines=st.integers(0, 10**7),
        files=st.integers(0, 10**4),
        commits=st.none() | st.integers(0, 10**4),
        complexity_before=st.none() | st.integers(0, 10**5),
        complexity_after=st.none() | st.integers(0, 10**5),
        fan_in=st.none() | st.integers(0, 10**5),
        changed=st.integers(1, 10**4),
        untested=st.none() | st.just(1),
        security=st.none() | st.integers(0, 9),
        worst=st.none() | st.sampled_from(Severity),
    )
)
def test_the_score_and_its_parts_are_between_0_and_1(facts: RiskFacts) -> None:
    """Whatever was measured."""
    risk = BaselineScorer().score(facts)
    assert 0 <= risk.score <= 1
    assert all(part.value is None or 0 <= part.value <= 1 for part in risk.parts)
    assert all(part.reason for part in risk.parts)
