"""What stories say in a chat: kept first, said by a loop of its own, so that a chat that fails holds nobody up.

Responsible for the newest wording of each message being said in the end, in the order in which it was first said, and
for a chat's wishes of pace being heeded. What the chat refuses for good is logged and given up.
"""

from typing import Final

import structlog

from yantra_bot.chat_ports import Chat, ChatClosed
from yantra_bot.domain.chat import ChatMessage, ChatPlace
from yantra_bot.errors import Transient, YantraError
from yantra_bot.ports import Clock
from yantra_bot.runs.records import Records
from yantra_bot.runs.slack_memory import Outgoing

SWEEP_SECONDS: Final = 0.1
MOST_A_SWEEP: Final = 50
FIRST_WAIT: Final = 1.0
LONGEST_WAIT: Final = 120.0
CLOSED_WAIT: Final = 60.0
"""How long a chat that took the token back is left alone."""
GIVE_UP_AFTER: Final = 86_400.0

_log = structlog.get_logger()


class SlackOutbox:
    """Implements the port Chat by keeping what is said; `run` says it."""

    def __init__(self, chat: Chat, records: Records, clock: Clock) -> None:
        self._chat, self._records, self._clock = chat, records, clock
        self._quiet_until = 0.0

    async def put(self, place: ChatPlace, message: ChatMessage, *, mark: str) -> ChatPlace:
        """Keep a message to be posted or edited; return its place, with the message's own id where that is known."""
        self._records.say_in_chat(mark, place, message, at=self._clock.now())
        post = self._records.find_post(mark)
        return place if post is None or post.place is None else post.place

    async def reply(self, place: ChatPlace, text: str, *, mark: str) -> None:
        """Keep an answer to be said once."""
        self._records.say_in_chat(mark, place, text, at=self._clock.now())

    async def run(self) -> None:
        """Say what is kept until cancelled."""
        while True:
            try:
                await self.sweep()
            except Exception as problem:  # noqa: BLE001 (it has to outlive whatever the disk and the chat answer)
                _log.warning("nothing can be said in Slack now; it is tried again", problem=str(problem))
            await self._clock.sleep(SWEEP_SECONDS)

    async def sweep(self) -> None:
        """Say what is due, oldest first; after a chat asked to wait, nothing until then."""
        if self._clock.now() < self._quiet_until:
            return
        for one in self._records.unsaid_in_chat(now=self._clock.now(), limit=MOST_A_SWEEP):
            if not await self._say(one):
                return

    async def _say(self, one: Outgoing) -> bool:
        """Say one thing; return False when the chat wants no more for now."""
        try:
            if one.message is not None:
                await self._chat.put(one.place, one.message, mark=one.mark)
            else:
                await self._chat.reply(one.place, one.text, mark=one.mark)
        except Transient as problem:
            return self._put_off(one, problem)
        except ChatClosed as problem:  # with another token it is said after all
            return self._put_off(one, Transient(str(problem), retry_after=CLOSED_WAIT))
        except YantraError as problem:
            _log.warning("Slack refused what was to be said there", mark=one.mark, problem=str(problem))
        self._records.said_in_chat(one)
        return True

    def _put_off(self, one: Outgoing, problem: Transient) -> bool:
        now = self._clock.now()
        if now - one.since > GIVE_UP_AFTER:
            _log.warning("given up what was to be said in Slack", mark=one.mark, problem=str(problem))
            self._records.said_in_chat(one)
            return True
        wait = min(FIRST_WAIT * 2 ** min(one.tries, 20), LONGEST_WAIT)
        if problem.retry_after is not None:
            self._quiet_until = now + problem.retry_after
            wait = problem.retry_after
        _log.warning("Slack is asked again later", mark=one.mark, seconds=wait, problem=str(problem))
        self._records.put_off_in_chat(one, until=now + wait)
        return problem.retry_after is None
