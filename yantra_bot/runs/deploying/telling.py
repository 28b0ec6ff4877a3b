"""Tells people where a deployment stands: one comment and one message, each edited in place.

What is told at a turn of the story is a step, so that a resumed run posts nothing twice; what goes on in between is
shown when it is seen, and lost without harm. Nothing here ever ends a deployment.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final, Self

from yantra_bot.chat_ports import Chat
from yantra_bot.domain.chat import ChatPlace
from yantra_bot.domain.deploying import Deployment
from yantra_bot.domain.run import Ending, Phase
from yantra_bot.errors import YantraError
from yantra_bot.ports import Clock, Forge
from yantra_bot.replies.deploy.chat import deploy_message
from yantra_bot.replies.deploy.comment import deploy_comment, deploy_tag, told_deployer
from yantra_bot.runs.codec import encode
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.phases import may_follow
from yantra_bot.runs.workshop import Workshop

NOTE: Final = "deployment"
"""The note under which a deployment is kept as it was last told: what its page shows."""
_NOTIFIED: Final = frozenset({Phase.ROLLED_BACK, Phase.ROLLBACK_FAILED, Phase.ESCALATED})
"""Endings of which who asked is told by name on the forge, too."""
LIVE_SECONDS: Final = 3.0
"""Between two edits that show what goes on."""


class Telling:
    """What one deployment tells, and has told last."""

    def __init__(
        self,
        context: RunContext,
        workshop: Workshop,
        forge: Forge,
        chat: Chat | None,
        shown: Deployment,
        *,
        alert: str = "",
    ) -> None:
        """`alert` is the channel that hears of what nobody may miss; empty: none."""
        self._alert = alert
        self._context, self._workshop, self._forge, self._chat = context, workshop, forge, chat
        self._current = Phase.QUEUED
        self.shown = shown

    def put(self, **changes: Any) -> None:
        """Change what is told; nobody hears of it yet."""
        self.shown = replace(self.shown, **changes)

    async def enter(self, phase: Phase, **changes: Any) -> None:
        """Store the phase, then show where it stands. A phase that may not follow is a bug of the story."""
        if not may_follow(self._current, phase):
            raise ValueError(f"{phase} does not follow {self._current}")
        self._current = phase
        await self._context.phase(phase)
        await self.show(**changes)

    async def show(self, **changes: Any) -> None:
        """Show where it stands, as a step."""
        self.put(**changes)
        shown = self.shown

        async def put() -> str:
            return await self._write(shown)

        await self._context.step("show deployment", put, str, request=encode(shown, Deployment))

    async def end(self, ending: Ending) -> None:
        """Tell how it ended, and who asked for it."""
        await self.enter(ending.phase, ending=ending, asking=None, now="")
        if ending.phase is not Phase.COMPLETE:
            await self._tell_deployer(ending)

    async def _tell_deployer(self, ending: Ending) -> None:
        """Say it once more in the thread, where it notifies: an edited message does not.

        Of a roll-back that failed the operator's channel hears as well, wherever the deployment was ordered.
        """
        place, chat, run_id, shown = self._context.order.chat, self._chat, self._context.order.run_id, self.shown
        alert = self._alert if ending.phase is Phase.ROLLBACK_FAILED else ""
        names = self._context.order.issue_number if ending.phase in _NOTIFIED else 0
        if not names and (chat is None or (place is None and not alert)):
            return

        async def say() -> str:
            try:
                if names:
                    body = told_deployer(self._context.order, ending)
                    await self._forge.put_comment(names, tag=f"deploy-end:{run_id}", body=body)
                if chat is None:
                    return ""
                if place is not None:
                    await chat.reply(replace(place, under=f"deploy:{run_id}"), ending.reason, mark=f"{run_id} end")
                if alert:
                    await chat.put(ChatPlace("", alert), deploy_message(shown), mark=f"alert:{run_id}")
            except YantraError as problem:
                return str(problem)
            return ""

        await self._context.step("tell deployer", say, str, request=ending.reason)

    def live(self, clock: Clock) -> "Live":
        """Return what shows, while it is open, what goes on."""
        return Live(self._write, clock)

    async def _write(self, shown: Deployment) -> str:
        """Write comment, message and note; return what could not be."""
        order, records = self._context.order, self._workshop.records
        problems = []
        try:
            records.note(order.run_id, NOTE, encode(shown, Deployment))
        except YantraError as problem:
            problems.append(f"The page could not be brought up to date: {problem}")
        if order.issue_number:
            try:
                await self._forge.put_comment(order.issue_number, tag=deploy_tag(order), body=deploy_comment(shown))
            except YantraError as problem:
                problems.append(f"The comment could not be written: {problem}")
        if order.chat is not None and self._chat is not None:
            try:
                await self._chat.put(order.chat, deploy_message(shown), mark=f"deploy:{order.run_id}")
            except YantraError as problem:
                problems.append(f"The message could not be written: {problem}")
        for line in problems:
            with suppress(YantraError):
                self._workshop.note(order.run_id, line)
        return " ".join(problems)


class Live:
    """Shows the newest of what it is offered, one at a time and not too often."""

    def __init__(self, write: Callable[[Deployment], Awaitable[str]], clock: Clock) -> None:
        self._write, self._clock = write, clock
        self._newest: Deployment | None = None
        self._has_news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def offer(self, shown: Deployment) -> None:
        """Have this shown soon, in place of what was offered before."""
        self._newest = shown
        self._has_news.set()

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        """End; what is being written is let finish, so that it cannot overtake what is told next."""
        assert self._task is not None, "it was entered"  # noqa: S101 (narrows a type)
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    async def _run(self) -> None:
        while True:
            await self._has_news.wait()
            self._has_news.clear()
            if self._newest is not None:
                await _finish(self._write(self._newest))
            await self._clock.sleep(LIVE_SECONDS)


async def _finish(writing: Awaitable[str]) -> None:
    """Wait for a write also where that is cancelled, then be cancelled."""
    task = asyncio.ensure_future(writing)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        raise
