"""A conversation with a model, in no vendor's shape."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Text:
    """Words."""

    text: str
    kind: Literal["text"] = "text"


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool that the model wants to be called. `arguments` is None when what was sent is no JSON object."""

    id: str
    name: str
    arguments: dict[str, Any] | None
    kind: Literal["tool_call"] = "tool_call"


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a tool answered."""

    call_id: str
    content: str
    is_error: bool = False
    kind: Literal["tool_result"] = "tool_result"


@dataclass(frozen=True, slots=True)
class Opaque:
    """A block of one vendor (such as signed reasoning) that has to be sent back to it unchanged."""

    vendor: str
    payload: dict[str, Any]
    kind: Literal["opaque"] = "opaque"


@dataclass(frozen=True, slots=True)
class Image:
    """A picture in the blob store, for models that see. Sizes are in pixels and bytes."""

    blob: str
    media: str
    width: int
    height: int
    size: int
    kind: Literal["image"] = "image"

    def describe(self) -> str:
        """Return what a model is told that cannot see it."""
        name = self.media.removeprefix("image/").upper()
        return f"[A picture: {name}, {self.width} x {self.height} pixels. It cannot be shown to you.]"


Block = Text | ToolCall | ToolResult | Opaque | Image


class Role(StrEnum):
    """Who speaks. Tool results are the user's words."""

    USER = "user"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True)
class Message:
    """One turn."""

    role: Role
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool as it is described to a model. `parameters` is a JSON Schema object."""

    name: str
    description: str
    parameters: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """Everything that decides an answer; its hash identifies the call."""

    model: str
    system: str
    tools: tuple[ToolSpec, ...]
    messages: tuple[Message, ...]
    max_output_tokens: int


class StopReason(StrEnum):
    """Why the model ended its turn."""

    END_TURN = "end_turn"
    TOOL_CALLS = "tool_calls"
    MAX_TOKENS = "max_tokens"
    REFUSAL = "refusal"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one call. `input` counts what was neither read from nor written to the vendor's cache."""

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0
    is_estimate: bool = False
    """True when the vendor reported nothing and the tokens were counted here."""


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """One answer, already billed. `cost_usd` is None when the model's price is not known."""

    model: str
    blocks: tuple[Block, ...]
    stop_reason: StopReason
    usage: Usage
    cost_usd: float | None
    request_id: str
    seconds: float
    kept_at: float | None = None
    """When it was given to another run, Unix time in seconds, where it is a kept one; then it costs nothing."""

    @property
    def text(self) -> str:
        return "\n\n".join(block.text for block in self.blocks if isinstance(block, Text))

    @property
    def tool_calls(self) -> tuple[ToolCall, ...]:
        return tuple(block for block in self.blocks if isinstance(block, ToolCall))
