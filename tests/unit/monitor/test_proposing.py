"""What is proposed: going back before healing, healing before a hot-fix, and nothing twice."""

from dataclasses import replace

import pytest

from tests.unit.monitor.incidents import ALERT, DIAGNOSIS, INCIDENT, SUSPECT
from yantra_bot.domain.alerts import AlertSource
from yantra_bot.domain.incidents import Diagnosis, HealingKind, Policy, Proposal
from yantra_bot.domain.monitoring import MetricName, Watch, WatchRule
from yantra_bot.monitor.proposing import FLAPPING, Chances, helping, propose

SLOW = WatchRule("slow", MetricName.P95, above=1000, action=HealingKind.SCALE_OUT, alerts=("Slow*",))
DEPLOYED = replace(DIAGNOSIS, deploy_run="d" * 24, deploy_commit="c" * 40, serves="c" * 40)


def chances(**watch: object) -> Chances:
    rules = Watch("production", **watch)  # type: ignore[arg-type]  # by the names of a table
    return Chances(rules, (SLOW,), "shop", 0, serves="c" * 40)


def proposal(found: Proposal | str | None) -> Proposal:
    assert isinstance(found, Proposal), found
    return found


def test_going_back_comes_first_where_our_deployment_is_the_likely_cause() -> None:
    """Also where a hot-fix and healing are possible; once it was done, or another version serves, no more."""
    incident = replace(INCIDENT, first=replace(ALERT, name="SlowShop"))
    assert proposal(propose(incident, DEPLOYED, chances())).action is HealingKind.ROLL_BACK
    done = replace(incident, runs=(("roll back", "1" * 24),))
    assert proposal(propose(done, DEPLOYED, chances())).action is HealingKind.SCALE_OUT
    assert proposal(propose(incident, DEPLOYED, replace(chances(), serves="e" * 40))).action is HealingKind.SCALE_OUT
    assert propose(incident, DEPLOYED, replace(chances(), serves="", is_moving=True)) is None
    both = replace(done, runs=(*done.runs, ("heal", "2" * 24)))
    assert proposal(propose(both, DEPLOYED, chances())).is_hot_fix


def test_a_fix_that_may_be_written_does_not_wait_behind_a_suggestion() -> None:
    """Going back is only said then; where it may be asked for, it is asked for."""
    found = proposal(propose(INCIDENT, DEPLOYED, chances(hot_fix=Policy.AUTOMATIC)))
    assert found.is_hot_fix
    assert "Going back is suggested" in found.why
    found = proposal(propose(INCIDENT, DEPLOYED, chances(hot_fix=Policy.AUTOMATIC, roll_back=Policy.APPROVE)))
    assert (found.action, found.policy) == (HealingKind.ROLL_BACK, Policy.APPROVE)


def test_healing_that_may_be_done_does_not_wait_behind_a_suggestion_either() -> None:
    """It is quicker than a fix, and harms no more."""
    incident = replace(INCIDENT, first=replace(ALERT, name="SlowShop"))
    found = proposal(propose(incident, DEPLOYED, chances(scale=Policy.AUTOMATIC, hot_fix=Policy.AUTOMATIC)))
    assert (found.action, "Going back is suggested" in found.why) == (HealingKind.SCALE_OUT, True)


def test_a_rule_is_found_by_the_alerts_name_and_our_own_by_its_own() -> None:
    """A stranger's alert that is named as a rule of ours is not that rule."""
    assert helping(replace(ALERT, name="SlowShop"), (SLOW,)) is SLOW
    assert helping(replace(ALERT, name="slow"), (SLOW,)) is None
    assert helping(replace(ALERT, name="slow", source=AlertSource.RULE), (SLOW,)) is SLOW
    assert helping(replace(ALERT, name="SlowShop", source=AlertSource.RULE), (SLOW,)) is None


@pytest.mark.case("I06")
@pytest.mark.parametrize("after", ["own fix", "undone", "tried", "limit", "nothing known"])
def test_no_hot_fix_follows_a_hot_fix(after: str) -> None:
    """Nor one that was tried, nor more than the limit of a day, nor one of which nobody knows where."""
    incident, diagnosis, given = INCIDENT, DIAGNOSIS, chances(hot_fix=Policy.AUTOMATIC)
    assert proposal(propose(incident, diagnosis, given)).is_hot_fix
    match after:
        case "own fix":
            given = replace(given, is_after_own_fix=True)
        case "undone":
            incident = replace(incident, runs=(("undo", "1" * 24),))
        case "tried":
            incident = replace(incident, runs=(("fix", "1" * 24),))
        case "limit":
            given = replace(given, fixes_today=2)
        case _:
            diagnosis = Diagnosis("nobody knows")
    assert isinstance(propose(incident, diagnosis, given), str)


def test_a_suspect_alone_is_enough_for_a_hot_fix() -> None:
    """Where nothing was thrown, the likeliest function is where to look."""
    found = proposal(propose(INCIDENT, Diagnosis("slow", suspects=(SUSPECT,)), chances()))
    assert (found.is_hot_fix, "cart.total" in found.why) == (True, True)


@pytest.mark.case("I07")
def test_what_comes_and_goes_is_asked_about_first() -> None:
    """Automatic becomes a question; a dry run stays one."""
    incident = replace(INCIDENT, flaps=FLAPPING)
    assert proposal(propose(incident, DIAGNOSIS, chances(hot_fix=Policy.AUTOMATIC))).policy is Policy.APPROVE
    assert proposal(propose(incident, DIAGNOSIS, chances(is_dry=True))).is_dry
