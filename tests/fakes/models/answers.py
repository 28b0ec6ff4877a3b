"""What the fake is told to answer: in no vendor's shape, so that one test speaks of all three APIs."""

import json
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Call:
    """A tool call. `raw` replaces the JSON of the arguments, however broken; `id` None lets the fake number it."""

    name: str
    arguments: dict[str, Any] = field(default_factory=dict)
    id: str | None = None
    raw: str | None = None

    @property
    def text(self) -> str:
        return json.dumps(self.arguments) if self.raw is None else self.raw


@dataclass(frozen=True)
class Cut:
    """The stream breaks. `after` is how many events are sent first; a negative number counts from the end.

    `is_abrupt` drops the connection in the middle of an event; otherwise the stream ends politely, but too early.
    """

    after: int
    is_abrupt: bool = True


@dataclass(frozen=True)
class Answer:
    """An answer. `stop` is one of end_turn, tool_use, max_tokens, refusal, pause_turn, and follows from the calls."""

    text: str = ""
    calls: tuple[Call, ...] = ()
    stop: str = ""
    thinking: str = ""
    """Signed reasoning that has to come back."""
    usage: tuple[int, int, int, int] | None = (1200, 34, 1000, 100)
    """All input, output, of the input read from and written to the cache; None reports nothing."""
    model: str | None = None
    """The model as the vendor names it; None repeats the request's."""
    cut: Cut | None = None
    extra_block: dict[str, Any] | None = None
    """A block (or output item) that no SDK of today knows."""
    headers: dict[str, str] = field(default_factory=dict)
    """Sent with it, such as those that tell limits."""

    @property
    def reason(self) -> str:
        return self.stop or ("tool_use" if self.calls else "end_turn")


@dataclass(frozen=True)
class HttpError:
    """A refusal. `in_stream` sends it as an event under status 200."""

    status: int
    message: str = "the fake was told to refuse"
    code: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    in_stream: bool = False


@dataclass(frozen=True)
class Silence:
    """Nothing comes. `after_headers` sends the head of the answer first."""

    after_headers: bool = False


@dataclass(frozen=True)
class Redirect:
    """The request is sent elsewhere."""

    target: str
    status: int = 307


@dataclass(frozen=True)
class Raw:
    """These bytes, whatever they are, as an event stream."""

    data: bytes


Step = Answer | HttpError | Silence | Redirect | Raw
Event = tuple[str, dict[str, Any]]
"""The name of a server-sent event (empty: none) and its data."""


def pieces(text: str, count: int = 3) -> list[str]:
    """Cut text as a stream would."""
    size = max(1, -(-len(text) // count))
    return [text[start : start + size] for start in range(0, len(text), size)]
