"""After a roll-back: the commit is blocked, the environment locked, a revert opened, the mistake kept.

Each is a step that can be done again; one that fails is told as not done, and the others are done all the same.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from yantra_bot.deploy_ports import Reverted
from yantra_bot.domain.deployments import BlockedCommit, EnvironmentLock, LockCause
from yantra_bot.domain.environment import Release
from yantra_bot.domain.lessons import Category
from yantra_bot.domain.repository import PullRequest
from yantra_bot.errors import Permanent, Transient, UserError
from yantra_bot.learning.taught import Occasion, Taught, teach
from yantra_bot.ports import Forge, NewPullRequest, Remote
from yantra_bot.replies.deploy import aftermath as say
from yantra_bot.runs.codec import StepBug
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.deploying.reading import Target
from yantra_bot.runs.gather import GITHUB_TRIES
from yantra_bot.runs.workshop import Workshop

RECORD_TRIES: Final = 12
"""Of what is kept in the records, or begun on the forge: minutes, before it is told as not done."""
PROBLEMS: Final = (UserError, Transient, Permanent, StepBug)


@dataclass(frozen=True, slots=True)
class Failure:
    """What is to be drawn conclusions from."""

    target: Target
    bad: Release
    title: str
    good: str
    """The commit that served before; empty where it is not known, and then nothing is reverted."""
    reason: str
    evidence: tuple[str, ...]
    by: str = ""
    """The person who had it rolled back; empty: it was judged bad."""
    is_judged: bool = True
    """Whether the version was found bad; else only the environment is locked."""

    @property
    def branch(self) -> str:
        """The branch that the commit came from, which a revert goes to."""
        return self.bad.branch or self.target.default_branch


class Aftermath:
    """Draws the conclusions of one roll-back."""

    def __init__(self, context: RunContext, workshop: Workshop, forge: Forge, remote: Remote) -> None:
        self._context, self._workshop, self._forge, self._remote = context, workshop, forge, remote

    async def draw(self, failure: Failure) -> tuple[str, ...]:
        """Do what follows; return a sentence for each, as Markdown of ours."""
        told = [
            await self._step("lock environment", lambda: self._lock(failure), "The environment could not be locked")
        ]
        if failure.is_judged:
            told += [
                await self._step("block commit", lambda: self._block(failure), "The commit could not be blocked"),
                await self._revert(failure),
                await self._step("keep mistake", lambda: self._learn(failure), "The mistake could not be kept"),
            ]
        return tuple(line for line in told if line)

    async def _step(self, name: str, work: Callable[[], Awaitable[str]], failed: str) -> str:
        try:
            return await self._context.step(name, work, str, tries=RECORD_TRIES)
        except PROBLEMS as problem:
            return f"{failed}: {problem}"

    async def _block(self, failure: Failure) -> str:
        order, environment = self._context.order, failure.target.environment
        blocked = BlockedCommit(
            environment.name,
            failure.bad.commit,
            failure.reason,
            failure.by or self._workshop.handle,
            self._workshop.clock.now(),
            order.run_id,
        )
        self._workshop.records.block_commit(order.repository.id, blocked)
        return say.blocked(failure.bad, environment.name)

    async def _lock(self, failure: Failure) -> str:
        order, environment = self._context.order, failure.target.environment
        lock = EnvironmentLock(
            environment.name,
            LockCause.ROLL_OUT,
            failure.by or self._workshop.handle,
            failure.reason,
            self._workshop.clock.now(),
            failure.bad.commit,
            order.run_id,
        )
        self._workshop.records.lock_environment(order.repository.id, lock)
        return say.locked(environment.name, self._workshop.handle)

    async def _revert(self, failure: Failure) -> str:
        """Open a pull request that takes the changes back, where they are on the branch."""
        if failure.bad.pull_request:
            return say.not_merged(failure.bad)
        if not failure.good or failure.good == failure.bad.commit:
            return say.nothing_to_revert()
        try:
            made = await self._make_revert(failure)
            if not made.commit:
                return say.conflicts(made, failure.bad) if made.conflicts else say.reverted_already(failure.bad)
            return say.reverted(await self._open_revert(failure, made))
        except PROBLEMS as problem:
            return f"No revert pull request could be opened: {problem}"

    async def _make_revert(self, failure: Failure) -> Reverted:
        branch, at = failure.branch, await self._context.now()

        async def work() -> Reverted:
            return await self._remote.revert(
                bad=failure.bad.commit,
                good=failure.good,
                branch=branch,
                run_id=self._context.order.run_id,
                message=say.revert_message(failure.bad, failure.title, failure.target.environment.name, failure.reason),
                at=at,
            )

        return await self._context.step("make revert", work, Reverted, tries=3)

    async def _open_revert(self, failure: Failure, made: Reverted) -> PullRequest:
        branch = say.revert_branch(failure.bad, failure.target.environment.name)
        base = failure.branch

        async def push() -> str:
            head = await self._forge.branch_head(branch)
            if head is None:
                await self._remote.push(made.commit, branch, expected=None)
                self._workshop.audit(self._context.order, f"push {branch}", made.commit)
            elif head != made.commit:
                raise Permanent(f"the branch {branch} is somebody else's")
            return branch

        await self._context.step("push revert", push, str, request=made.commit, tries=GITHUB_TRIES)
        body = say.revert_body(
            failure.bad,
            environment=failure.target.environment.name,
            reason=failure.reason,
            evidence=failure.evidence,
            taken_back=made.taken_back,
            page_url=self._workshop.page_url(self._context.order.run_id),
        )
        title = say.revert_title(failure.bad, failure.title, failure.target.environment.name)
        new = NewPullRequest(branch, base, title, body, is_draft=False)

        async def open_it() -> PullRequest:
            opened = await self._forge.open_pull_request(new)
            self._workshop.audit(self._context.order, f"open pull request {opened.url}", made.commit)
            return opened

        return await self._context.step("open revert", open_it, PullRequest, request=made.commit, tries=GITHUB_TRIES)

    async def _learn(self, failure: Failure) -> str:
        """Keep what went wrong with the memory of mistakes, as data."""
        if self._workshop.memory is None:
            return ""
        order = self._context.order
        said = say.lesson(failure.title, failure.target.environment.name, failure.reason)
        taught = Taught(said, category=Category.API, about=failure.title)
        occasion = Occasion(
            key=f"{order.run_id} roll-back",
            repository=order.repository.id,
            source=self._workshop.page_url(order.run_id),
            at=self._workshop.clock.now(),
            people=(order.requested_by.login,),
            run=order.run_id,
        )
        self._workshop.records.tell_memory(teach(taught, occasion))
        return say.learnt()
