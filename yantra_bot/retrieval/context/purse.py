"""Shares of a budget, and the purse that a level pays its parts from. It never overdraws."""

from typing import Final, Protocol

from yantra_bot.errors import UserError
from yantra_bot.retrieval.budget import Budget
from yantra_bot.retrieval.context.parts import BETWEEN

LEAST_TOTAL: Final = 500
"""Tokens below which nothing worth reading fits."""
MOST_BYTES: Final = 180_000
"""All texts, titles and reasons together, encoded: what a step's result may hold, with room for the rest."""
_ESCAPED: Final = '\n\t"\\'


class TokenCounter(Protocol):
    """What counts and cuts text."""

    def count(self, text: str) -> int:
        """Return the tokens of a text."""
        ...

    def truncate(self, text: str, limit: int) -> str:
        """Return the beginning of a text that has at most so many tokens."""
        ...


def split_budget(total: int) -> Budget:
    """Return the shares of a budget in tokens. Raises UserError where it is too small for any code."""
    if total < LEAST_TOTAL:
        raise UserError(f"A budget of {total:,} tokens is too small for any code. Give at least {LEAST_TOTAL:,}.")
    return Budget.split(total)


class Scale:
    """Weighs texts, and remembers how many bytes may still be shown in all."""

    def __init__(self, counter: TokenCounter, *, most_bytes: int = MOST_BYTES) -> None:
        self.counter = counter
        self.bytes_left = most_bytes

    def weigh(self, text: str) -> int:
        """Return the tokens of a part's text, with what stands between it and the next."""
        return self.counter.count(f"{text}{BETWEEN}")


class Purse:
    """Tokens that parts are paid from."""

    def __init__(self, scale: Scale, tokens: int, *, outer: "Purse | None" = None) -> None:
        self._scale = scale
        self._outer = outer
        self._left = max(tokens, 0)

    @property
    def left(self) -> int:
        """How many tokens can be paid."""
        return self._left if self._outer is None else min(self._left, self._outer.left)

    @property
    def is_empty(self) -> bool:
        """Whether nothing more can be paid."""
        return self.left <= 0 or self._scale.bytes_left <= 0

    def can_pay(self, tokens: int, text: str) -> bool:
        """Tell whether there is enough for a text of so many tokens."""
        return tokens <= self.left and encoded_size(text) <= self._scale.bytes_left

    def pay(self, tokens: int, text: str) -> bool:
        """Pay for a text; False, and nothing is paid, where there is not enough."""
        if not self.can_pay(tokens, text):
            return False
        self._scale.bytes_left -= encoded_size(text)
        self.take(tokens)
        return True

    def inner(self, tokens: int) -> "Purse":
        """Return a purse of at most so many of these tokens; what is paid from it is paid from this one too."""
        return Purse(self._scale, tokens, outer=self)

    def take(self, tokens: int) -> None:
        """Take tokens out, here and in the purse that this one is a part of."""
        self._left -= tokens
        if self._outer is not None:
            self._outer.take(tokens)


def encoded_size(text: str) -> int:
    """Return how many bytes a text has in JSON, at most."""
    return len(text.encode("utf-8", "replace")) + sum(map(text.count, _ESCAPED))
