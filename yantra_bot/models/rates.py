"""What a vendor allows a minute: as the operator says it, and as the vendor's own headers do. Pure.

Anthropic sends `anthropic-ratelimit-{requests,input-tokens,output-tokens}-{limit,remaining}`, and does not count input
that comes out of its cache. OpenAI sends `x-ratelimit-{limit,remaining}-{requests,tokens}`, whose tokens are those of
both directions.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from yantra_bot.errors import SettingsError

_RATE: Final = re.compile(r"(\w+)=(\d*)/(\d*)/(\d*)", re.ASCII)
KNOWN: Final = ("anthropic", "openai", "compatible")


class Counted(StrEnum):
    """What is counted a minute."""

    REQUESTS = "requests"
    INPUT = "input tokens"
    OUTPUT = "output tokens"
    TOKENS = "tokens"
    """Of both directions together."""


Allowance = Mapping[Counted, int]
"""How many of each a minute; what is absent has no limit."""


@dataclass(frozen=True, slots=True)
class Told:
    """One limit as a vendor's response told it."""

    counted: Counted
    limit: int
    remaining: int


def parse_rates(texts: Iterable[str]) -> dict[str, Allowance]:
    """Read `VENDOR=REQUESTS/INPUT/OUTPUT`, numbers a minute, empty for no limit. Raises SettingsError with the form."""
    found: dict[str, Allowance] = {}
    for text in texts:
        match = _RATE.fullmatch(text)
        if match is None or match[1] not in KNOWN or not any(match.groups()[1:]):
            raise SettingsError(
                f"YANTRA_MODEL_RATES has {text!r}. Cure: write VENDOR=REQUESTS/INPUT/OUTPUT, each a minute, such as "
                f"anthropic=50/40000/8000, with a vendor of {', '.join(KNOWN)}; a number that is left out is no limit."
            )
        kinds = (Counted.REQUESTS, Counted.INPUT, Counted.OUTPUT)
        amounts = {kind: int(amount) for kind, amount in zip(kinds, match.groups()[1:], strict=True) if amount}
        if 0 in amounts.values():
            raise SettingsError(f"YANTRA_MODEL_RATES has {text!r}: with 0 a minute nothing is ever asked. Cure: more.")
        found[match[1]] = amounts
    return found


_NAMES: Final = (
    ("anthropic-ratelimit-requests-{}", Counted.REQUESTS),
    ("anthropic-ratelimit-input-tokens-{}", Counted.INPUT),
    ("anthropic-ratelimit-output-tokens-{}", Counted.OUTPUT),
    ("x-ratelimit-{}-requests", Counted.REQUESTS),
    ("x-ratelimit-{}-tokens", Counted.TOKENS),
)


def read_limits(headers: Mapping[str, str]) -> tuple[Told, ...]:
    """Return what a response's headers (names in lower case) tell of limits; nonsense counts as not told."""
    found = []
    for name, counted in _NAMES:
        limit, remaining = (_read_number(headers.get(name.format(part), "")) for part in ("limit", "remaining"))
        if limit and remaining is not None:
            found.append(Told(counted, limit, min(remaining, limit)))
    return tuple(found)


def _read_number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None
