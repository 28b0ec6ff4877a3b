"""Which vendor answers for a model id: the one place where the configured vendors meet.

Opens each vendor's door at its first use, since their libraries take seconds to import. It never guesses: a model id
that nobody answers for is an error with the cure.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import structlog

from yantra_bot.domain.conversation import ModelRequest
from yantra_bot.domain.tiers import Tier
from yantra_bot.errors import Permanent, SettingsError
from yantra_bot.models.breaker import Breaker
from yantra_bot.models.bucket import Gate
from yantra_bot.models.catalogue import (
    BASE_URLS,
    DEFAULT_MODELS,
    STALE_DAYS,
    TIERS,
    VendorId,
    find_model,
    find_price,
    find_room,
    find_stale,
    prices_at,
)
from yantra_bot.models.costs import worst_case_usd
from yantra_bot.models.fleet import Fleet, Member
from yantra_bot.models.rates import Allowance
from yantra_bot.models.retry import Policy
from yantra_bot.models.sight import Show, show_nothing
from yantra_bot.ports import Clock, Model
from yantra_bot.retrieval.budget import conversation_room
from yantra_bot.retrieval.tokens import Tokenizers, find_counting

_log = structlog.get_logger()


class Door(Model, Protocol):
    """A model that has connections to close."""

    async def close(self) -> None:
        """Close the connections."""


@dataclass(frozen=True, slots=True)
class Access:
    """What the operator configured. Empty keys mean: not this vendor."""

    anthropic_key: str = field(default="", repr=False)
    anthropic_url: str = ""
    openai_key: str = field(default="", repr=False)
    compatible_url: str = ""
    """An OpenAI-compatible endpoint; it answers for every model id when it is set."""
    first_byte: float = Policy().first_byte
    """Seconds until an answer has to begin."""
    replay_script: Path | None = None
    model: str = ""
    models: tuple[str, ...] = ()
    fallbacks: tuple[str, ...] = ()
    """Models that stand in, in this order, while the vendor of the one that was asked for brings no answer."""
    rates: Mapping[str, Allowance] = field(default_factory=dict)
    """What the operator allows a minute, by vendor."""
    tiers: Mapping[Tier, str] = field(default_factory=dict)
    """The operator's own models of tiers; the others are the catalogue's."""

    @property
    def is_set(self) -> bool:
        """Whether the operator configured anything of it."""
        named = (self.anthropic_key, self.openai_key, self.compatible_url, self.model, self.models)
        return any(named) or self.replay_script is not None


class Vendors:
    """Opens models, and counts what a request will cost: implements `agent.loop.Estimate`."""

    def __init__(self, access: Access, *, tokenizers: Tokenizers, clock: Clock, show: Show = show_nothing) -> None:
        """Raise SettingsError when no vendor is configured, or a model id is not one to start with."""
        self._access, self._tokenizers, self._clock, self._show = access, tokenizers, clock, show
        self._open: dict[str, Model] = {}
        self._breakers: dict[str, Breaker] = {}
        self._gates: dict[str, Gate] = {}
        self._fleets: dict[str, Fleet] = {}
        self.default = access.model or self._default()
        self.names = tuple(dict.fromkeys((self.default, *access.models)))
        for name in dict.fromkeys((*self.names, *access.tiers.values())):
            self._check(self._named, name)
        for name in access.fallbacks:
            self._check(self._stand_in, name)
        today = datetime.fromtimestamp(clock.now(), UTC).date()
        for name in find_stale((*self.names, *access.tiers.values(), *access.fallbacks), today):
            _log.warning("old_price", model=name, days=STALE_DAYS, cure="upgrade Yantra, or compare `yantra models`")

    @property
    def others(self) -> tuple[str, ...]:
        """The models beside the default one that can be asked by their plain name: those to choose from come first."""
        names = dict.fromkeys((*self.names, *self._access.fallbacks))
        return tuple(name for name in names if name != self.default and "/" not in name)

    def __call__(self, model: str) -> Model:
        """Return who answers for `model`, with those that stand in."""
        vendor = self._vendor(model)
        if vendor not in self._fleets:
            others = [self._member(*one) for one in self._chain(model)[1:]]
            self._fleets[vendor] = Fleet([self._member(vendor, ""), *others], tokens=self.tokens)
        return self._fleets[vendor]

    def _member(self, vendor: str, model: str) -> Member:
        if vendor not in self._open:
            self._gates[vendor] = Gate(vendor, self._clock, self._access.rates.get(vendor, {}))
            self._open[vendor] = self._make(vendor)
        breaker = self._breakers.setdefault(vendor, Breaker(vendor, self._clock))
        return Member(self._open[vendor], breaker, model, self._gates[vendor])

    def of_tier(self, tier: Tier) -> str:
        """Return the model of a tier: the operator's, else of the default model's vendor the catalogue's."""
        own = self._access.tiers.get(tier)
        if own:
            return own
        vendor = self._vendor(self.default)
        # Balanced is what runs use anyway; and nobody knows what other models a compatible server has.
        if tier is Tier.BALANCED or vendor not in TIERS:
            return self.default
        return TIERS[VendorId(vendor)][tier]

    async def close(self) -> None:
        """Close every connection. Safe to call twice."""
        doors, self._open, self._fleets = list(self._open.values()), {}, {}
        for door in doors:
            close = getattr(door, "close", None)
            if close is not None:
                await close()

    def tokens(self, request: ModelRequest) -> int:
        return self._tokenizers.estimate_request(request)

    def usd(self, model: str, input_tokens: int, output_tokens: int = 0) -> float | None:
        """Return the most that a call can cost, whoever of those that may answer does."""
        costs = [self._usd(*one, input_tokens, output_tokens) for one in self._chain(model)]
        known = [cost for cost in costs if cost is not None]
        return max(known) if len(known) == len(costs) else None

    def _usd(self, vendor: str, model: str, input_tokens: int, output_tokens: int) -> float | None:
        if vendor == "replay":
            return 0.0
        url = self._access.anthropic_url if vendor == VendorId.ANTHROPIC else self._access.compatible_url
        known = VendorId.ANTHROPIC if vendor == VendorId.ANTHROPIC else VendorId.OPENAI
        price = find_price(prices_at(known, url or BASE_URLS[known]), model)
        return worst_case_usd(input_tokens, output_tokens, price)

    def _chain(self, model: str) -> tuple[tuple[str, str], ...]:
        """Return vendor and model of who may answer, the asked one first: one vendor's others do not stand in."""
        first = self._named(model)
        others = [self._stand_in(name) for name in self._access.fallbacks]
        return (first, *(one for one in others if one[0] != first[0]))

    def _named(self, model: str) -> tuple[str, str]:
        return self._vendor(model), model

    def _stand_in(self, name: str) -> tuple[str, str]:
        """Return vendor and model; `anthropic/` says the vendor where another endpoint answers for every name."""
        model = name.removeprefix(f"{VendorId.ANTHROPIC}/")
        if model == name:
            return self._named(name)
        if not self._access.anthropic_key:
            raise Permanent(
                f"There is no key for anthropic, which {name} needs. The operator can set ANTHROPIC_API_KEY."
            )
        return VendorId.ANTHROPIC.value, model

    def counted(self, text: str, model: str) -> int:
        return self._tokenizers.of(model).count(text)

    def room(self, model: str) -> int:
        return min(self._room(name) for _, name in self._chain(model))

    @staticmethod
    def _room(model: str) -> int:
        room = find_room(model)
        return conversation_room(room.window, room.budget, find_counting(model).margin)

    def _default(self) -> str:
        access = self._access
        if access.replay_script is not None:
            return "replay"
        if access.compatible_url:
            raise SettingsError("YANTRA_MODEL is empty. Cure: set it to the model that YANTRA_MODEL_BASE_URL serves.")
        if access.anthropic_key:
            return DEFAULT_MODELS[VendorId.ANTHROPIC]
        if access.openai_key:
            return DEFAULT_MODELS[VendorId.OPENAI]
        raise SettingsError(
            "No model can be reached. Cure: set ANTHROPIC_API_KEY or OPENAI_API_KEY, or YANTRA_MODEL_BASE_URL with "
            "YANTRA_MODEL for an OpenAI-compatible server."
        )

    def _vendor(self, model: str) -> str:
        """Return `replay`, `compatible`, `anthropic` or `openai`."""
        access = self._access
        if access.replay_script is not None:
            return "replay"
        if access.compatible_url:
            return "compatible"
        facts = find_model(model)
        vendor = facts.vendor if facts else VendorId.ANTHROPIC if model.startswith("claude") else VendorId.OPENAI
        key = access.anthropic_key if vendor is VendorId.ANTHROPIC else access.openai_key
        if not key:
            raise Permanent(
                f"There is no key for {vendor}, which {model} needs. The operator can set {vendor.upper()}_API_KEY."
            )
        return vendor.value

    def _make(self, vendor: str) -> Model:
        from yantra_bot.models.anthropic import AnthropicModel
        from yantra_bot.models.openai import OpenAIModel
        from yantra_bot.models.replay import load

        access, clock = self._access, self._clock
        tokenizer = self._tokenizers.of(DEFAULT_MODELS[VendorId(vendor)] if vendor in DEFAULT_MODELS else self.default)
        if vendor == "replay" and access.replay_script is not None:
            return load(access.replay_script, tokenizer=tokenizer)
        policy, hear = Policy(first_byte=access.first_byte), self._gates[vendor].hear
        if vendor == VendorId.ANTHROPIC:
            url = access.anthropic_url or BASE_URLS[VendorId.ANTHROPIC]
            return AnthropicModel(
                api_key=access.anthropic_key,
                base_url=url,
                tokenizer=tokenizer,
                clock=clock,
                policy=policy,
                show=self._show,
                hear=hear,
            )
        url = access.compatible_url or BASE_URLS[VendorId.OPENAI]
        return OpenAIModel(
            api_key=access.openai_key or "none",
            base_url=url,
            tokenizer=tokenizer,
            clock=clock,
            policy=policy,
            show=self._show,
            hear=hear,
        )

    def _check(self, find: Callable[[str], tuple[str, str]], name: str) -> None:
        from yantra_bot.models.check import check_model_id

        try:
            vendor, model = find(name)
        except Permanent as error:
            raise SettingsError(str(error)) from error
        if not (room := find_room(model)).is_known and vendor != "replay":
            _log.warning("unknown_model", model=model, window=room.window, budget=room.budget, price=None)
        if vendor == "replay":
            self(model)  # a script that is missing or wrong stops the start
            return
        is_claude = vendor == VendorId.ANTHROPIC
        url = self._access.anthropic_url if is_claude else self._access.compatible_url
        problem = check_model_id(VendorId.ANTHROPIC if is_claude else VendorId.OPENAI, model, base_url=url or None)
        if problem is not None:
            raise SettingsError(problem)
