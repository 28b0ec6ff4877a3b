"""What was gathered becomes numbered evidence and one sentence, which claims no more than that."""

from dataclasses import replace

import pytest

from yantra_bot.domain.diagnosing import Gathered, Inspection, Learnt, Moved, PodTrouble, Shipped
from yantra_bot.domain.faults import Fault, FaultKind, Frame
from yantra_bot.domain.incidents import MOST_EVIDENCE, Incident, IncidentState, Severity, Suspect
from yantra_bot.monitor.findings import diagnose

HERE = Incident("1" * 24, 7, "shop", "production", "Errors", Severity.ERROR, IncidentState.OPEN, 100.0, 100.0)
FIRST = Suspect(
    "a" * 40, "Change\nit", "me", 0.9, ("shop.load",), ("shop/stock.py:1",), ("a a.py:1", "b b.py:2"), "Why."
)
SECOND = replace(FIRST, commit="b" * 40, score=0.4)
SHIPPED = Shipped("a" * 40, "c" * 40, "run", "a" * 40, "ann", 50.0, is_cause=True)
KNOWN = Gathered(
    shipped=SHIPPED,
    faults=(Fault(FaultKind.VALUE, "KeyError", "'x'"),),
    trace="Traceback",
    inspection=Inspection((FIRST, SECOND), (Frame("shop/api.py", 7, "checkout"),), owners=("@me",), commits=9),
)


def test_evidence_is_numbered_on_one_line_each() -> None:
    found = diagnose(HERE, (), KNOWN)
    assert [one.id for one in found.evidence] == [f"e{at}" for at in range(1, len(found.evidence) + 1)]
    assert all("\n" not in one.text for one in found.evidence)
    assert [one.kind for one in found.evidence] == [
        *("deploy", "commit", "commit", "frame", "frame", "path", "path", "owner")
    ]
    assert (found.error, found.deploy_commit, found.owners) == ("KeyError in shop/api.py:7", "a" * 40, ("@me",))
    assert (
        found.cause
        == f"It began after commit {'a' * 12} was deployed. Commit {'a' * 12} likely brought it, in shop.load."
    )


@pytest.mark.parametrize(
    ("gathered", "said"),
    [
        (Gathered(), "No change was found that may have brought it."),
        (replace(KNOWN, shipped=Shipped()), f"Commit {'a' * 12} likely brought it, in shop.load."),
        (Gathered(inspection=Inspection((SECOND,))), f"Commit {'b' * 12} perhaps brought it, in shop.load."),
        (
            Gathered(pods=(PodTrouble("shop-1", "ImagePullBackOff x", 0),), inspection=Inspection((FIRST,))),
            "Pods of shop cannot start (ImagePullBackOff x), so that no code of it is at fault yet.",
        ),
        (
            Gathered(pods=(PodTrouble("shop-1", "OOMKilled", 3),)),
            "Pods of shop use more memory than they may (shop-1). No change was found that may have brought it.",
        ),
    ],
)
def test_the_cause_is_said_as_surely_as_it_is_known(gathered: Gathered, said: str) -> None:
    assert diagnose(HERE, (), gathered).cause == said


def test_numbers_without_data_are_told_as_such() -> None:
    found = diagnose(HERE, (), Gathered(numbers=(Moved("error_rate", 0.01, None),)))
    assert [one.text for one in found.evidence] == ["error_rate: 0.01 before the deployment, no data now"]


def test_a_lesson_is_a_known_fix_only_where_it_is_close_and_worked() -> None:
    far, idle = Learnt("l1", "It failed.", "This.", 0.5), Learnt("l2", "It failed.", "", 0.95)
    assert diagnose(HERE, (), Gathered(lessons=(far, idle))).lesson == ""
    close = Learnt("l3", "It failed.", "This.", 0.9)
    assert diagnose(HERE, (), Gathered(lessons=(far, close))).lesson == "l3"


def test_a_flood_of_evidence_is_cut() -> None:
    lines = tuple(f"error {at} {'x' * 5_000}" for at in range(500))
    gaps = tuple(f"gap {at}" for at in range(500))
    found = diagnose(HERE, (), replace(KNOWN, lines=lines, gaps=gaps, owners=tuple(f"@{at}" for at in range(99))))
    assert len(found.evidence) <= MOST_EVIDENCE
    assert all(len(one.text) <= 300 for one in found.evidence)
