"""The models that are known: prices, windows, defaults. Data with a date and a source; nothing is computed here.

Lists what the installed SDKs list and do not call deprecated. A model that is absent works; its cost is unknown.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from urllib.parse import urlsplit

from yantra_bot.domain.tiers import Tier
from yantra_bot.models.costs import Price

PRICED_ON = "2026-11-27"
SOURCES = (
    "platform.claude.com/docs/en/about-claude/pricing",
    "developers.openai.com/api/docs/pricing",
    "the price table of litellm 1.110.2, which cites both",
)
"""Where the prices were read on that day. Standard tier, default retention of caches, no batch and no fast mode."""
STALE_DAYS = 90
"""A price that was read longer ago than this is said to be old: vendors change them about so often."""

CLAUDE_BUDGET = 160_000
GPT_BUDGET = 100_000
"""SPEC 1: tokens of context that a run fills at most, of a window that may be larger."""
UNKNOWN_WINDOW = 128_000
"""Tokens that are taken for the window of a model nothing is known of: what today's smallest useful ones have."""
UNKNOWN_BUDGET = UNKNOWN_WINDOW // 2
"""The first prompt of such a model; the rest is left to the conversation, and to its own way of counting."""


class VendorId(StrEnum):
    """Whose API is spoken."""

    ANTHROPIC = "anthropic"
    OPENAI = "openai"


HOSTS = {VendorId.ANTHROPIC: "api.anthropic.com", VendorId.OPENAI: "api.openai.com"}
BASE_URLS = {VendorId.ANTHROPIC: "https://api.anthropic.com", VendorId.OPENAI: "https://api.openai.com/v1"}
DEFAULT_MODELS = {VendorId.ANTHROPIC: "claude-sonnet-5-5", VendorId.OPENAI: "gpt-6.2-sol"}
"""The balanced model of each vendor."""
TIERS: Mapping[VendorId, Mapping[Tier, str]] = {
    VendorId.ANTHROPIC: {
        Tier.FAST: "claude-haiku-5-5",
        Tier.BALANCED: DEFAULT_MODELS[VendorId.ANTHROPIC],
        Tier.PREMIUM: "claude-opus-5-5",
        Tier.REASONING: "claude-fable-5-1",
    },
    VendorId.OPENAI: {
        Tier.FAST: "gpt-6-luna",
        Tier.BALANCED: DEFAULT_MODELS[VendorId.OPENAI],
        Tier.PREMIUM: "gpt-6-astra",
        Tier.REASONING: "gpt-6-astra",
    },
}
"""Which model of a vendor stands for a tier, unless the operator names another: ordered by their prices."""


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """One model. All but the price in tokens."""

    vendor: VendorId
    window: int
    """What fits in, the answer included."""
    max_output: int
    budget: int
    price: Price | None
    priced_on: str = PRICED_ON
    """The day its price was read, ISO 8601."""
    source: str = ""
    """Where it was read."""
    sees: bool = True
    """Whether it takes pictures; all that are listed here do."""


def describe_claude(price: Price | None, *, window: int = 1_000_000, max_output: int = 128_000) -> ModelFacts:
    return ModelFacts(VendorId.ANTHROPIC, window, max_output, CLAUDE_BUDGET, price, source=SOURCES[0])


def describe_gpt(*, read: float, cached: float, cache_write: float, write: float) -> ModelFacts:
    """Return the facts of a GPT 6: prompts above 272k tokens cost twice the input and 1.5 times the output."""
    price = Price(read, write, cached, cache_write, long_from=272_000, long_input_factor=2.0, long_output_factor=1.5)
    return ModelFacts(VendorId.OPENAI, 1_050_000, 128_000, GPT_BUDGET, price, source=SOURCES[1])


MODELS: Mapping[str, ModelFacts] = {
    "claude-fable-5-1": describe_claude(Price(10.0, 50.0, 0.25, 12.5)),
    "claude-opus-5-5": describe_claude(Price(4.0, 20.0, 0.20, 5.0)),
    "claude-sonnet-5-5": describe_claude(Price(2.0, 10.0, 0.10, 2.5)),
    "claude-haiku-5-5": describe_claude(
        Price(0.1, 0.5, 0.01, 0.125, long_from=100_000, long_input_factor=5.0, long_output_factor=5.0)
    ),
    "claude-opus-5": describe_claude(Price(5.0, 25.0, 0.50, 6.25)),
    "claude-sonnet-5": describe_claude(Price(2.0, 10.0, 0.20, 2.5)),
    "claude-opus-4-8": describe_claude(Price(5.0, 25.0, 0.50, 6.25)),
    "claude-sonnet-4-6": describe_claude(Price(3.0, 15.0, 0.30, 3.75)),
    "claude-haiku-4-5": describe_claude(Price(1.0, 5.0, 0.10, 1.25), window=200_000, max_output=64_000),
    "gpt-6.2-sol": describe_gpt(read=2.0, cached=0.10, cache_write=2.5, write=10.0),
    "gpt-6.1-sol": describe_gpt(read=2.0, cached=0.10, cache_write=2.5, write=10.0),
    "gpt-6.1-terra": describe_gpt(read=1.0, cached=0.05, cache_write=1.25, write=5.0),
    "gpt-6-astra": describe_gpt(read=10.0, cached=1.0, cache_write=12.5, write=50.0),
    "gpt-6-sol": describe_gpt(read=2.0, cached=0.20, cache_write=2.5, write=10.0),
    "gpt-6-luna": describe_gpt(read=0.1, cached=0.01, cache_write=0.125, write=0.5),
}


def find_model(model: str) -> ModelFacts | None:
    """Return the facts of a model, of a dated snapshot too (`…-20251001`, `…-2026-04-23`); None when unknown."""
    return MODELS.get(model) or MODELS.get(re.sub(r"-(\d{8}|\d{4}-\d{2}-\d{2})$", "", model))


@dataclass(frozen=True, slots=True)
class Room:
    """How much a model takes, in tokens. `is_known` is False where the cautious defaults stand for the facts."""

    window: int
    budget: int
    is_known: bool


def find_room(model: str) -> Room:
    """Return the window of a model and the budget of its first prompt."""
    facts = find_model(model)
    if facts is None:
        return Room(UNKNOWN_WINDOW, UNKNOWN_BUDGET, is_known=False)
    return Room(facts.window, facts.budget, is_known=True)


def prices_at(vendor: VendorId, base_url: str) -> Mapping[str, Price]:
    """Return the prices that hold at an address: the vendor's own, none anywhere else."""
    if urlsplit(base_url).hostname != HOSTS[vendor]:
        return {}
    return {name: facts.price for name, facts in MODELS.items() if facts.vendor is vendor and facts.price}


def find_stale(names: Iterable[str], today: date) -> tuple[str, ...]:
    """Return those of these models whose price was read more than STALE_DAYS ago."""
    known = {name: facts for name in names if (facts := find_model(name)) is not None and facts.price is not None}
    return tuple(
        name for name, facts in known.items() if (today - date.fromisoformat(facts.priced_on)).days > STALE_DAYS
    )


def find_price(prices: Mapping[str, Price], *names: str) -> Price | None:
    """Return the price of the first name that has one; a snapshot has its model's."""
    for name in names:
        price = prices.get(name) or prices.get(re.sub(r"-(\d{8}|\d{4}-\d{2}-\d{2})$", "", name))
        if price is not None:
            return price
    return None
