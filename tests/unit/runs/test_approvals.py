"""What waits for people is looked at with few calls, decided once by who may, and acted on until it was heard."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.crash.harness import make_order
from tests.fakes.forge_bench import VirtualClock
from yantra_bot.domain.commands import Command, Verb
from yantra_bot.domain.events import Origin
from yantra_bot.domain.plan import Decision, Means, Verdict
from yantra_bot.domain.repository import Actor, Permission, Reaction, Repository
from yantra_bot.domain.run import Ending, Phase
from yantra_bot.errors import Transient
from yantra_bot.runs.approvals import Approvals, Pace, read_decision
from yantra_bot.runs.proposals import Offer
from yantra_bot.runs.records import Records
from yantra_bot.runs.tally import DAY
from yantra_bot.runs.thumbs import PERMISSIONS_A_LOOK
from yantra_bot.runs.waits import Steering

ANN, EVE, BOT = Actor(5, "ann", False), Actor(6, "eve", False), Actor(7, "ann", True)


class Reactions:
    """A forge that knows reactions and one writer, and counts what it is asked."""

    def __init__(self) -> None:
        self.given: list[Reaction] = []
        self.asked: list[str] = []
        self.looks = 0
        self.fails = False

    def __call__(self, *_: Any) -> Any:
        return self

    async def reactions(self, comment_id: int) -> Sequence[Reaction]:
        self.looks += 1
        if self.fails:
            raise Transient("later", retry_after=500)
        return self.given

    async def permission(self, login: str) -> Permission:
        self.asked.append(login)
        return Permission.WRITE if login == "ann" else Permission.READ


class Place:
    """Records with one plan that waits since 0, and a sweep over them."""

    def __init__(self, folder: Path) -> None:
        self.records, self.forge, self.clock = Records.open(folder / "r.sqlite"), Reactions(), VirtualClock(0.0)
        self.woken: list[str] = []
        self.records.start_run(make_order(), 0.0)
        self.records.await_decision("run-1", comment_id=77, at=0.0, due=10_000.0)
        self.heeded: list[tuple[str, bool]] = []
        self.problem: Exception | None = None
        self.approvals = Approvals(
            records=self.records,
            forge=self.forge,
            wake=self.wake,
            heed_thumb=self.heed,
            clock=self.clock,
            pace=Pace(often=20),
        )

    async def wake(self, run_id: str) -> None:
        self.woken.append(run_id)

    async def heed(self, offer: Offer, by: Actor, *, is_up: bool) -> str:
        self.heeded.append((by.login, is_up))
        if self.problem is not None:
            raise self.problem
        return "heeded"

    def offer(self, *, at: float = 0.0) -> Offer:
        """Propose something on another issue, in comment 88."""
        shown = Offer(Origin(11, Repository(1, "octo", "demo1")), 8, False, 88, at)
        self.records.propose(1, 8, Command(Verb.FIX, "mend it"), at=at)
        self.records.show_proposal(shown)
        return shown

    async def sweep(self, *, at: float) -> Decision | None:
        self.clock.time = at
        await self.approvals.sweep()
        return self.records.decision("run-1")


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


async def test_a_thumb_of_a_writer_decides(place: Place) -> None:
    """Of bots and readers none does; the first of who may write counts, with how it was said."""
    place.forge.given = [Reaction(BOT, "+1"), Reaction(EVE, "-1"), Reaction(EVE, "heart"), Reaction(ANN, "+1")]
    assert await place.sweep(at=1) == Decision(Verdict.APPROVED, "ann", means=Means.REACTION)
    assert place.forge.asked == ["eve", "ann"]
    assert place.woken == ["run-1"]


async def test_who_says_both_says_nothing(place: Place) -> None:
    """A thumb up and down of the same person are no decision."""
    place.forge.given = [Reaction(ANN, "+1"), Reaction(ANN, "-1")]
    assert await place.sweep(at=1) is None
    place.forge.given = [Reaction(ANN, "-1")]
    decision = await place.sweep(at=30)
    assert decision is not None
    assert decision.verdict is Verdict.REJECTED


async def test_looks_become_seldom_and_strangers_cost_little(place: Place) -> None:
    """A flood of readers' thumbs asks for a few permissions a look, and for each of them once in a while."""
    place.forge.given = [Reaction(Actor(100 + number, f"eve{number}", False), "+1") for number in range(12)]
    for second in range(0, 100, 2):
        await place.sweep(at=second)
    assert place.forge.looks == 5
    assert len(place.forge.asked) == len(set(place.forge.asked)) == 12
    assert PERMISSIONS_A_LOOK == 5
    before = place.forge.looks
    for second in range(4_000, 4_100, 2):
        await place.sweep(at=second)
    assert place.forge.looks - before == 1


async def test_a_forge_that_fails_is_left_alone_for_a_while(place: Place) -> None:
    """As long as it asked for; then it is looked at again."""
    place.forge.fails = True
    await place.sweep(at=1)
    place.forge.fails, place.forge.given = False, [Reaction(ANN, "+1")]
    assert await place.sweep(at=400) is None
    assert await place.sweep(at=502) is not None


async def test_a_plan_that_nobody_decides_expires_without_a_call(place: Place) -> None:
    """The time limit needs no forge."""
    place.forge.fails = True
    assert await place.sweep(at=10_000) == Decision(Verdict.EXPIRED)
    assert place.forge.looks == 0


async def test_a_run_is_woken_until_it_has_heard(place: Place) -> None:
    """Whatever fell between a decision and its run going on."""
    assert place.records.decide("run-1", Decision(Verdict.APPROVED, "ann"), at=1)
    assert not place.records.decide("run-1", Decision(Verdict.REJECTED, "bob"), at=2)
    await place.sweep(at=1)
    await place.sweep(at=2)
    assert place.woken == ["run-1", "run-1"]
    place.records.decision_heard("run-1")
    await place.sweep(at=3)
    assert place.woken == ["run-1", "run-1"]


async def test_a_run_that_ended_waits_no_more(place: Place) -> None:
    """A stopped run's plan is neither looked at nor found by a command."""
    assert place.records.wait_of_issue(1, 7) is not None
    assert place.records.waiting_runs() == ("run-1",)
    place.records.end_run("run-1", Ending(Phase.STOPPED, "stopped"), 1.0)
    assert place.records.wait_of_issue(1, 7) is None
    assert await place.sweep(at=1) is None
    assert place.forge.looks == 0


async def test_a_thumb_on_a_proposal_is_heeded_once(place: Place) -> None:
    """Of bots and readers none is; the first of who may write is, and then nobody looks any more."""
    place.records.end_run("run-1", Ending(Phase.STOPPED, "stopped"), 1.0)
    place.offer()
    place.forge.given = [Reaction(BOT, "+1"), Reaction(EVE, "+1")]
    await place.sweep(at=1)
    assert place.heeded == []
    place.forge.given += [Reaction(ANN, "-1"), Reaction(Actor(9, "ann", False), "+1")]
    for second in (10, 30, 60, 90):
        await place.sweep(at=second)
    assert place.heeded == [("ann", False)]
    assert place.forge.looks == 2


async def test_a_thumb_that_could_not_be_heeded_is_heeded_later(place: Place) -> None:
    """What took the proposal by it before something failed, or the process ended, takes it again."""
    offer, since = place.offer(), -1.0
    place.forge.given, place.problem = [Reaction(ANN, "+1")], Transient("later", retry_after=50)
    await place.sweep(at=1)
    assert place.records.take_proposal(1, 8, by=offer.thumb_key, since=since) is not None
    place.problem = None
    await place.sweep(at=40)
    await place.sweep(at=60)
    await place.sweep(at=300)
    assert place.heeded == [("ann", True), ("ann", True)]


async def test_a_proposal_that_was_answered_or_replaced_or_is_old_is_not_looked_at(place: Place) -> None:
    """A yes or a no in words, a newer proposal and the end of its day each end the looks at its comment."""
    place.records.end_run("run-1", Ending(Phase.STOPPED, "stopped"), 1.0)
    place.forge.given = [Reaction(ANN, "+1")]
    place.offer()
    assert place.records.take_proposal(1, 8, by="a comment", since=-1.0) is not None
    await place.sweep(at=1)
    place.offer(at=5.0)
    assert place.records.forget_proposal(1, 8, since=-1.0)
    await place.sweep(at=6)
    place.offer(at=7.0)
    place.records.propose(1, 8, Command(Verb.PLAN), at=8.0)
    await place.sweep(at=9)
    place.offer(at=10.0)
    await place.sweep(at=10.0 + DAY + 1)
    assert (place.heeded, place.forge.looks) == ([], 0)


def test_what_is_said_to_a_run_is_kept_once_and_within_bounds(place: Place) -> None:
    """By the comment's number; the first wording stays."""
    records = place.records
    assert records.keep_steering("run-1", Steering(3, "ann", "use plus"), most=2)
    assert not records.keep_steering("run-1", Steering(3, "ann", "another"), most=2)
    assert records.keep_steering("run-1", Steering(5, "bob", "and docs"), most=2)
    assert not records.keep_steering("run-1", Steering(6, "bob", "too much"), most=2)
    assert [one.body for one in records.steering("run-1")] == ["use plus", "and docs"]


@pytest.mark.parametrize(
    ("verb", "text", "expected"),
    [
        (Verb.APPROVE, "", (Verdict.APPROVED, "")),
        (Verb.APPROVE, "looks good", (Verdict.APPROVED, "looks good")),
        (Verb.APPROVE, "with changes: leave b.py\nalone", (Verdict.CHANGED, "leave b.py\nalone")),
        (Verb.APPROVE, "With change - shorter", (Verdict.CHANGED, "shorter")),
        (Verb.APPROVE, "with changes:", None),
        (Verb.APPROVE, "with changesets", (Verdict.APPROVED, "with changesets")),
        (Verb.REJECT, ": no", (Verdict.REJECTED, "no")),
    ],
)
def test_what_approve_and_reject_say(verb: Verb, text: str, expected: tuple[Verdict, str] | None) -> None:
    """Changes have to be announced and named; everything else after the word is a note."""
    found = read_decision(Command(verb, text), by="ann")
    assert (None if found is None else (found.verdict, found.text)) == expected
