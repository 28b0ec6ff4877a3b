"""What tests of the models share: the three APIs as product models at a fake, a clock that never waits, a request."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.models.server import KEY, FakeModels
from yantra_bot import artefacts
from yantra_bot.domain.conversation import Message, ModelRequest, Role, Text, ToolResult, ToolSpec
from yantra_bot.models.anthropic import AnthropicModel
from yantra_bot.models.costs import Price
from yantra_bot.models.openai import Api, OpenAIModel
from yantra_bot.models.transport import is_loopback
from yantra_bot.retrieval.tokens import Tokenizer

APIS = ("messages", "chat", "responses")
PRICE = Price(2.0, 10.0, 0.1, 2.5)
PRICES = {"some-model": PRICE}
READ_FILE = ToolSpec(
    "read_file",
    "Read a file.",
    {"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"]},
)


def make_tokenizer() -> Tokenizer:
    """Return a tokenizer on the artefact that `make setup` fetches."""
    return Tokenizer(artefacts.path("token-ranks"))


@dataclass
class StillClock:
    """A clock on which sleeping takes no time and is written down."""

    time: float = 1_795_000_000.0
    slept: list[float] = field(default_factory=list)

    def now(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds


@asynccontextmanager
async def connect(api: str, fake: FakeModels, **options: Any) -> AsyncIterator[AnthropicModel | OpenAIModel]:
    """Open a product model that speaks `api` to the fake; `options` go to its constructor."""
    shared: dict[str, Any] = {"api_key": KEY, "tokenizer": make_tokenizer(), "clock": StillClock(), "prices": PRICES}
    shared |= options
    shared.setdefault("base_url", fake.anthropic_url if api == "messages" else fake.openai_url)
    assert is_loopback(shared["base_url"]), "tests call nobody who is paid"
    model = AnthropicModel(**shared) if api == "messages" else OpenAIModel(api=Api(api), **shared)
    try:
        yield model
    finally:
        await model.close()


def ask(*messages: Message | str, **changes: Any) -> ModelRequest:
    """Return a request; a plain string is a turn of ours."""
    turns = tuple(said(turn) if isinstance(turn, str) else turn for turn in messages or ("Fix the bug.",))
    values: dict[str, Any] = {
        "model": "some-model",
        "system": "You mend code.",
        "tools": (READ_FILE,),
        "messages": turns,
        "max_output_tokens": 4096,
    }
    return ModelRequest(**{**values, **changes})


def said(text: str) -> Message:
    """Return a turn of ours."""
    return Message(Role.USER, (Text(text),))


def result(call_id: str, content: str, *, is_error: bool = False) -> Message:
    """Return a turn of ours that brings a tool's answer."""
    return Message(Role.USER, (ToolResult(call_id, content, is_error),))
