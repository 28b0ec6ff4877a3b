"""Thumbs on the bot's own comments: the first one, up or down, of a person who may write now.

Reactions send no webhook, so that they are looked at: often while what they stand on is young, seldom later; and a
person's permission is asked for once in a while only. It must never act on what it finds.
"""

from collections.abc import Sequence
from typing import Final

from yantra_bot.domain.repository import Reaction
from yantra_bot.ports import Clock, Forge

PERMISSIONS_A_LOOK: Final = 5
ASK_AGAIN_SECONDS: Final = 600.0
"""A stranger who has no say is asked about again only after this."""
SELDOM_SECONDS: Final = 600.0
YOUTH: Final = 0.05
"""A comment is looked at again after this share of its age."""
FOR: Final = "+1"
AGAINST: Final = "-1"


def pause_of(age: float, *, often: float) -> float:
    """Return after how many seconds a comment of this age is looked at again."""
    return min(SELDOM_SECONDS, max(often, age * YOUTH))


class Thumbs:
    """Reads them, and remembers who has no say."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._asked: dict[tuple[str, int], float] = {}

    async def first(self, forge: Forge, comment_id: int, *, about: str) -> Reaction | None:
        """Return the first thumb that counts on a comment, None while there is none. `about` names the comment."""
        for reaction in self._candidates(about, await forge.reactions(comment_id))[:PERMISSIONS_A_LOOK]:
            if (await forge.permission(reaction.by.login)).may_write:
                return reaction
            self._asked[about, reaction.by.id] = self._clock.now() + ASK_AGAIN_SECONDS
        return None

    def _candidates(self, about: str, reactions: Sequence[Reaction]) -> list[Reaction]:
        """Return the reactions that may count, in their order; of who said both, none does."""
        now = self._clock.now()
        self._asked = {key: until for key, until in self._asked.items() if until > now}
        told: dict[int, set[str]] = {}
        for one in reactions:
            told.setdefault(one.by.id, set()).add(one.content)
        return [
            one
            for one in reactions
            if one.content in (FOR, AGAINST)
            and not one.by.is_bot
            and not told[one.by.id] >= {FOR, AGAINST}
            and (about, one.by.id) not in self._asked
        ]
