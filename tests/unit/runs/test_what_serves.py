"""What our records of deployments say of a failure."""

from dataclasses import replace

from tests.unit.runs.test_incidents import alert, incident
from yantra_bot.domain.deployments import Deployed
from yantra_bot.domain.environment import Release
from yantra_bot.domain.proof import Verdict
from yantra_bot.runs.diagnosing.shipped import CAUSE_SECONDS, began_at, find_shipped

BEGAN = 10_000.0
HERE = incident(opened_at=BEGAN + 30)
FIRED = (alert(started_at=BEGAN),)


def deployed(commit: str, at: float, verdict: Verdict | None = Verdict.PASS, **changed: object) -> Deployed:
    release = Release(commit * 40, "r/shop", "sha256:1")
    one = Deployed(f"run-{commit}", "production", "main", "shop", release, "ann", at, False, verdict, at + 60)
    return replace(one, **changed)  # type: ignore[arg-type] # (fields of it)


OLD = deployed("a", 1_000.0)


def test_a_deployment_right_before_a_failure_is_its_likely_cause() -> None:
    new = deployed("b", BEGAN - 600)
    found = find_shipped(HERE, FIRED, (new, OLD), (new, OLD))
    assert (found.serves, found.good, found.is_cause) == ("b" * 40, "a" * 40, True)
    assert (found.run_id, found.problem) == ("run-b", "")


def test_one_long_before_it_or_after_it_is_not() -> None:
    before = deployed("b", BEGAN - CAUSE_SECONDS - 600)
    assert not find_shipped(HERE, FIRED, (before, OLD), (before, OLD)).is_cause
    after = deployed("b", BEGAN + 600)
    found = find_shipped(HERE, FIRED, (after, OLD), (after, OLD))
    assert (found.commit, found.is_cause) == ("a" * 40, False)


def test_one_that_is_under_way_may_be_it_and_one_that_was_gone_back_from_is_not() -> None:
    under_way = deployed("b", BEGAN - 60, None, ended_at=None)
    found = find_shipped(HERE, FIRED, (under_way, OLD), (OLD,))
    assert (found.commit, found.good, found.is_cause, found.serves) == ("b" * 40, "a" * 40, True, "")
    failed = deployed("b", BEGAN - 60, Verdict.FAIL)
    found = find_shipped(HERE, FIRED, (failed, OLD), (OLD,))
    assert (found.serves, found.commit, found.is_cause) == ("a" * 40, "a" * 40, False)


def test_a_way_back_is_never_the_cause() -> None:
    back = deployed("a", BEGAN - 60, is_rollback=True)
    assert not find_shipped(HERE, FIRED, (back,), (back,)).is_cause


def test_what_came_back_began_when_it_fired_anew() -> None:
    again = BEGAN + 50_000
    here = replace(HERE, opened_again=1, last_fired_at=again + 40)
    old, new = deployed("b", BEGAN - 600), deployed("c", again - 300)
    found = find_shipped(here, (alert(started_at=again),), (new, old), (new, old))
    assert (found.commit, found.good, found.is_cause) == ("c" * 40, "b" * 40, True)
    still = find_shipped(here, (alert(started_at=again),), (old,), (old,))
    assert (still.commit, still.is_cause) == ("b" * 40, False)


def test_when_it_fired_anew_is_told_by_what_fires_now_else_by_when_it_was_heard() -> None:
    again = BEGAN + 50_000
    here = replace(HERE, opened_again=1, last_fired_at=again + 40)
    ended = alert(2, started_at=again + 20, is_firing=False)
    assert began_at(here, (alert(started_at=again), ended)) == again
    for alerts in ((), FIRED, (alert(started_at=again + 9_000),)):  # a sender may go on telling of the first time
        assert began_at(here, alerts) == here.last_fired_at


def test_what_served_well_before_began_before() -> None:
    last, later = deployed("b", BEGAN - 600, None, ended_at=None), deployed("c", BEGAN + 600)
    found = find_shipped(HERE, FIRED, (later, last, OLD), (later, OLD))
    assert (found.commit, found.good) == ("b" * 40, "a" * 40)


def test_without_records_nothing_is_claimed() -> None:
    found = find_shipped(HERE, FIRED, (), ())
    assert (found.serves, found.is_cause) == ("", False)
    assert "know of no deployment" in found.problem


def test_a_senders_clock_is_believed_within_a_day_of_ours() -> None:
    assert began_at(HERE, FIRED) == BEGAN
    assert began_at(HERE, (alert(started_at=BEGAN + 5_000),)) == HERE.opened_at
    assert began_at(replace(HERE, opened_at=1e9), FIRED) == 1e9
    assert began_at(HERE, ()) == HERE.opened_at
