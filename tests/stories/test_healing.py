"""Healing on a cluster: what is done by policy, verified by the alert's own query, and undone where it did not help."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from tests.fakes.prometheus_api import prometheus_api
from tests.stories.scene import Scene
from tests.stories.shipyard import APP, Shipyard
from tests.stories.test_crash import CrashEverywhere
from tests.stories.ward import INCIDENT, Ward, at
from yantra_bot.clock import SystemClock
from yantra_bot.domain.deployments import EnvironmentLock, LockCause
from yantra_bot.domain.incidents import HealingKind, Silence
from yantra_bot.domain.proof import Verdict
from yantra_bot.domain.repository import Actor
from yantra_bot.domain.run import Ending, Order, Phase
from yantra_bot.runs.healing.orders import HEAL_STORY
from yantra_bot.runs.records import Records
from yantra_bot.runs.steps import Moment, Probe

SCALE_OUT, SCALE_UP, RESTART = HealingKind.SCALE_OUT, HealingKind.SCALE_UP, HealingKind.RESTART
DONE = "apply healing"


@pytest.fixture
async def ward(scene: Scene, yard: Shipyard) -> AsyncIterator[Ward]:
    async with prometheus_api() as prometheus:
        yield Ward(scene, yard, prometheus)


def pods_are_others(before: set[str], after: set[str]) -> bool:
    return before.isdisjoint(after)


async def test_more_pods_help_and_stay(ward: Ward) -> None:
    """Done unasked, since the rules say so; counted, kept with what was seen, and audited."""
    await ward.admit("scale: automatic")
    order = ward.order(SCALE_OUT)
    ending = await ward.heal(order, probe=at(DONE, Moment.AFTER_WORK, ward.is_well))
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert ending.reason.startswith(f"Done: scale out {APP} (2 → 3 replicas). It helped")
    assert await ward.replicas() == 3
    kept = ward.kept(order)
    assert (kept.verdict, kept.is_undone) == (Verdict.PASS, False)
    assert "its condition does not hold (0.5)" in kept.seen[0]
    assert ward.remembered() == [(SCALE_OUT, Verdict.PASS, False)]
    with contextlib.closing(ward.scene.records()) as records:
        assert records.target_holder("main", ward.yard.world.namespace) is None
        assert [one.phase for one in records.run(order.run_id).phases][1:] == [  # type: ignore[union-attr] # (it is there)
            *(Phase.PREFLIGHT, Phase.HEALING, Phase.VERIFYING, Phase.COMPLETE)
        ]
    # What the cluster has then is the next deployment's to say.
    async with ward.scene.server():
        await ward.yard.release()
        assert (await ward.yard.deploy(of=3)).phase is Phase.COMPLETE
    assert await ward.replicas() == 2


async def test_what_does_not_help_is_undone(ward: Ward) -> None:
    """And said: a person has to go on."""
    await ward.admit("scale: automatic")
    order = ward.order(SCALE_OUT)
    ending = await ward.heal(order)
    assert ending.phase is Phase.ESCALATED
    assert "It did not help: alert ShopIsUnwell: its condition holds (2). It was undone." in ending.reason
    assert await ward.replicas() == 2
    assert ward.remembered() == [(SCALE_OUT, Verdict.FAIL, True)]


async def test_more_memory_that_does_not_help_is_taken_back(ward: Ward) -> None:
    """To exactly what was there, in pods that are whole."""
    await ward.admit("scale: automatic")
    before = (await ward.live())["spec"]["template"]["spec"]["containers"][0]["resources"]
    order = ward.order(SCALE_UP)
    ending = await ward.heal(order)
    assert ending.phase is Phase.ESCALATED
    assert "512Mi → 768Mi of memory" in ending.reason
    assert "It was undone." in ending.reason
    assert (await ward.live())["spec"]["template"]["spec"]["containers"][0]["resources"] == before


async def test_a_restart_replaces_every_pod_once(ward: Ward) -> None:
    """By somebody who may write and agreed, where the rules want that."""
    await ward.admit("restart: approve", agreed_by="bob")
    before = await names_of_pods(ward)
    order = ward.order(RESTART)
    ending = await ward.heal(order, probe=at(DONE, Moment.AFTER_WORK, ward.is_well))
    assert ending.phase is Phase.COMPLETE, ending.reason
    after = await names_of_pods(ward)
    assert pods_are_others(before, after)
    assert len(after) == 2


async def names_of_pods(ward: Ward) -> set[str]:
    found = await ward.yard.world.admin.json("GET", f"{ward.yard.world.core}/pods")
    return {one["metadata"]["name"] for one in found["items"] if "deletionTimestamp" not in one["metadata"]}


async def test_what_cannot_be_told_is_left_and_said(ward: Ward) -> None:
    """No data is no pass, and no reason to take it back either."""
    await ward.admit("scale: automatic")
    ending = await ward.heal(ward.order(SCALE_OUT), probe=at(DONE, Moment.AFTER_WORK, ward.says_nothing))
    assert ending.phase is Phase.ESCALATED
    assert "Whether it helped cannot be told" in ending.reason
    assert await ward.replicas() == 3


@pytest.mark.parametrize(
    ("watch", "by", "said"),
    [
        ("scale: suggest", "", "let nobody scale out unasked, and nobody agreed"),
        ("scale: approve", "", "let nobody scale out unasked, and nobody agreed"),
        ("scale: approve", "eve", "eve agreed, and may not write"),
        ("scale: automatic, most_replicas: 2", "", "`most_replicas` is 2"),
        ("scale: automatic, actions_an_hour: 0", "", "`actions_an_hour` is 0"),
    ],
)
async def test_what_the_rules_do_not_let_be_done_is_not(ward: Ward, watch: str, by: str, said: str) -> None:
    """They are read right before it, and the run says which."""
    await ward.admit(watch, agreed_by=by)
    before = (await ward.live())["metadata"]["generation"]
    ending = await ward.heal(ward.order(SCALE_OUT))
    assert ending.phase is Phase.STOPPED
    assert said in ending.reason
    assert ending.reason.endswith("Nothing was changed.")
    assert (await ward.live())["metadata"]["generation"] == before
    assert ward.remembered() == []


async def test_a_person_who_orders_it_has_agreed(ward: Ward) -> None:
    """As long as they may write."""
    await ward.admit("scale: suggest")
    eve = await ward.heal(ward.order(SCALE_OUT, by=Actor(5, "eve", is_bot=False)))
    assert "eve agreed, and may not write" in eve.reason
    order = ward.order(SCALE_OUT, number=2, by=Actor(6, "bob", is_bot=False))
    ending = await ward.heal(order, probe=at(DONE, Moment.AFTER_WORK, ward.is_well))
    assert ending.phase is Phase.COMPLETE, ending.reason


async def test_a_dry_run_changes_nothing(ward: Ward) -> None:
    """It says what would be done; by the order, or by the rules."""
    await ward.admit("scale: automatic, restart: automatic")
    dry = await ward.heal(ward.order(SCALE_OUT, dry=True))
    assert dry.phase is Phase.COMPLETE
    assert dry.reason == f"Dry run: I would scale out {APP} (2 → 3 replicas). Nothing was changed."
    assert await ward.replicas() == 2
    assert ward.remembered() == []


@pytest.mark.case("I07")
async def test_the_same_is_not_done_twice_within_the_cooldown(ward: Ward) -> None:
    """Nor more than so many actions an hour."""
    await ward.admit("scale: automatic, restart: automatic, actions_an_hour: 2")
    well = at(DONE, Moment.AFTER_WORK, ward.is_well)
    assert (await ward.heal(ward.order(SCALE_OUT), probe=well)).phase is Phase.COMPLETE
    again = await ward.heal(ward.order(SCALE_OUT, number=2))
    assert again.phase is Phase.STOPPED
    assert "is not repeated" in again.reason
    assert (await ward.heal(ward.order(RESTART, number=3), probe=well)).phase is Phase.COMPLETE
    third = await ward.heal(ward.order(SCALE_UP, number=4))
    assert "2 actions were done to shop within the hour" in third.reason


async def test_what_an_autoscaler_sets_is_left_to_it(ward: Ward) -> None:
    """It would take the number back; more for each pod is another matter."""
    await ward.admit("scale: automatic", is_autoscaled=True)
    ending = await ward.heal(ward.order(SCALE_OUT))
    assert ending.phase is Phase.STOPPED
    assert f"The autoscaler {APP} sets how many replicas {APP} has" in ending.reason
    up = await ward.heal(ward.order(SCALE_UP, number=2), probe=at(DONE, Moment.AFTER_WORK, ward.is_well))
    assert up.phase is Phase.COMPLETE, up.reason


async def test_what_is_resolved_meanwhile_is_not_healed(ward: Ward) -> None:
    """By what is known right before the change."""
    await ward.admit("scale: automatic", is_firing=False, ended_at=1.0)
    ending = await ward.heal(ward.order(SCALE_OUT))
    assert ending.phase is Phase.STOPPED
    assert "Nothing fires any more" in ending.reason


async def test_what_somebody_locked_is_left_alone(ward: Ward) -> None:
    """Until they unlock it."""
    await ward.admit("scale: automatic")
    with contextlib.closing(Records.open(ward.scene.home.records)) as records:
        lock = EnvironmentLock("staging", LockCause.PERSON, "carol", "sale", 1.0)
        records.lock_environment(ward.yard.repository.id, lock)
    ending = await ward.heal(ward.order(SCALE_OUT))
    assert "carol locked staging" in ending.reason


@pytest.mark.case("H15")
async def test_nothing_is_healed_beside_a_deployment(ward: Ward) -> None:
    """Whoever works in the namespace is named, and nothing is changed."""
    await ward.admit("scale: automatic")
    busy = ward.order(SCALE_OUT, number=7)
    with contextlib.closing(Records.open(ward.scene.home.records)) as records:
        records.start_run(busy, 1.0)
        records.claim_target("main", ward.yard.world.namespace, busy.run_id, at=1.0)
    ending = await ward.heal(ward.order(SCALE_OUT))
    ward.scene.leaves_runs = True
    assert ending.phase is Phase.STOPPED
    assert f"Run {busy.run_id} is at work in staging" in ending.reason
    assert await ward.replicas() == 2


@pytest.mark.case("H14")
async def test_what_somebody_else_changes_meanwhile_is_left_to_them(ward: Ward) -> None:
    """Theirs is not taken back, whatever the query says."""
    await ward.admit("scale: automatic", minutes=60)
    order = ward.order(SCALE_OUT)

    async with ward.engine() as engine:
        await engine.enqueue(HEAL_STORY, order)
        await ward.scene.until(ward.scene.in_step("verify healing"))
        await ward.yard.world.change(f"{ward.yard.world.apps}/deployments/{APP}", {"spec": {"replicas": 6}})
        ending = await engine.wait(order.run_id)
    assert ending.phase is Phase.ESCALATED
    assert "was changed by somebody else meanwhile" in ending.reason
    assert await ward.replicas() == 6


async def test_what_is_silenced_is_left_alone(ward: Ward) -> None:
    """Nothing is done while a person wants quiet."""
    await ward.admit("scale: automatic")
    with contextlib.closing(Records.open(ward.scene.home.records)) as records:
        records.silence(Silence("shop", SystemClock().now() + 3_600, "carol", "we move"))
    ending = await ward.heal(ward.order(SCALE_OUT))
    assert ending.phase is Phase.STOPPED
    assert "carol silenced shop" in ending.reason


async def test_nothing_is_done_while_the_operator_pauses_the_bot(ward: Ward) -> None:
    """Be it paused before it is judged, or between that and the change."""
    await ward.admit("scale: automatic")

    def pause() -> None:
        with contextlib.closing(Records.open(ward.scene.home.records)) as records:
            records.pause(None, "root", at=1.0)

    judged = at("judge healing", Moment.AFTER_RECORD, pause)
    for number, probe in ((1, judged), (2, None)):
        ending = await ward.heal(ward.order(SCALE_OUT, number=number), probe=probe)
        assert (ending.phase, ending.reason) == (
            Phase.STOPPED,
            "The operator paused the bot here. Nothing was changed.",
        )
    assert await ward.replicas() == 2
    assert ward.remembered() == []


async def test_what_somebody_did_themselves_is_not_ours_to_undo(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    """The very number that was planned, set by a person before it was: it stays, is told, and counts for nobody."""
    monkeypatch.setattr("yantra_bot.runs.healing.acting.FRESH_SECONDS", 3_600.0)  # however slow the machine is
    await ward.admit("scale: automatic")
    order, crashes = ward.order(SCALE_OUT), CrashEverywhere(Moment.AFTER_RECORD)
    async with ward.engine(crashes) as engine:
        await engine.enqueue(HEAL_STORY, order)
        await ward.scene.until(lambda: crashes.died)
    assert crashes.died == ["judge healing#1"]
    await ward.yard.world.change(f"{ward.yard.world.apps}/deployments/{APP}", {"spec": {"replicas": 3}})
    async with ward.engine() as engine:
        ending = await engine.wait(order.run_id)
    assert ending.phase is Phase.ESCALATED
    assert ending.reason == f"{APP} was changed since it was looked at. Nothing was changed."
    assert await ward.replicas() == 3
    assert ward.remembered() == []


@pytest.mark.parametrize("step", ["verify healing", "undo healing"])
async def test_a_persons_stop_is_how_it_ends(ward: Ward, step: str) -> None:
    """What was done is undone, and who stopped it is told: also where it was being undone already."""
    await ward.admit("scale: automatic", minutes=60 if step == "verify healing" else 0.05)
    order = ward.order(SCALE_OUT)

    def stop() -> None:
        with contextlib.closing(Records.open(ward.scene.home.records)) as records:
            records.request_stop(order.run_id, "carol", at=1.0)

    ending = await ward.heal(order, probe=at(step, Moment.BEFORE_WORK, stop))
    assert ending.phase is Phase.STOPPED
    assert "carol ended it." in ending.reason
    assert "It was undone." in ending.reason
    assert await ward.replicas() == 2


async def crash_through(ward: Ward, order: Order, crashes: CrashEverywhere, beside: Probe) -> Ending:
    """Do an action in engines that die at one step after another."""

    def probe(run_id: str, name: str, moment: Moment) -> None:
        beside(run_id, name, moment)
        crashes(run_id, name, moment)

    while True:
        before = len(crashes.died)
        async with ward.engine(probe) as engine:
            await engine.enqueue(HEAL_STORY, order)
            await ward.scene.until(lambda count=before: len(crashes.died) > count or ended(ward))
        if (found := ended(ward)) is not None:
            return found


def ended(ward: Ward) -> Ending | None:
    return ward.scene.runs()[0].ending


def never() -> None:
    """Do nothing."""


@pytest.mark.case("L01")
@pytest.mark.timeout(600)
@pytest.mark.parametrize("moment", [Moment.AFTER_WORK, Moment.AFTER_RECORD])
async def test_an_action_that_crashes_at_every_step_is_done_and_undone_once(ward: Ward, moment: Moment) -> None:
    """It ends once, counts once, and leaves the Deployment as it was."""
    await ward.admit("scale: automatic")
    crashes = CrashEverywhere(moment)
    ending = await crash_through(ward, ward.order(SCALE_OUT), crashes, at(DONE, Moment.AFTER_WORK, never))
    assert ending.phase is Phase.ESCALATED, ending.reason
    assert "It was undone." in ending.reason
    assert await ward.replicas() == 2
    assert ward.remembered() == [(SCALE_OUT, Verdict.FAIL, True)]
    steps = {name.partition("#")[0] for name in crashes.died}
    assert steps == {
        *("judge healing", "keep healing", "claim target", "apply healing", "verify healing", "undo healing"),
        *("settle healing", "end healing", "heed stop"),
    }


@pytest.mark.case("L01")
@pytest.mark.timeout(600)
async def test_a_restart_that_crashes_at_every_step_restarts_once(ward: Ward) -> None:
    """The pods are replaced once: a second time would cost what it was to help."""
    await ward.admit("restart: automatic")
    before = (await ward.live())["metadata"]["generation"]
    crashes = CrashEverywhere(Moment.AFTER_WORK)
    ending = await crash_through(ward, ward.order(RESTART), crashes, at(DONE, Moment.AFTER_WORK, ward.is_well))
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert (await ward.live())["metadata"]["generation"] == before + 1
    assert ward.remembered() == [(RESTART, Verdict.PASS, False)]


async def test_an_order_for_another_repositorys_incident_is_refused(ward: Ward) -> None:
    """An incident is of one repository, and its environment is what that one's rules say."""
    await ward.admit("scale: automatic")
    ending = await ward.heal(replace(ward.order(SCALE_OUT), incident="b2" * 12))
    assert ending.phase is Phase.FAILED
    assert "There is no incident" in ending.reason
    assert INCIDENT not in ending.reason
