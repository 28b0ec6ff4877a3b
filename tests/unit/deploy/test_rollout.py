"""Deciding what to do next: properties that hold whatever is seen, and when what decides counts."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yantra_bot.deploy.rollout import BLIND_SECONDS, UNREADABLE_SECONDS, Progress, advance, is_whole_in, miss, reconcile
from yantra_bot.domain.environment import HealthRule
from yantra_bot.domain.proof import Verdict
from yantra_bot.domain.rollout import Act, Action, Judgement, Scale, Stage
from yantra_bot.domain.workload import Condition, PodState, Trouble, TroubleKind, VersionState, WorkloadState

RULE = HealthRule(start_seconds=10, deadline_seconds=100)
STAGE = Stage("rolling", (), ("shop",), hold_seconds=20)

troubles = st.none() | st.builds(
    Trouble, st.sampled_from(list(TroubleKind)), st.just("web"), st.just("because"), st.just("said"), st.booleans()
)
pods = st.builds(
    PodState,
    st.sampled_from(["a", "b", "c"]),
    st.just("10.0.0.1"),
    st.just("Running"),
    st.booleans(),
    st.booleans(),
    st.integers(0, 3),
    st.just(0.0),
    trouble=troubles,
)
version = VersionState("shop-2", 2, "h2", ("i2",), 3, 3, 3, 3)
workloads = st.builds(
    WorkloadState,
    name=st.just("shop"),
    generation=st.integers(1, 2),
    observed_generation=st.integers(0, 2),
    mark=st.just("run-1"),
    is_paused=st.booleans(),
    wanted=st.integers(0, 3),
    updated=st.integers(0, 3),
    ready=st.integers(0, 3),
    available=st.integers(0, 3),
    unavailable=st.integers(0, 3),
    existing=st.integers(0, 3),
    progressing=st.none() | st.builds(Condition, st.sampled_from(["True", "False"]), st.just("why"), st.just("")),
    new=st.none() | st.just(version),
    pods=st.lists(pods, max_size=3).map(tuple),
    digest=st.sampled_from(["d1", "d1", "d1", "d2"]),
)
judgements = st.none() | st.builds(Judgement, st.sampled_from(list(Verdict)), st.just("said"))
Looked = tuple[WorkloadState | None, bool, Judgement | None, float]
"""What a look showed, whether it showed anything, what the samples say, and the seconds until then."""
looks = st.lists(
    st.tuples(st.none() | workloads, st.booleans(), judgements, st.floats(0.1, 30)), min_size=1, max_size=25
)

WHOLE = WorkloadState("shop", 2, 2, "run-1", False, 3, 3, 3, 3, 0, 3, Condition("True", "", ""), version, digest="d1")
PASS = Judgement(Verdict.PASS, "well")


def decide(progress: Progress, judgement: Judgement | None, now: float, stage: Stage = STAGE) -> Action:
    return reconcile(stage, RULE, progress, judgement, mark="run-1", now=now)


@given(looks)
def test_nothing_goes_on_that_is_not_whole_and_well(
    seen: list[Looked],
) -> None:
    """Whatever is seen in whatever order."""
    progress, now = Progress(began=0.0), 0.0
    for state, is_read, judgement, seconds in seen:
        now += seconds
        progress = advance(progress, STAGE, RULE, {"shop": state}, now) if is_read else miss(progress, "away", now)
        found = decide(progress, judgement, now)
        if found.is_promotable:
            assert is_read
            assert state is not None
            assert is_whole_in(STAGE, state)
            assert not state.is_paused
        if found.act is Act.GO_ON:
            assert is_read
            assert state is not None
            assert is_whole_in(STAGE, state)
            assert (state.mark, state.is_paused) == ("run-1", False)
            assert judgement is not None
            assert judgement.verdict is Verdict.PASS
            assert progress.whole_since is not None
            assert now - progress.whole_since >= STAGE.hold_seconds


@given(looks)
def test_nothing_waits_for_ever(seen: list[Looked]) -> None:
    """After the deadline and the time that it is held there is something to do, whatever was seen."""
    progress, now = Progress(began=0.0), 0.0
    for state, is_read, _, seconds in seen:
        now += seconds
        progress = advance(progress, STAGE, RULE, {"shop": state}, now) if is_read else miss(progress, "away", now)
    late = RULE.deadline_seconds + STAGE.hold_seconds
    now = max(now, late) + BLIND_SECONDS + 0.001  # sums of floats fall short of what they mean
    for judgement in (None, PASS, Judgement(Verdict.INCONCLUSIVE, "")):
        assert decide(progress, judgement, now).act is not Act.WAIT


@given(looks, st.floats(0, 500))
def test_what_was_decided_stays_decided(seen: list[Looked], more: float) -> None:
    """Time alone takes back no failure and no stranger's change."""
    progress, now = Progress(began=0.0), 0.0
    for state, is_read, _, seconds in seen:
        now += seconds
        progress = advance(progress, STAGE, RULE, {"shop": state}, now) if is_read else miss(progress, "away", now)
    first = decide(progress, None, now)
    if first.act in (Act.ROLL_BACK, Act.LEAVE, Act.ASK):
        assert decide(progress, None, now + more).act is first.act


@pytest.mark.case("H17")
def test_available_alone_is_no_success() -> None:
    """Old pods that serve are not the new version."""
    ready = replace(WHOLE, available=2)  # minReadySeconds
    assert decide(advance(Progress(began=0.0), STAGE, RULE, {"shop": ready}, 1.0), PASS, 50.0).act is Act.WAIT
    old = replace(WHOLE, updated=1, existing=4)
    progress = advance(Progress(began=0.0), STAGE, RULE, {"shop": old}, 1.0)
    assert decide(progress, PASS, 50.0).act is Act.WAIT


def test_the_hold_begins_when_it_is_whole_and_anew_when_it_ceased_to_be() -> None:
    """A moment without a pod begins it anew; a read that failed does not."""
    progress = advance(Progress(began=0.0), STAGE, RULE, {"shop": WHOLE}, 10.0)
    assert decide(progress, PASS, 29.0).act is Act.WAIT
    assert decide(progress, PASS, 30.0).act is Act.GO_ON
    blinked = advance(miss(progress, "away", 12.0), STAGE, RULE, {"shop": WHOLE}, 13.0)
    assert decide(blinked, PASS, 30.0).act is Act.GO_ON
    lost = advance(progress, STAGE, RULE, {"shop": replace(WHOLE, available=2)}, 12.0)
    again = advance(lost, STAGE, RULE, {"shop": WHOLE}, 13.0)
    assert decide(again, PASS, 30.0).act is Act.WAIT
    assert decide(again, PASS, 33.0).act is Act.GO_ON
    blind = advance(miss(miss(progress, "away", 12.0), "away", 23.0), STAGE, RULE, {"shop": WHOLE}, 24.0)
    assert decide(blind, PASS, 30.0).act is Act.WAIT


def test_a_stale_word_that_nothing_progresses_is_not_believed_at_once() -> None:
    """Right after a change the cluster may still say it of the version before."""
    stuck = replace(WHOLE, updated=0, progressing=Condition("False", "ProgressDeadlineExceeded", "has timed out"))
    progress = advance(Progress(began=0.0), STAGE, RULE, {"shop": stuck}, 1.0)
    assert decide(progress, None, 1.0).act is Act.WAIT
    progress = advance(progress, STAGE, RULE, {"shop": stuck}, 7.0)
    found = decide(progress, None, 7.0)
    assert (found.act, found.evidence) == (Act.ROLL_BACK, ("has timed out",))


def test_trouble_that_may_pass_becomes_final_where_it_lasts() -> None:
    """Unschedulable pods wait for a node for a minute; evicted ones are replaced."""
    for kind, limit in (
        (TroubleKind.UNSCHEDULABLE, 60.0),
        (TroubleKind.BAD_CONFIG, 10.0),
        (TroubleKind.NO_IMAGE, 10.0),
    ):
        pod = PodState("a", "", "Pending", False, False, 0, 0.0, trouble=Trouble(kind, "", "why", "", is_final=False))
        state = replace(WHOLE, updated=1, pods=(pod,))
        progress = advance(Progress(began=0.0), STAGE, RULE, {"shop": state}, 0.0)
        assert decide(progress, None, limit - 0.5).act is Act.WAIT
        assert decide(progress, None, limit).act is Act.ROLL_BACK
    evicted = PodState("a", "", "Failed", False, False, 0, 0.0, trouble=Trouble(TroubleKind.EVICTED, "", "", "", False))
    progress = advance(Progress(began=0.0), STAGE, RULE, {"shop": replace(WHOLE, pods=(evicted,))}, 0.0)
    assert decide(progress, PASS, 90.0).act is Act.GO_ON


def test_a_cluster_that_stays_unreadable_asks() -> None:
    """Nobody knows how it is; a failure would be a guess."""
    progress = miss(advance(Progress(began=0.0), STAGE, RULE, {"shop": WHOLE}, 0.0), "403", 1.0)
    assert decide(progress, PASS, 30.0).act is Act.WAIT
    found = decide(progress, PASS, 1.0 + UNREADABLE_SECONDS)
    assert (found.act, found.evidence) == (Act.ASK, ("403",))


def test_what_was_emptied_on_purpose_is_whole_when_nothing_is_left() -> None:
    """Zero pods are what a stage wants only where it says so."""
    zero = replace(WHOLE, wanted=0, updated=0, ready=0, available=0, existing=0)
    emptying = replace(STAGE, changes=(Scale("shop", 0),), hold_seconds=0.0)
    progress = advance(Progress(began=0.0), emptying, RULE, {"shop": zero}, 1.0)
    assert decide(progress, PASS, 1.0, emptying).act is Act.GO_ON
    progress = advance(Progress(began=0.0), STAGE, RULE, {"shop": zero}, 1.0)
    assert decide(progress, PASS, 1.0).act is Act.ASK


def test_what_a_person_may_promote_is_whole_runs_and_was_read() -> None:
    """What was not measured, or is to be agreed to; never what is paused, at zero, not whole, or unread."""
    whole = advance(Progress(began=0.0), STAGE, RULE, {"shop": WHOLE}, 1.0)
    silent = Judgement(Verdict.INCONCLUSIVE, "nothing said")
    asking = replace(STAGE, asks=True)
    promotable = [decide(whole, silent, 5.0), decide(whole, PASS, 50.0, asking), decide(whole, None, 200.0)]
    assert [(one.act, one.is_promotable) for one in promotable] == [(Act.ASK, True)] * 3
    paused = advance(Progress(began=0.0), STAGE, RULE, {"shop": replace(WHOLE, is_paused=True)}, 1.0)
    zero = replace(WHOLE, wanted=0, updated=0, ready=0, available=0, existing=0)
    unread = miss(whole, "403", 2.0)
    others = [
        decide(paused, silent, 50.0),
        decide(advance(Progress(began=0.0), STAGE, RULE, {"shop": zero}, 1.0), PASS, 50.0),
        decide(unread, PASS, 2.0 + UNREADABLE_SECONDS),
    ]
    assert [(one.act, one.is_promotable) for one in others] == [(Act.ASK, False)] * 3
    half = advance(Progress(began=0.0), STAGE, RULE, {"shop": replace(WHOLE, available=2)}, 1.0)
    waits = [decide(half, PASS, 5.0), decide(unread, None, 3.0), decide(whole, None, 5.0)]
    assert [(one.act, one.is_promotable) for one in waits] == [(Act.WAIT, False), (Act.WAIT, False), (Act.WAIT, True)]
