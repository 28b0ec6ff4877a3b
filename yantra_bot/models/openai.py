"""OpenAI and everything compatible, through the `openai` SDK: the one place that imports it.

Streams, and leaves retries, billing and parsing to `caller`; never reads the environment, never follows a redirect.
"""

import asyncio
import inspect
import re
import typing
from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from yantra_bot.domain.conversation import ModelAnswer, ModelRequest
from yantra_bot.models import openai_chat, openai_responses
from yantra_bot.models.caller import Caller, OnText, pour
from yantra_bot.models.catalogue import BASE_URLS, HOSTS, VendorId, prices_at
from yantra_bot.models.costs import Price
from yantra_bot.models.draft import Draft
from yantra_bot.models.retry import Failure, Kind, Policy, Vendor, classify, describe_delay, read_retry_after
from yantra_bot.models.sight import Show, show_nothing
from yantra_bot.models.transport import NO_KEY, Hear, broken_connections, build_client, check_base_url, hide
from yantra_bot.ports import Clock
from yantra_bot.retrieval.tokens import Tokenizer

if TYPE_CHECKING:
    import openai

KEY_SETTING = "YANTRA_OPENAI_API_KEY"


class Api(StrEnum):
    """Which of OpenAI's two APIs is spoken."""

    CHAT = "chat"
    """Chat Completions: every compatible server has it."""
    RESPONSES = "responses"
    """Responses: OpenAI's own, which hands the model's reasoning back from turn to turn."""


class OpenAIModel:
    """ports.Model for OpenAI, or for a compatible server at `base_url`.

    `api` follows from the address when it is not given: Responses at OpenAI itself, Chat Completions anywhere else.
    `prices` replaces the catalogue's; at another address nothing is known of prices unless they are given. Raises
    SettingsError for a bad address.
    """

    def __init__(
        self,
        *,
        api_key: str,
        tokenizer: Tokenizer,
        clock: Clock,
        base_url: str = BASE_URLS[VendorId.OPENAI],
        api: Api | None = None,
        policy: Policy | None = None,
        prices: Mapping[str, Price] | None = None,
        show: Show = show_nothing,
        hear: Hear | None = None,
    ) -> None:
        import openai

        policy = policy or Policy()
        address = check_base_url(base_url, "YANTRA_MODEL_BASE_URL")
        self._is_vendor = urlsplit(address).hostname == HOSTS[VendorId.OPENAI]
        self.api = api or (Api.RESPONSES if self._is_vendor else Api.CHAT)
        known = prices_at(VendorId.OPENAI, address) if prices is None else prices
        vendor = Vendor(openai_responses.VENDOR, KEY_SETTING, address)
        self._clock = clock
        self._policy = policy
        self._show = show
        self._caller = Caller(vendor, tokenizer=tokenizer, clock=clock, policy=policy, prices=known)
        self._key = api_key or NO_KEY
        self._http = build_client(address, self._key, policy, hear)
        self._client = openai.AsyncOpenAI(
            api_key=self._key,
            base_url=address,
            max_retries=0,
            timeout=self._http.timeout,
            http_client=self._http,
        )

    async def answer(self, request: ModelRequest, *, on_text: OnText | None = None) -> ModelAnswer:
        """Return a whole, billed answer; see ports.Model. After a cut, `on_text` hears the answer from its start."""
        return await self._caller.answer(request, self._send, on_text)

    async def close(self) -> None:
        """Close the connections. Safe to call twice."""
        await self._http.aclose()

    async def _send(self, request: ModelRequest, draft: Draft, *, with_reasoning: bool) -> None:
        import openai

        expected: tuple[type[Exception], ...] = (openai.OpenAIError, ValueError, *broken_connections())
        read = openai_chat.read_chunk if self.api is Api.CHAT else openai_responses.read_event
        try:
            async with await self._open(request, with_reasoning=with_reasoning) as stream:
                async for event in stream:
                    pour(read, event.to_dict(mode="json", warnings=False), draft)
                    if draft.is_full:
                        return
        except expected as problem:
            # A cause is printed with its words: one that repeats the key is left behind.
            raise self._explain(problem) from (None if self._key in str(problem) else problem)
        if not draft.is_complete:
            raise Failure(Kind.BUSY, "the stream ended before the answer did")

    async def _open(self, request: ModelRequest, *, with_reasoning: bool) -> "openai.AsyncStream[Any]":
        limit_field = "max_completion_tokens" if self._is_vendor else "max_tokens"
        try:
            async with asyncio.timeout(self._policy.first_byte):
                stream: openai.AsyncStream[Any]
                if self.api is Api.CHAT:
                    body = openai_chat.encode(request, limit_field=limit_field, show=self._show)
                    stream = await self._client.chat.completions.create(**body, stream=True)
                else:
                    body = openai_responses.encode(request, with_reasoning=with_reasoning, show=self._show)
                    stream = await self._client.responses.create(**body, stream=True)
                return stream
        except TimeoutError as problem:
            raise Failure(Kind.BUSY, describe_delay(self._policy)) from problem

    def _explain(self, problem: Exception) -> Failure:
        """Return the failure that an exception of the SDK is."""
        import openai

        if isinstance(problem, openai.APIStatusError):
            headers = {name.lower(): value for name, value in problem.response.headers.items()}
            words = hide(headers.get("location") or problem.message, self._key)
            wait = read_retry_after(headers, self._clock.now())
            return classify(problem.status_code, f"{problem.code} {problem.type}", words, retry_after=wait)
        if isinstance(problem, openai.APIConnectionError) or not isinstance(problem, openai.OpenAIError | ValueError):
            return Failure(Kind.BUSY, f"the connection failed ({type(problem.__cause__ or problem).__name__})")
        if isinstance(problem, openai.APIError):
            # An error inside a stream: only its words say what it is.
            return classify(None, f"{problem.code} {problem.type}", hide(problem.message, self._key))
        return Failure(Kind.BUSY, "the answer could not be read")


def known_models() -> tuple[str, ...]:
    """Return the model ids that the installed SDK lists, for either API."""
    from openai.types.shared import responses_model

    parts = typing.get_args(responses_model.ResponsesModel)
    return tuple(dict.fromkeys(value for part in parts for value in typing.get_args(part)))


def deprecated_models() -> dict[str, str]:
    """Return the model ids that the installed SDK calls deprecated, each with what it says of it.

    The SDK says so only in the text beside its list: entries of quoted ids, a colon, and a sentence.
    """
    from openai.types.shared import chat_model

    _, _, notes = inspect.getsource(chat_model).partition("Deprecated values:")
    found = {}
    for entry in re.split(r"^- ", notes, flags=re.MULTILINE)[1:]:
        ids, _, sentence = entry.partition(":")
        found.update(dict.fromkeys(re.findall(r'"([^"]+)"', ids), " ".join(sentence.split(".")[0].split()).lower()))
    return found
