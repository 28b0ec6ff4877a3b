"""What comes next in an incident, state by state."""

from dataclasses import replace
from typing import Any

import pytest

from tests.unit.monitor.incidents import DIAGNOSIS, INCIDENT, NOW
from yantra_bot.deploy_ports import CommitStanding
from yantra_bot.domain.incidents import (
    Do,
    HealingKind,
    Incident,
    IncidentState,
    IncidentWord,
    Policy,
    Proposal,
    SaidOfIncident,
)
from yantra_bot.domain.monitoring import Watch
from yantra_bot.domain.proof import Verdict
from yantra_bot.domain.repository import Actor, PullRequest
from yantra_bot.domain.run import Ending, Phase
from yantra_bot.monitor.course import next_move
from yantra_bot.monitor.look import FixFact, Look, RunFact
from yantra_bot.monitor.proposing import Chances

PASS, FAIL, SILENT = Verdict.PASS, Verdict.FAIL, Verdict.INCONCLUSIVE
ANN = Actor(7, "ann", is_bot=False)
PULL = PullRequest(5, "u", "fix", "yantra/hotfix-1", "c" * 40, "main", is_draft=False, is_open=True)
BACK = Proposal(HealingKind.ROLL_BACK, Policy.APPROVE, "It began then.")
MINUTES = 10.0


def at(state: IncidentState, **changes: Any) -> Incident:
    return replace(INCIDENT, state=state, diagnosis=DIAGNOSIS, **changes)


def look(incident: Incident, **more: Any) -> Look:
    watch = more.pop("watch", Watch("production", watch_minutes=MINUTES))
    known = {name: more.pop(name) for name in ("serves", "is_moving") if name in more}
    return Look(incident, NOW, Chances(watch, (), "shop", 0, **known), **more)


def do(incident: Incident, **more: Any) -> Do:
    return next_move(look(incident, **more)).do


def ended(phase: Phase = Phase.COMPLETE, pull: PullRequest | None = None) -> RunFact:
    return RunFact("1" * 24, Ending(phase, "so it is.", pull_request=pull))


def said(word: IncidentWord) -> SaidOfIncident:
    return SaidOfIncident(1, word, ANN, NOW)


QUIET: dict[str, Any] = {"is_firing": False, "ended_at": NOW - 61}


def test_what_is_behind_it_is_looked_for_once_each_time() -> None:
    """It is waited for; opened again it may have another cause."""
    fresh = replace(INCIDENT, state=IncidentState.OPEN)
    assert do(fresh) is Do.DIAGNOSE
    begun = replace(fresh, runs=(("diagnose", "1" * 24),))
    assert do(begun, runs={"diagnose": RunFact("1" * 24)}) is Do.WAIT
    assert do(begun, runs={"diagnose": ended()}) is Do.PROPOSE
    assert do(begun, runs={"diagnose": ended(Phase.FAILED)}) is Do.PROPOSE
    again = replace(begun, opened_again=1, runs_before=1)
    assert (do(again), again.run_of("diagnose"), again.was_begun("diagnose")) == (Do.DIAGNOSE, "", True)
    assert do(begun, runs={"diagnose": ended(Phase.STOPPED)}) is Do.ESCALATE


def test_nothing_is_done_in_place_of_a_healing_action_that_a_person_stopped() -> None:
    """What did not help by itself is another matter."""
    begun = replace(INCIDENT, state=IncidentState.HEALING, runs=(("heal", "1" * 24),))
    assert do(begun, runs={"heal": ended(Phase.STOPPED)}) is Do.ESCALATE
    assert do(begun, runs={"heal": ended(Phase.ESCALATED)}) is Do.PROPOSE


@pytest.mark.parametrize(
    ("policy", "is_dry", "expected"),
    [
        (Policy.SUGGEST, False, Do.PROPOSE),
        (Policy.APPROVE, False, Do.PROPOSE),
        (Policy.AUTOMATIC, False, Do.FIX),
        (Policy.AUTOMATIC, True, Do.PROPOSE),
    ],
)
def test_only_what_is_automatic_is_done_unasked(policy: Policy, is_dry: bool, expected: Do) -> None:
    """A dry run does nothing whatever the policy says."""
    watch = Watch("production", hot_fix=policy, is_dry=is_dry)
    assert do(at(IncidentState.DIAGNOSED), watch=watch) is expected
    assert do(at(IncidentState.DIAGNOSED), watch=watch, is_held=True) is Do.WAIT


@pytest.mark.case("I05")
def test_what_is_over_before_anything_was_done_is_left_alone() -> None:
    """After a while without a firing; not at once, since it may only have paused."""
    for state in (IncidentState.DIAGNOSED, IncidentState.WAITING, IncidentState.ESCALATED):
        assert do(at(state, **QUIET)) is Do.RESOLVE
    paused = at(IncidentState.WAITING, is_firing=False, ended_at=NOW - 20, proposal=Proposal(None, Policy.APPROVE, ""))
    assert do(paused) is Do.WAIT


def test_a_person_decides_about_a_proposal() -> None:
    """Nothing happens without a word, nor in a dry run."""
    served = replace(DIAGNOSIS, deploy_run="d" * 24, deploy_commit="b" * 40)
    waiting = replace(at(IncidentState.WAITING, proposal=BACK), diagnosis=served)
    there: dict[str, Any] = {"serves": "b" * 40}
    assert do(waiting, **there) is Do.WAIT
    assert do(waiting, said=said(IncidentWord.APPROVE), **there) is Do.ROLL_BACK
    assert do(waiting, said=said(IncidentWord.APPROVE), is_held=True, **there) is Do.WAIT
    assert do(waiting, said=said(IncidentWord.REJECT), **there) is Do.ESCALATE
    assert do(waiting, said=said(IncidentWord.CLOSE)) is Do.RESOLVE
    assert do(waiting, said=said(IncidentWord.PAGE)) is Do.ESCALATE
    dry, rules = replace(waiting, proposal=replace(BACK, is_dry=True)), Watch("production", is_dry=True)
    assert do(dry, said=said(IncidentWord.APPROVE), watch=rules, **there) is Do.WAIT
    assert do(dry, said=said(IncidentWord.APPROVE), **there) is Do.PROPOSE
    assert do(waiting, said=said(IncidentWord.APPROVE), watch=rules, **there) is Do.PROPOSE
    heal = replace(waiting, proposal=Proposal(HealingKind.RESTART, Policy.APPROVE, "", "shop"))
    assert do(heal, said=said(IncidentWord.APPROVE)) is Do.HEAL


def test_a_way_back_is_for_exactly_what_is_to_blame() -> None:
    """What is under way there is waited for; where another version took over, it is decided anew."""
    served = replace(DIAGNOSIS, deploy_run="d" * 24, deploy_commit="b" * 40)
    waiting = replace(at(IncidentState.WAITING, proposal=BACK), diagnosis=served)
    yes = said(IncidentWord.APPROVE)
    assert do(waiting, said=yes, serves="e" * 40) is Do.PROPOSE
    assert do(waiting, said=yes, serves="", is_moving=False) is Do.PROPOSE
    diagnosed = replace(at(IncidentState.DIAGNOSED), diagnosis=served)
    watch = Watch("production", roll_back=Policy.AUTOMATIC)
    assert do(diagnosed, watch=watch, serves="b" * 40) is Do.ROLL_BACK
    assert do(diagnosed, watch=watch, is_moving=True) is Do.WAIT
    assert next_move(look(diagnosed, watch=watch, serves="e" * 40)).do is Do.PROPOSE
    assert next_move(look(diagnosed, watch=watch)).proposal != BACK


def test_what_was_done_is_watched_and_what_failed_leads_on() -> None:
    """Healing that did not help leads to what else there is; a way back that did not end well to a person."""
    assert do(at(IncidentState.HEALING), runs={"heal": RunFact("1" * 24)}) is Do.WAIT
    assert do(at(IncidentState.HEALING), runs={"heal": ended()}) is Do.WATCH
    over = at(IncidentState.HEALING, is_firing=False, ended_at=NOW - 1)
    assert do(over, runs={"heal": ended()}) is Do.RESOLVE
    assert do(over, runs={"heal": ended(Phase.STOPPED)}) is Do.ESCALATE
    assert do(at(IncidentState.HEALING), runs={"heal": ended(Phase.ESCALATED)}) is Do.PROPOSE
    back = at(IncidentState.ROLLING_BACK)
    assert do(back, runs={"roll back": ended()}) is Do.WATCH
    assert do(back, runs={"roll back": ended(Phase.ROLLBACK_FAILED)}) is Do.ESCALATE
    assert do(back, runs={"roll back": ended(), "undo": ended()}) is Do.ESCALATE


def fix(standing: CommitStanding = CommitStanding.GREEN, *, is_draft: bool = False, is_open: bool = True) -> FixFact:
    return FixFact("c" * 40, is_draft, is_open, standing)


def test_a_hot_fix_is_shipped_only_when_it_is_ready_and_green() -> None:
    """A draft, a red or unproven one and one that is gone are people's; checks that run are waited for."""
    fixing, runs = at(IncidentState.FIXING), {"fix": ended(pull=PULL)}
    assert do(fixing, runs={"fix": RunFact("1" * 24)}) is Do.WAIT
    assert do(fixing, runs={"fix": ended(Phase.ESCALATED)}) is Do.ESCALATE
    assert do(fixing, runs=runs) is Do.WAIT
    assert do(fixing, runs=runs, fix=fix(CommitStanding.RUNNING)) is Do.WAIT
    assert do(fixing, runs=runs, fix=fix()) is Do.SHIP
    assert do(fixing, runs=runs, fix=fix(), stages_first=True) is Do.STAGE
    for bad in (fix(is_draft=True), fix(is_open=False)):
        assert do(fixing, runs=runs, fix=bad) is Do.ESCALATE
    for unproven in (fix(CommitStanding.RED), fix(CommitStanding.NONE)):
        assert do(fixing, runs=runs, fix=unproven, ships_since=NOW - 599) is Do.WAIT
        assert do(fixing, runs=runs, fix=unproven, ships_since=NOW - 601) is Do.ESCALATE


@pytest.mark.case("I05")
def test_a_hot_fix_for_what_is_over_is_marked_and_not_shipped() -> None:
    """Also when it is over while the environment before is tried."""
    runs = {"fix": ended(pull=PULL), "stage": ended()}
    assert do(at(IncidentState.FIXING, **QUIET), runs=runs, fix=fix()) is Do.MARK
    assert do(at(IncidentState.STAGING, **QUIET), runs=runs) is Do.MARK
    assert do(at(IncidentState.STAGING), runs=runs) is Do.SHIP
    shipping = at(IncidentState.SHIPPING, **QUIET)
    assert do(shipping, runs={"ship": RunFact("1" * 24)}, ship_waits=True) is Do.MARK
    assert do(shipping, runs={"ship": RunFact("1" * 24)}) is Do.WAIT


def watching(samples: tuple[Verdict, ...], *, lasted: float = 601, is_firing: bool = False, **more: Any) -> Do:
    incident = at(
        IncidentState.WATCHING, watched_since=NOW - lasted, is_firing=is_firing, ended_at=None if is_firing else NOW - 5
    )
    incident = replace(incident, **more.pop("incident", {}))
    more = {"serves": incident.fixed_commit, "sampled_since": NOW - lasted, **more}
    return do(incident, samples=samples, **more)


SHIPPED = {"runs": (("ship", "1" * 24),), "fixed_commit": "c" * 40}


def test_a_hot_fix_is_merged_only_after_its_whole_watch() -> None:
    """The last samples have to be good and nothing may fire; bad ones take it back."""
    assert watching((PASS,) * 5, incident=SHIPPED) is Do.MERGE
    assert watching((PASS,) * 5, incident=SHIPPED, lasted=599) is Do.WAIT
    assert watching((PASS, FAIL, PASS, PASS), incident=SHIPPED) is Do.WAIT
    assert watching((PASS,) * 5, incident=SHIPPED, is_firing=True) is Do.WAIT
    assert watching((FAIL,) * 3, incident=SHIPPED, is_firing=True) is Do.UNDO
    assert watching((FAIL,), incident=SHIPPED, is_firing=True) is Do.WAIT
    assert watching((PASS,) * 5, incident=SHIPPED, serves="e" * 40) is Do.ESCALATE
    assert watching((PASS,) * 5, incident=SHIPPED, serves="", is_moving=True) is Do.WAIT
    assert watching((PASS,) * 5, incident=SHIPPED, serves="") is Do.ESCALATE
    merging = at(IncidentState.MERGING, **SHIPPED)
    assert (do(merging, serves="c" * 40), do(merging, serves="e" * 40)) == (Do.MERGE, Do.ESCALATE)
    assert do(merging, serves="c" * 40, is_held=True) is Do.WAIT


def test_a_server_that_was_down_watches_as_long_as_any_other() -> None:
    """One sample decides nothing, whatever the clock says."""
    for samples in ((PASS,), (FAIL,), (SILENT,)):
        assert watching(samples, incident=SHIPPED, lasted=90_000, sampled_since=NOW - 5) is Do.WAIT


def test_no_data_is_no_pass() -> None:
    """It is watched twice as long, then a person has to judge."""
    assert watching((), incident=SHIPPED) is Do.WAIT
    assert watching((SILENT,) * 5, incident=SHIPPED) is Do.WAIT
    assert watching((SILENT,) * 5, incident=SHIPPED, lasted=1_201) is Do.ESCALATE
    assert watching((PASS,) * 5, incident=SHIPPED, lasted=1_201, is_firing=True) is Do.ESCALATE


def test_after_healing_it_is_over_or_something_else_is_tried() -> None:
    """There is nothing to merge or to take back."""
    assert watching((PASS,) * 3) is Do.RESOLVE
    assert watching((FAIL,) * 3, is_firing=True) is Do.PROPOSE


@pytest.mark.parametrize("state", list(IncidentState))
def test_every_state_has_an_answer(state: IncidentState) -> None:
    """With nothing known, nothing is done that changes production."""
    assert do(at(state, watched_since=NOW)) in {Do.WAIT, Do.DIAGNOSE, Do.PROPOSE, Do.ESCALATE, Do.MERGE}
