"""A word about a deployment is taken for the one that it is meant for, as of when it was said."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.crash.harness import House
from tests.fakes.forge_bench import Bench, open_bench
from yantra_bot.domain.chat import ChatPlace
from yantra_bot.domain.commands import Command, Options, Verb
from yantra_bot.domain.deployments import BlockedCommit, Deployed, EnvironmentLock, LockCause, Pin
from yantra_bot.domain.environment import Release
from yantra_bot.domain.events import Origin
from yantra_bot.domain.proof import Verdict
from yantra_bot.domain.repository import Actor
from yantra_bot.domain.run import Ending, Order, Phase
from yantra_bot.runs.codec import encode
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.deploying.orders import DEPLOY_STORY, OLD_SECONDS, DeployOrders
from yantra_bot.runs.deploying.pins import PIN
from yantra_bot.runs.engine import Engine
from yantra_bot.runs.place import Place

RULES = """deploy:
  image: registry.test/acme/shop
  environments:
    staging: {cluster: main, namespace: shop-staging, manifests: deploy/staging}
    production: {cluster: main, namespace: shop, manifests: deploy/production, approval: {count: 1}}
"""
ANN, BOB = Actor(5, "ann", is_bot=False), Actor(6, "bob", is_bot=False)
THE_PIN = Pin("c" * 40, "sha256:1", "m")
CHAT = ChatPlace("T0HOME", "C1", "U1")


async def endless(context: RunContext) -> Ending:
    """Wait to be stopped."""

    async def wait() -> str:
        await asyncio.Event().wait()
        return ""

    await context.step("wait", wait, str, stoppable=True)
    return Ending(Phase.COMPLETE, "")


@dataclass
class Desk:
    """Orders about deployments, with what they are kept in."""

    house: House
    bench: Bench
    engine: Engine
    orders: DeployOrders

    def place(self, issue: int = 7, **more: object) -> Place:
        origin = Origin(self.bench.installation.id, self.bench.repository)
        place = Place(origin, issue, None, BOB, f"words of {issue}", self.bench.forge)
        return replace(place, **more)  # type: ignore[arg-type]  # fields of Place

    async def say(self, verb: Verb, words: str = "", place: Place | None = None, **options: object) -> str:
        command = Command(verb, words, Options(**options))  # type: ignore[arg-type]  # fields of Options
        return await self.orders.obey(command, place or self.place())

    def is_taken(self, words: str, place: Place) -> bool:
        return self.orders.waits_for(Command(Verb.APPROVE, words), place)

    async def begin(self, run_id: str, environment: str = "production", *, issue: int = 7, asks: bool = True) -> Order:
        """Begin a deployment that Ann asked for, which waits for an approval where it `asks`."""
        origin = Origin(self.bench.installation.id, self.bench.repository)
        command = Command(Verb.DEPLOY, environment)
        order = Order(run_id, origin.repository, origin.installation_id, issue, command, ANN, None, 1.0)
        await self.engine.enqueue(DEPLOY_STORY, order, partition=run_id)
        if asks:
            self.house.records.note(run_id, PIN, encode(THE_PIN, Pin))
            self.house.records.await_decision(run_id, comment_id=0, at=1.0, due=1e12)
        return order

    def serve(self, run_id: str, commit: str, *, environment: str = "production", at: float) -> None:
        """Keep that a run's roll-out ended well."""
        release = Release(commit * 40, "registry.test/acme/shop", f"sha256:{commit}", "main")
        begun = Deployed(run_id, environment, "main", "shop", release, "ann", at)
        self.house.records.begin_deployment(self.bench.there.id, begun)
        self.house.records.end_deployment(run_id, environment, Verdict.PASS, reason="", at=at + 1)

    async def end(self, run_id: str) -> None:
        self.house.records.request_stop(run_id, "ann", at=2.0)
        await self.engine.stop(run_id)
        await self.engine.wait(run_id)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    house = House(tmp_path)
    async with open_bench(tmp_path) as bench, house.engine({DEPLOY_STORY: endless}) as engine:
        bench.fake.commit(bench.there, {".github/yantra.yml": RULES})
        for login in ("ann", "bob"):
            bench.fake.permit(bench.there, login, "write")
        orders = DeployOrders(
            engine=engine,
            records=house.records,
            clock=house.clock,
            new_run_id=lambda key: f"run of {key}",
            handle="yantra",
            page_url=lambda run_id: f"https://bot.test/runs/{run_id}",
            is_connected=True,
        )
        yield Desk(house, bench, engine, orders)
    house.close()


@pytest.mark.case("G10")
async def test_an_old_button_takes_nothing_newer_back(desk: Desk) -> None:
    """It names the version of its message; where another one serves now it does nothing, and says so."""
    for number, run_id in enumerate(("old", "new")):
        await desk.begin(run_id, asks=False)
        await desk.end(run_id)
        desk.serve(run_id, str(number), at=10.0 * number)
    said = await desk.say(Verb.ROLLBACK, "production", desk.place(run_id="old"))
    assert "is not what serves" in said
    assert desk.house.records.run("run of rollback of old") is None
    assert await desk.say(Verb.ROLLBACK, "production", desk.place(run_id="new")) == ""
    assert desk.house.records.run("run of rollback of new") is not None


@pytest.mark.case("G10")
async def test_two_people_who_press_the_same_button_order_one_way_back(desk: Desk) -> None:
    """Whoever is second, at once or when it is over, adds no run; a word gets one all the same."""
    await desk.begin("good", asks=False)
    await desk.end("good")
    desk.serve("good", "1", at=10.0)
    first, second = desk.place(run_id="good"), desk.place(run_id="good", sender=ANN, content_key="another press")
    assert [await desk.say(Verb.ROLLBACK, "production", one) for one in (first, second)] == ["", ""]
    (order,) = desk.house.records.active()
    assert (order.run_id, order.requested_by) == ("run of rollback of good", BOB)
    await desk.end(order.run_id)
    assert "asked for already" in await desk.say(Verb.ROLLBACK, "production", second)
    assert await desk.say(Verb.ROLLBACK, "production", replace(second, run_id="")) == ""
    assert [one.run_id for one in desk.house.records.active()] == ["run of another press"]


@pytest.mark.case("G10")
@pytest.mark.parametrize(
    ("words", "issue", "is_taken"),
    [("", 7, True), ("LGTM", 7, True), ("production", 7, True), ("production", 8, True), ("", 8, False)],
)
async def test_a_yes_is_for_the_deployment_that_waits_there_or_is_named(
    desk: Desk, words: str, issue: int, is_taken: bool
) -> None:
    """A first word that names no environment that waits is one of praise."""
    await desk.begin("one")
    await desk.begin("other", "staging", issue=9, asks=False)
    place = desk.place(issue)
    assert desk.is_taken(words, place) is is_taken
    if is_taken:
        assert await desk.say(Verb.APPROVE, words, place) == "Approved: `production` is deployed to now."
        assert [one.person for one in desk.house.records.deployment_approvals("one")] == [BOB]
    assert (desk.house.records.decision("one") is not None) is is_taken


@pytest.mark.case("G10")
async def test_no_yes_for_a_plan_decides_a_deployment(desk: Desk) -> None:
    """Its wait is no plan's; without a pinned approval nothing is decided, and who asked cannot give one."""
    await desk.begin("one")
    records = desk.house.records
    assert records.wait_of_issue(desk.bench.there.id, 7) is None
    assert "does not approve it" in await desk.say(Verb.APPROVE, "", desk.place(sender=ANN))
    assert records.decision("one") is None
    # Where a plan waits as well, the bare word is the plan's, and the environment's name is the deployment's.
    plan = Order("plan", desk.bench.repository, 1, 7, Command(Verb.PLAN), ANN, None, 2.0)
    records.start_run(plan, 2.0)
    records.await_decision("plan", comment_id=4, at=2.0, due=1e12)
    assert not desk.is_taken("", desk.place())
    assert desk.is_taken("production", desk.place())


@pytest.mark.case("G10")
async def test_a_yes_that_is_handled_again_is_not_for_what_asked_later(desk: Desk) -> None:
    """It was said before that deployment asked anybody; one that is said now is for it."""
    await desk.begin("one")
    assert desk.is_taken("", desk.place(said_at=1.0))
    assert not desk.is_taken("", desk.place(said_at=0.5))
    assert not desk.is_taken("production", desk.place(said_at=0.5))


@pytest.mark.case("I09")
@pytest.mark.parametrize("verb", [Verb.DEPLOY, Verb.ROLLBACK])
async def test_a_deployment_asked_for_long_ago_is_asked_for_again(desk: Desk, verb: Verb) -> None:
    """Its delivery was missed, and the world went on; what was said half an hour ago is done."""
    now = desk.house.clock.now()
    missed = desk.place(said_at=now - OLD_SECONDS - 60, content_key="missed")
    assert f"say `@yantra {verb} production` again" in await desk.say(verb, "production", missed)
    assert desk.house.records.runs(10) == ()
    late = desk.place(said_at=now - OLD_SECONDS + 600, content_key="late")
    assert await desk.say(verb, "production", late) == ""
    assert [one.order.run_id for one in desk.house.records.runs(10)] == ["run of late"]


async def test_in_a_chat_the_only_one_that_waits_is_meant(desk: Desk) -> None:
    """In the whole repository, where no thread is named; of two the environment has to be."""
    await desk.begin("one", issue=0)
    place = desk.place(0, chat=CHAT)
    assert desk.is_taken("", place)
    await desk.begin("two", "staging", issue=3)
    said = await desk.say(Verb.APPROVE, "", place)
    assert said.startswith("Which one?")
    assert "Approved: `staging`" in await desk.say(Verb.APPROVE, "staging", place)
    assert desk.house.records.decision("one") is None


@pytest.mark.parametrize("verb", [Verb.ABORT, Verb.REJECT])
async def test_what_waits_is_rejected_with_the_reason(desk: Desk, verb: Verb) -> None:
    """Whichever word is used; the environment's name is no part of the reason."""
    await desk.begin("one")
    assert await desk.say(verb, "production prices are wrong") == "Rejected: nothing is deployed to `production`."
    decision = desk.house.records.decision("one")
    assert decision is not None
    assert (decision.by, decision.text) == ("bob", "prices are wrong")


async def test_an_abort_before_the_roll_out_ends_the_run(desk: Desk) -> None:
    """Nothing began, so that nothing goes back; once it began, it does."""
    await desk.begin("one", asks=False)
    assert await desk.say(Verb.ABORT, "production") == (
        "The deployment to `production` is ended before anything was changed."
    )
    assert (await desk.engine.wait("one")).phase is Phase.STOPPED
    await desk.begin("two", asks=False)
    release = Release("c" * 40, "registry.test/acme/shop", "sha256:1", "main")
    desk.house.records.begin_deployment(
        desk.bench.there.id, Deployed("two", "production", "main", "shop", release, "ann", 5.0)
    )
    assert "goes back" in await desk.say(Verb.ABORT, "production")
    assert desk.house.records.stop_requested("two") is None


@pytest.mark.case("A07")
async def test_an_unlock_opens_nothing_that_came_after_it_was_said(desk: Desk) -> None:
    """A delivery that is handled again, late, leaves the later lock and block alone."""
    records, repository = desk.house.records, desk.bench.there.id
    unlock = desk.place(said_at=50.0)
    await desk.say(Verb.LOCK, "production we look", desk.place(said_at=40.0))
    records.block_commit(repository, BlockedCommit("production", "c" * 40, "bad", "yantra", 45.0, "run"))
    said = await desk.say(Verb.UNLOCK, "production", unlock, ref="ccccccc")
    assert said == "`production` is unlocked. Let in again: `cccccccccccc`."
    records.lock_environment(repository, EnvironmentLock("production", LockCause.ROLL_OUT, "yantra", "bad", 60.0))
    records.block_commit(repository, BlockedCommit("production", "c" * 40, "bad", "yantra", 60.0, "run"))
    said = await desk.say(Verb.UNLOCK, "production", unlock, ref="ccccccc")
    assert said == "`production` was not locked. Still kept from it: `cccccccccccc`."
    assert len(records.environment_locks(repository, "production")) == 1


@pytest.mark.parametrize("ref", ["c", "cccccc", "main", "c%ccccccc"])
async def test_a_commit_is_let_in_by_at_least_seven_signs(desk: Desk, ref: str) -> None:
    """Less could be anything: nothing is unlocked then, and the cure is told."""
    records, repository = desk.house.records, desk.bench.there.id
    await desk.say(Verb.LOCK, "production we look", desk.place(said_at=40.0))
    records.block_commit(repository, BlockedCommit("production", "c" * 40, "bad", "yantra", 45.0, "run"))
    assert "at least 7 signs" in await desk.say(Verb.UNLOCK, "production", desk.place(said_at=50.0), ref=ref)
    assert len(records.environment_locks(repository, "production")) == 1
    assert len(records.blocked_commits(repository, "production")) == 1
