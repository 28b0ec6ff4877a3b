"""Looks for commands that nobody heard: written on the forge, never delivered, and never answered.

What is found goes into the inbox exactly as its delivery would have: screened, under the key of its content, so that
the same comment that is delivered later is the same delivery, and judged live by the dispatcher like every other.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Final

from yantra_bot.domain.commands import Command
from yantra_bot.domain.events import CommentPosted, Delivery, Origin
from yantra_bot.domain.sweeping import Found, LeftOver
from yantra_bot.errors import YantraError
from yantra_bot.monitor_ports import UnheardComment
from yantra_bot.ports import Clock, Inbox
from yantra_bot.runs.records import Records
from yantra_bot.runs.sweeping.looks import Partly
from yantra_bot.webhooks.commands import parse as parse_command
from yantra_bot.webhooks.github_events import content_key, parse
from yantra_bot.webhooks.policy import Rules, screen
from yantra_bot.webhooks.retelling import COMMENT, retell

LOOKED_BACK: Final = 86_400.0
"""How old a command may be, in seconds."""
ACTIVE_SECONDS: Final = 30 * 86_400.0
"""Repositories in which nothing was ordered for so long are not looked at."""
MOST_REPOSITORIES: Final = 20
DELIVERED_BY: Final = 120.0
"""What is younger may be on its way."""

ReadSince = Callable[[Origin, float], Awaitable[Sequence[UnheardComment]]]


class CommentsLook:
    """Looks in the repositories that work was ordered in lately."""

    def __init__(self, records: Records, inbox: Inbox, rules: Rules, clock: Clock, read_since: ReadSince) -> None:
        self._records, self._inbox, self._clock, self._read = records, inbox, clock, read_since
        # Whether a bot may speak is the dispatcher's to say: a sweep hears people.
        self._rules = replace(rules, allowed_bots=frozenset())

    async def __call__(self) -> Sequence[Found]:
        now = self._clock.now()
        found: list[Found] = []
        problem: YantraError | None = None
        for origin, first_at in self._records.origins_at_work(since=now - ACTIVE_SECONDS, limit=MOST_REPOSITORIES):
            try:
                # What was said before anything was ever ordered there was said to nobody.
                found += await self._look(origin, since=max(first_at, now - LOOKED_BACK), until=now - DELIVERED_BY)
            except YantraError as trouble:
                problem = trouble
        if problem is not None:
            raise Partly(found, problem)
        return found

    async def _look(self, origin: Origin, *, since: float, until: float) -> list[Found]:
        found = []
        for comment in await self._read(origin, since):
            if comment.is_edited or comment.is_seen or not since <= comment.at <= until:
                continue
            if await self._hear(origin, comment):
                where = f"{origin.repository.full_name}#{comment.issue_number}"
                said = f"A command of {comment.author.login} in {where} was never delivered: it is heard now."
                found.append(Found(LeftOver.COMMENT, said))
        return found

    async def _hear(self, origin: Origin, comment: UnheardComment) -> bool:
        """Store a comment where it is a command and was not stored before; return whether it was."""
        body = retell(origin, comment)
        event = parse(COMMENT, body)
        if not isinstance(event, CommentPosted) or screen(event, self._rules) is not None:
            return False
        if not isinstance(parse_command(event.body, handle=self._rules.handle), Command):
            return False
        key = content_key(COMMENT, event, body)
        return await self._inbox.put(
            Delivery(0, f"sweep-{comment.id}", key, "github", COMMENT, body, self._clock.now())
        )
