"""Claude, through the `anthropic` SDK: the one place that imports it.

Streams, and leaves retries, billing and parsing to `caller`; never reads the environment, never follows a redirect.
"""

import asyncio
import typing
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from yantra_bot.domain.conversation import ModelAnswer, ModelRequest
from yantra_bot.models import anthropic_shape as shape
from yantra_bot.models.caller import Caller, OnText, pour
from yantra_bot.models.catalogue import BASE_URLS, VendorId, prices_at
from yantra_bot.models.costs import Price
from yantra_bot.models.draft import Draft
from yantra_bot.models.retry import Failure, Kind, Policy, Vendor, classify, describe_delay, read_retry_after
from yantra_bot.models.sight import Show, show_nothing
from yantra_bot.models.transport import NO_KEY, Hear, broken_connections, build_client, check_base_url, hide
from yantra_bot.ports import Clock
from yantra_bot.retrieval.tokens import Tokenizer

if TYPE_CHECKING:
    import anthropic

KEY_SETTING = "YANTRA_ANTHROPIC_API_KEY"


class AnthropicModel:
    """ports.Model for the Anthropic Messages API, the vendor's own or one at another address.

    `prices` replaces the catalogue's; at another address nothing is known of prices unless they are given. Importing
    the SDK takes seconds, so it happens here and not with the module. Raises SettingsError for a bad address.
    """

    def __init__(
        self,
        *,
        api_key: str,
        tokenizer: Tokenizer,
        clock: Clock,
        base_url: str = BASE_URLS[VendorId.ANTHROPIC],
        policy: Policy | None = None,
        prices: Mapping[str, Price] | None = None,
        show: Show = show_nothing,
        hear: Hear | None = None,
    ) -> None:
        import anthropic

        policy = policy or Policy()
        address = check_base_url(base_url, "YANTRA_ANTHROPIC_BASE_URL")
        known = prices_at(VendorId.ANTHROPIC, address) if prices is None else prices
        vendor = Vendor(shape.VENDOR, KEY_SETTING, address)
        self._clock = clock
        self._policy = policy
        self._show = show
        self._caller = Caller(vendor, tokenizer=tokenizer, clock=clock, policy=policy, prices=known)
        self._key = api_key or NO_KEY
        self._http = build_client(address, self._key, policy, hear)
        self._client = anthropic.AsyncAnthropic(
            api_key=self._key,
            base_url=address,
            max_retries=0,
            timeout=self._http.timeout,
            http_client=self._http,
            open_telemetry=False,
        )

    async def answer(self, request: ModelRequest, *, on_text: OnText | None = None) -> ModelAnswer:
        """Return a whole, billed answer; see ports.Model. After a cut, `on_text` hears the answer from its start."""
        return await self._caller.answer(request, self._send, on_text)

    async def close(self) -> None:
        """Close the connections. Safe to call twice."""
        await self._http.aclose()

    async def _send(self, request: ModelRequest, draft: Draft, *, with_reasoning: bool) -> None:
        import anthropic

        expected: tuple[type[Exception], ...] = (anthropic.AnthropicError, ValueError, *broken_connections())
        try:
            async with await self._open(
                shape.encode(request, with_reasoning=with_reasoning, show=self._show)
            ) as stream:
                async for event in stream:
                    pour(shape.read_event, event.to_dict(mode="json", warnings=False), draft)
                    if draft.is_full:
                        return
        except expected as problem:
            # A cause is printed with its words: one that repeats the key is left behind.
            raise self._explain(problem) from (None if self._key in str(problem) else problem)
        if not draft.is_complete:
            raise Failure(Kind.BUSY, "the stream ended before the answer did")

    async def _open(self, body: dict[str, Any]) -> "anthropic.AsyncStream[anthropic.types.RawMessageStreamEvent]":
        try:
            async with asyncio.timeout(self._policy.first_byte):
                stream: anthropic.AsyncStream[Any] = await self._client.messages.create(**body, stream=True)
                return stream
        except TimeoutError as problem:
            raise Failure(Kind.BUSY, describe_delay(self._policy)) from problem

    def _explain(self, problem: Exception) -> Failure:
        """Return the failure that an exception of the SDK is."""
        import anthropic

        if isinstance(problem, anthropic.APIStatusError):
            headers = {name.lower(): value for name, value in problem.response.headers.items()}
            # An error inside a stream came under status 200: only its words say what it is.
            status = problem.status_code if problem.status_code >= 300 else None
            words = hide(headers.get("location") or problem.api_message or problem.message, self._key)
            wait = read_retry_after(headers, self._clock.now())
            return classify(status, str(problem.type or ""), words, retry_after=wait)
        if isinstance(problem, anthropic.APIConnectionError | OSError) or not isinstance(
            problem, anthropic.AnthropicError | ValueError
        ):
            return Failure(Kind.BUSY, f"the connection failed ({type(problem.__cause__ or problem).__name__})")
        return Failure(Kind.BUSY, "the answer could not be read")


def known_models() -> tuple[str, ...]:
    """Return the model ids that the installed SDK lists."""
    from anthropic.types import model

    return tuple(value for part in typing.get_args(model.Model) for value in typing.get_args(part))


def deprecated_models() -> dict[str, str]:
    """Return the model ids that the installed SDK calls deprecated, each with the day of its end in words."""
    from anthropic._data import DEPRECATED_MODELS

    return {name: f"end of life: {day}" for name, day in DEPRECATED_MODELS.items()}
