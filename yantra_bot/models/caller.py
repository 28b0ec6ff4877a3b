"""One answer, whichever vendor gives it: tries, waits, bills, then reads what was said.

Knows the retry policy and the order of billing and parsing; never a vendor's shapes.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import structlog

from yantra_bot.domain.abandoned import ABANDONED
from yantra_bot.domain.conversation import ModelAnswer, ModelRequest, Opaque, Usage
from yantra_bot.errors import Transient
from yantra_bot.models.catalogue import find_price
from yantra_bot.models.costs import Price, add_usage, cost_usd
from yantra_bot.models.draft import Draft
from yantra_bot.models.retry import Failure, Kind, Policy, Vendor, give_up, make_jitter, next_wait
from yantra_bot.ports import Clock
from yantra_bot.retrieval.tokens import Tokenizer

log = structlog.get_logger()
OnText = Callable[[str], None]


class Unanswered(Transient):
    """No answer came, and tries that were cut have to be paid for. Cure: wait; the run can go on once the vendor does.

    `usage` and `cost_usd` are what those tries used: to be booked, though there is nothing to show for it.
    """

    def __init__(self, problem: Transient, usage: Usage, cost: float | None) -> None:
        super().__init__(str(problem), retry_after=problem.retry_after)
        self.usage = usage
        self.cost_usd = cost


class Send(Protocol):
    """One try: send the request, pour the stream into the draft. Raises Failure; ends early when the draft is full."""

    def __call__(self, request: ModelRequest, draft: Draft, *, with_reasoning: bool) -> Awaitable[None]: ...


@dataclass(frozen=True, slots=True)
class Caller:
    """Calls one vendor by the policy. `prices` is empty where nothing is known of them."""

    vendor: Vendor
    tokenizer: Tokenizer
    clock: Clock
    policy: Policy
    prices: Mapping[str, Price]
    jitter: Callable[[], float] = field(default_factory=make_jitter)

    async def answer(self, request: ModelRequest, send: Send, on_text: OnText | None = None) -> ModelAnswer:
        """Return a whole, billed answer. Raises Transient (Unanswered), ContextOverflow or Permanent."""
        timer = asyncio.timeout(self.policy.overall)
        call = Call(self, request, send, on_text, began=self.clock.now())
        try:
            async with timer:
                return await call.run()
        except TimeoutError:
            failure = Failure(Kind.BUSY, f"the call took longer than {self.policy.overall:g} s")
            raise call.end(failure) from None
        except asyncio.CancelledError:
            call.abandon()
            raise

    def bill(self, draft: Draft, request: ModelRequest) -> Usage:
        """Return what a try used: as reported, else counted here."""
        reported = draft.usage or Usage()
        if not draft.has_begun and reported == Usage():
            return Usage()
        # A cut or careless stream reports no output; what arrived was paid for all the same.
        is_partly_unknown = not draft.is_complete or reported.output == 0
        output = self.tokenizer.count_blocks(draft.seal()[0]) if is_partly_unknown else 0
        has_input = reported.input + reported.cache_read + reported.cache_write > 0
        return Usage(
            input=reported.input if has_input else self.tokenizer.count_request(request),
            output=max(reported.output, output),
            cache_read=reported.cache_read,
            cache_write=reported.cache_write,
            is_estimate=not has_input or output > reported.output,
        )

    def price(self, usage: Usage, *models: str) -> float | None:
        """Return what tokens of the first priced of these models cost."""
        return cost_usd(usage, find_price(self.prices, *models))


@dataclass(slots=True)
class Call:
    """One call in progress. `used` and `cost` are of all its tries, the cut ones too: they are on the bill."""

    caller: Caller
    request: ModelRequest
    send: Send
    on_text: OnText | None
    began: float
    with_reasoning: bool = True
    retries: int = 0
    used: Usage = field(default_factory=Usage)
    cost: float | None = 0.0
    is_sent: bool = False
    """Whether a try is under way."""
    draft: Draft = field(init=False)

    def __post_init__(self) -> None:
        self.draft = self._begin()

    def _begin(self) -> Draft:
        return Draft(self.caller.vendor.name, self.request.model, self.on_text)

    async def run(self) -> ModelAnswer:
        while True:
            self.draft = self._begin()
            self.is_sent = True
            try:
                await self.send(self.request, self.draft, with_reasoning=self.with_reasoning)
            except Failure as failure:
                self.is_sent = False
                await self._recover(failure)
            else:
                return self._seal()

    async def _recover(self, failure: Failure) -> None:
        """Wait for the next try, or raise what the call ends with."""
        if failure.kind is Kind.REASONING and self.with_reasoning and has_opaque(self.request):
            self.with_reasoning = False
            log.warning("model_reasoning_dropped", vendor=self.caller.vendor.name, detail=failure.detail)
            return
        wait = next_wait(failure, self.retries, self.caller.policy, jitter=self.caller.jitter)
        if wait is None:
            raise self.end(failure) from failure
        self._book()
        self.draft = self._begin()
        self.retries += 1
        log.info("model_retry", vendor=self.caller.vendor.name, detail=failure.detail, wait=round(wait, 3))
        await self.caller.clock.sleep(wait)

    def end(self, failure: Failure) -> Exception:
        """Return the error of a call that is given up, with what it cost."""
        error = give_up(failure, self.caller.vendor, self.request.model)
        self._book()
        log.warning("model_failed", vendor=self.caller.vendor.name, kind=failure.kind.value, detail=failure.detail)
        return Unanswered(error, self.used, self.cost) if isinstance(error, Transient) else error

    def abandon(self) -> None:
        """Tell what a cancelled call has cost: what it was sent is paid for, even if nothing came yet."""
        sent = self.caller.bill(self.draft, self.request)
        if sent == Usage() and self.is_sent:
            sent = Usage(input=self.caller.tokenizer.count_request(self.request), is_estimate=True)
        price = self.caller.price(sent, self.draft.model, self.request.model)
        usage = add_usage(self.used, replace(sent, is_estimate=True))
        if usage != Usage(is_estimate=True):
            ABANDONED.get()(usage, None if price is None or self.cost is None else self.cost + price)

    def _book(self) -> None:
        """Add what the current try used to the sums."""
        usage = self.caller.bill(self.draft, self.request)
        if usage == Usage():
            return
        cost = self.caller.price(usage, self.draft.model, self.request.model)
        self.used = add_usage(self.used, usage)
        self.cost = None if cost is None or self.cost is None else self.cost + cost

    def _seal(self) -> ModelAnswer:
        # Billing comes first and cannot fail; only then is read what was said.
        self._book()
        blocks, stop = self.draft.seal()
        answer = ModelAnswer(
            model=self.draft.model or self.request.model,
            blocks=blocks,
            stop_reason=stop,
            usage=self.used,
            cost_usd=self.cost,
            request_id=self.draft.request_id,
            seconds=self.caller.clock.now() - self.began,
        )
        log.info("model_answered", vendor=self.caller.vendor.name, **describe(answer))
        return answer


def pour(read: Callable[[Mapping[str, Any], Draft], None], event: Mapping[str, Any], draft: Draft) -> None:
    """Read one event into a draft. Raises Failure when it has not the shape that the vendor promises."""
    try:
        read(event, draft)
    except (AttributeError, KeyError, TypeError, ValueError) as problem:
        raise Failure(Kind.BUSY, "the answer could not be read") from problem


def has_opaque(request: ModelRequest) -> bool:
    """Say whether a vendor's own blocks are part of the conversation."""
    return any(isinstance(block, Opaque) for message in request.messages for block in message.blocks)


def describe(answer: ModelAnswer) -> dict[str, object]:
    """Return the record of a call for the log: numbers and names, no words of the conversation."""
    return {
        "model": answer.model,
        "request_id": answer.request_id,
        "stop": answer.stop_reason.value,
        "tool_calls": len(answer.tool_calls),
        "input": answer.usage.input,
        "output": answer.usage.output,
        "cache_read": answer.usage.cache_read,
        "cache_write": answer.usage.cache_write,
        "is_estimate": answer.usage.is_estimate,
        "cost_usd": answer.cost_usd,
        "seconds": round(answer.seconds, 3),
    }
