"""Runs that were ordered in a chat, told there: one message each, edited when something about it has changed.

It looks at the records, so that no story knows of it, a run that was put aside or abandoned is told of as well, and
nothing that fails in the chat reaches a run. Deployments tell of themselves.
"""

import hashlib
from collections.abc import Callable
from typing import Final

import structlog

from yantra_bot.chat_ports import Chat
from yantra_bot.domain.chat import ChatMessage
from yantra_bot.domain.commands import Verb
from yantra_bot.domain.run import Order
from yantra_bot.ports import Clock
from yantra_bot.replies.slack_run import ShownRun, run_message
from yantra_bot.runs.codec import encode
from yantra_bot.runs.records import Records

SWEEP_SECONDS: Final = 0.25
TOLD_ELSEWHERE: Final = frozenset({Verb.DEPLOY, Verb.ROLLBACK})
_PLAN, _ANSWER = "post plan#", "answer#"

_log = structlog.get_logger()


class SlackProgress:
    """Watches runs that were ordered in a chat."""

    def __init__(self, records: Records, talk: Chat, clock: Clock, *, page_url: Callable[[str], str]) -> None:
        self._records, self._talk, self._clock, self._page_url = records, talk, clock, page_url

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            try:
                await self.sweep()
            except Exception as problem:  # noqa: BLE001 (it has to outlive whatever the databases answer)
                _log.warning("runs could not be told of in Slack; it is tried again", problem=str(problem))
            await self._clock.sleep(SWEEP_SECONDS)

    async def sweep(self) -> None:
        """Tell of every run that has changed since it was told of last."""
        for run_id, told in self._records.runs_in_chat():
            order = self._records.order(run_id)
            if order is None or order.chat is None:
                continue
            ending = self._records.ending(run_id)
            if order.command.verb in TOLD_ELSEWHERE:
                self._records.shown_in_chat(run_id, "", is_over=ending is not None)
                continue
            message = self._message(order)
            digest = hashlib.sha256(encode(message, ChatMessage).encode()).hexdigest()
            if digest != told:
                await self._talk.put(order.chat, message, mark=f"run:{run_id}")
            if digest != told or ending is not None:
                # The end counts by what was shown: one that came in between is seen by the next look.
                self._records.shown_in_chat(run_id, digest, is_over=ending is not None and digest == told)

    def _message(self, order: Order) -> ChatMessage:
        run_id = order.run_id
        ending, ended_at = self._records.ending_and_time(run_id)
        return run_message(
            ShownRun(
                order,
                self._records.timeline(run_id),
                self._page_url(run_id),
                ending,
                ended_at,
                plan=self._said(run_id, _PLAN) if self._records.waits(run_id) else "",
                answer=self._said(run_id, _ANSWER) if ending is not None else "",
            )
        )

    def _said(self, run_id: str, step: str) -> str:
        """Return what a step wrote to the forge; empty where there was none."""
        found = [one.request for one in self._records.steps(run_id) if one.name.startswith(step)]
        return found[-1] if found else ""
