"""The sweeper: what was lost is begun, what was left is cleared, and both are told."""

import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from pydantic import SecretStr

from tests.fakes.github import git_repository
from tests.stories.library import SHELL_FILES
from tests.stories.scene import Scene
from tests.stories.shipyard import Shipyard
from yantra_bot.clock import SystemClock
from yantra_bot.domain.commands import Command, Verb
from yantra_bot.domain.deployments import Deployed
from yantra_bot.domain.environment import Release
from yantra_bot.domain.events import Origin
from yantra_bot.domain.proof import Verdict
from yantra_bot.domain.run import Ending, Order, Phase
from yantra_bot.domain.sweeping import Found, LeftOver
from yantra_bot.forge.app_auth import AppClaims
from yantra_bot.forge.github import GitHub
from yantra_bot.forge.transport import HttpTransport
from yantra_bot.monitor_ports import UnheardComment
from yantra_bot.runs.records import Records
from yantra_bot.runs.sweeping.comments import CommentsLook
from yantra_bot.webhooks.inbox import open_inbox
from yantra_bot.webhooks.policy import Rules

OLD = 4_000.0
"""Seconds ago: beyond every grace."""
SWEEPING = {"sweep_minutes": 0.05}


async def one_run(scene: Scene) -> Order:
    """Have one run end well; return its order."""
    scene.work_in(SHELL_FILES)
    async with scene.server():
        await scene.comment("@yantra implement")
        assert (await scene.ending()).phase is Phase.COMPLETE
    return scene.runs()[0].order


@contextlib.contextmanager
def writing(scene: Scene):  # type: ignore[no-untyped-def] # (a context manager of a test)
    with contextlib.closing(Records.open(scene.home.records)) as records:
        yield records


async def swept(scene: Scene, *kinds: LeftOver) -> tuple[Found, ...]:
    """Return what was found by all sweeps, once something of each of these kinds was."""

    def found() -> tuple[Found, ...]:
        with contextlib.closing(scene.records()) as records:
            every = tuple(one for sweep in records.sweeps() for one in sweep.found)
        return every if {*kinds} <= {one.kind for one in every} else ()

    every: tuple[Found, ...] = await scene.until(found)
    return every


async def test_a_run_that_never_came_into_the_queue_is_begun(scene: Scene) -> None:
    """A kill fell between its row and its place: its order is as good as when it was given, and is told once."""
    order = await one_run(scene)
    issue = scene.github.add_issue(scene.repository, title=scene.issue.title, body=scene.issue.body, by="alice")
    lost = replace(
        order, run_id="ab" * 12, issue_number=issue.number, accepted_at=SystemClock().now() - OLD, comment_id=None
    )
    with writing(scene) as records:
        records.start_run(lost, lost.accepted_at)
    async with scene.server(**SWEEPING):
        ending = await scene.ending(of=2)
        every = await swept(scene, LeftOver.RUN)
    assert ending.phase is Phase.COMPLETE, ending.reason
    (found,) = [one.what for one in every if one.kind is LeftOver.RUN]
    assert found == f"Run {lost.run_id} was in no queue, and has its place now."


async def test_what_ended_runs_left_is_let_go_of(scene: Scene) -> None:
    """A lock of an issue, and a commit in the mirror; what a run at work has stays."""
    order = await one_run(scene)
    (mirror,) = scene.home.mirrors.glob("*.git")
    commit = git_repository.run_git(mirror, "rev-list", "--all", "--max-count=1")
    for run_id in (order.run_id, "somebody-elses"):
        git_repository.run_git(mirror, "update-ref", f"refs/yantra/runs/{run_id}", commit)
    with writing(scene) as records:
        old = SystemClock().now() - OLD
        assert records.lock_issue(order.repository.id, 77, "never-begun", at=old) == "never-begun"
    async with scene.server(**SWEEPING):
        every = await swept(scene, LeftOver.LOCK, LeftOver.HOLD)
    assert {(one.kind, one.run_id) for one in every} >= {
        (LeftOver.LOCK, "never-begun"),
        (LeftOver.HOLD, order.run_id),
    }
    held = sorted(one.name for one in (mirror / "refs" / "yantra" / "runs").iterdir())
    assert held == ["somebody-elses"]
    with writing(scene) as records:
        assert records.issue_holder(order.repository.id, 77) is None


async def test_a_roll_out_whose_run_ended_without_it_is_told_and_locked(scene: Scene, yard: Shipyard) -> None:
    """Nobody knows how far it came: as where a run ends without its story."""
    commit = await yard.lay_out()
    async with scene.server():
        await yard.deploy()
    order = replace(scene.runs()[0].order, run_id="cd" * 12, command=Command(Verb.DEPLOY, "production"))
    release = Release(commit, yard.image, "sha256:" + "1" * 64, "main")
    with writing(scene) as records:
        records.start_run(order, 1.0)
        begun = Deployed(order.run_id, "production", "main", yard.production, release, "alice", 1.0)
        records.begin_deployment(order.repository.id, begun)
        records.end_run(order.run_id, Ending(Phase.FAILED, "the disk was full"), 2.0)
    async with scene.server(**SWEEPING):
        every = await swept(scene, LeftOver.ROLL_OUT)
    assert order.run_id in {one.run_id for one in every}
    with writing(scene) as records:
        (lock,) = records.environment_locks(order.repository.id, "production")
        assert lock.run_id == order.run_id
        assert records.rollouts_of_nobody() == ()


async def test_a_roll_out_whose_end_could_not_be_kept_ends_as_its_run_did(scene: Scene, yard: Shipyard) -> None:
    """What serves well is no failure because a row could not be written: it passes, and nothing is locked or told."""
    await yard.lay_out()
    async with scene.server():
        assert (await yard.deploy()).phase is Phase.COMPLETE
    run = scene.runs()[0]
    with writing(scene) as records:
        (before,) = records.deployments(run.order.repository.id, "staging")
        assert before.verdict is Verdict.PASS
        with records._database.write() as connection:  # as a disk that was full for a moment leaves it
            connection.execute("UPDATE deployments SET verdict = NULL, ended_at = NULL, reason = ''")
    said = len(scene.said())
    async with scene.server(**SWEEPING):
        every = await swept(scene, LeftOver.ROLL_OUT)
        await scene.quiet()
    (found,) = [one for one in every if one.kind is LeftOver.ROLL_OUT]
    assert found.run_id == run.order.run_id
    assert "it is now, as its run ended" in found.what
    with writing(scene) as records:
        (after,) = records.deployments(run.order.repository.id, "staging")
        assert (after.verdict, after.reason, after.ended_at) == (Verdict.PASS, before.reason, run.ended_at)
        assert records.environment_locks(run.order.repository.id, "staging") == ()
    assert len(scene.said()) == said


class LaterClock:
    """A clock that goes ahead. Implements `ports.Clock`."""

    def __init__(self, ahead: float) -> None:
        self._clock, self._ahead = SystemClock(), ahead

    def now(self) -> float:
        return self._clock.now() + self._ahead

    async def sleep(self, seconds: float) -> None:
        await self._clock.sleep(seconds)


@asynccontextmanager
async def comments_look(scene: Scene, *, ahead: float) -> AsyncIterator[CommentsLook]:
    """Open the look at comments as control opens it, some time later."""
    transport, clock = HttpTransport(), LaterClock(ahead)
    claims = AppClaims(str(scene.github.app.id), SecretStr(scene.github.private_key), SystemClock())
    github = GitHub(transport, clock, base_url=scene.github.api_url, identity=claims)
    inbox = await open_inbox(scene.home.inbox, clock=clock)

    async def read_since(origin: Origin, at: float) -> tuple[UnheardComment, ...]:
        return tuple(await github(origin.repository, origin.installation_id).unheard.since(at))

    try:
        with writing(scene) as records:
            yield CommentsLook(records, inbox, Rules(bot_id=0), clock, read_since)
    finally:
        await inbox.aclose()
        await transport.close()


@pytest.mark.case("I09")
async def test_a_command_that_was_never_delivered_is_heard_once(scene: Scene) -> None:
    """As its delivery; talk is left alone, and so is what was edited, or may be on its way."""
    await one_run(scene)
    scene.github.send_webhooks_to("http://127.0.0.1:9/nobody")
    await scene.comment("@yantra status")
    delivery = scene.github.deliveries[-1]
    assert (delivery.event, delivery.status_code) == ("issue_comment", 0)
    await scene.comment("Thanks, nice work")
    edited = await scene.comment("@yantra help")
    edited.updated_at = "2099-01-01T00:00:00Z"
    async with comments_look(scene, ahead=0.0) as look:
        assert await look() == []  # it may be on its way
    async with comments_look(scene, ahead=600.0) as look:
        (found,) = await look()
        assert found.kind is LeftOver.COMMENT
        assert found.what.startswith("A command of alice in octo/other#")
        assert await look() == []
    before = len(scene.said())
    async with scene.server():
        await scene.until(lambda: len(scene.said()) > before)
        await scene.quiet()
        # The delivery itself, when it comes late, is the same.
        again = await scene.github.redeliver(delivery)
        assert 200 <= again.status_code < 300
        await scene.quiet()
    assert len(scene.said()) == before + 1


async def test_a_bots_comment_is_nothing_that_a_sweep_hears(scene: Scene) -> None:
    """Whatever it says: who may speak for it is not known to a sweep."""
    await one_run(scene)
    scene.github.send_webhooks_to("http://127.0.0.1:9/nobody")
    scene.github.permit(scene.repository, "dependabot", "write")
    comment = await scene.comment("@yantra status", by="dependabot")
    comment.user.kind = "Bot"
    async with comments_look(scene, ahead=600.0) as look:
        assert await look() == []
