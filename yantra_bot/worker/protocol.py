"""What control and a worker say to each other: length-framed JSON messages over one socket. Pure.

A frame is four bytes of length, big-endian, and a body of UTF-8 JSON; bytes travel as base64. What does not fit ends
the connection: neither side guesses. This module reads no socket, and trusts no length above `MAX_FRAME_BYTES`.
"""

import hashlib
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import ConfigDict, Field, TypeAdapter
from pydantic_core import PydanticSerializationError, ValidationError

from yantra_bot.domain.changes import Changeset
from yantra_bot.domain.conversation import ToolCall
from yantra_bot.errors import YantraError
from yantra_bot.ports import TestCommand
from yantra_bot.sandbox.interpreter import Interpreter
from yantra_bot.worker.config import WorkerConfig
from yantra_bot.worker.tasks import OtherTask

MAX_FRAME_BYTES = 24 * 1024 * 1024
MAX_BLOB_BYTES = 10 * 1024 * 1024
"""Largest content of one file that may be part of a change; in base64 it has to fit into a frame."""
MAX_LINE_CHARACTERS = 4096
GRAPH_FOLDER = "graph"
"""Name, in the folder of a worker that keeps a graph, of the folder that the graph is handed over in."""
RECORDING_FOLDER = "recording"  # the same of what each test was seen to run
PAST_FOLDER = "past"  # the same of what git needs to tell the past
HEADER_BYTES = 4
_HEADER = struct.Struct(">I")
_CONFIG = ConfigDict(extra="forbid", ser_json_bytes="base64", val_json_bytes="base64")
Value = TypeVar("Value")


class ProtocolError(YantraError):
    """The other side sent, or was to be sent, what the protocol does not know. Cure: end the connection."""


@dataclass(frozen=True, slots=True)
class Start:
    """The first message: what the worker is for. It alone is read before the worker gives up its rights."""

    __pydantic_config__ = _CONFIG

    capability: str
    """Repeated by every order of this run."""
    config: WorkerConfig
    tests: TestCommand
    mirror: Path
    folder: Path  # the worker's own, and its working directory
    cache: Path
    """Environments of this repository."""
    account: int | None
    groups: tuple[int, ...]
    interpreter: Interpreter
    keeps_graph: bool = False
    """Whether it is to bring a stored graph up to date: it then loads what that takes, and has nothing else to do."""
    reviews: bool = False
    """Whether it is to review: it then loads what that takes."""
    is_guided: bool = True  # has a guide, unless it keeps a graph or reviews
    past: Path | None = None
    """A bare repository with what led to the commit; None where there is none."""
    kind: Literal["start"] = "start"


@dataclass(frozen=True, slots=True)
class Open:
    """Lay out `commit`, put `changes` on top. Their blobs were sent before, as `Blob` frames."""

    commit: str
    changes: Changeset
    kind: Literal["open"] = "open"


@dataclass(frozen=True, slots=True)
class Prepare:
    """Install the declared dependencies."""

    kind: Literal["prepare"] = "prepare"


@dataclass(frozen=True, slots=True)
class Call:
    """Run tool calls, in order. Blobs of `checkpoints`, which `undo` goes back to, were sent before."""

    calls: tuple[ToolCall, ...]
    checkpoints: tuple[Changeset, ...] = ()
    kind: Literal["call"] = "call"


@dataclass(frozen=True, slots=True)
class Test:
    """Run tests, all where `selection` names none. `records`: leave in RECORDING_FOLDER what each of them ran.

    `base` names projects by their labels: those are run, as the base commit has them.
    """

    __test__ = False

    records: bool = False
    selection: tuple[str, ...] = ()
    base: tuple[str, ...] = ()
    kind: Literal["test"] = "test"


@dataclass(frozen=True, slots=True)
class Diff:
    """Show the change as text."""

    kind: Literal["diff"] = "diff"


@dataclass(frozen=True, slots=True)
class Outline:
    """Name at most `limit` paths of the tree."""

    limit: int
    kind: Literal["outline"] = "outline"


@dataclass(frozen=True, slots=True)
class Assemble:
    """Find what a task is about, and make a context of it within `budget` tokens of a model. The task is data."""

    task: str
    model: str
    budget: int
    kind: Literal["assemble"] = "assemble"


@dataclass(frozen=True, slots=True)
class Close:
    """End."""

    kind: Literal["close"] = "close"


Task = Annotated[
    Open | Prepare | Call | Test | Diff | Outline | Assemble | OtherTask | Close,
    Field(discriminator="kind"),
]


@dataclass(frozen=True, slots=True)
class Request:
    """Control's order number `id`, which the answer repeats. `capability` says that it belongs to this run."""

    __pydantic_config__ = _CONFIG

    capability: str
    id: int
    task: Task
    kind: Literal["request"] = "request"


@dataclass(frozen=True, slots=True)
class Blob:
    """Content of a file. It comes before the message whose changes name it by its hash."""

    __pydantic_config__ = _CONFIG

    data: bytes
    kind: Literal["blob"] = "blob"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of output of the order that is being worked on, for people to watch."""

    __pydantic_config__ = _CONFIG

    id: int
    text: Annotated[str, Field(max_length=MAX_LINE_CHARACTERS)]
    kind: Literal["line"] = "line"


@dataclass(frozen=True, slots=True)
class Ready:
    """Value of the answer to Start, number 0."""

    has_left_network: bool


@dataclass(frozen=True, slots=True)
class Opened:
    """Value of the answer to Open: what was laid out, and what was not, as `path: reason`."""

    files: int
    bytes: int
    omitted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Closed:
    """Value of the answer to Close. `late_imports` are modules that were loaded after the rights were given up."""

    late_imports: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """The order is done. What `value` has to look like depends on the order: see `decode_value`."""

    __pydantic_config__ = _CONFIG

    id: int
    value: Any
    kind: Literal["answer"] = "answer"


@dataclass(frozen=True, slots=True)
class Failure:
    """The order could not be done. `policy` is the class of `errors` that the failure belongs to."""

    __pydantic_config__ = _CONFIG

    id: int
    policy: Literal["user", "transient", "permanent", "bug"]
    message: Annotated[str, Field(max_length=20_000)]
    kind: Literal["failure"] = "failure"


ToWorker = Start | Request | Blob
ToControl = Blob | Line | Answer | Failure
_TO_WORKER: TypeAdapter[ToWorker] = TypeAdapter(Annotated[ToWorker, Field(discriminator="kind")])
_TO_CONTROL: TypeAdapter[ToControl] = TypeAdapter(Annotated[ToControl, Field(discriminator="kind")])


def encode_frame(message: Start | Request | Blob | Line | Answer | Failure) -> bytes:
    """Return a message as a frame; raise ProtocolError when it cannot be said in JSON or is too long."""
    adapter: TypeAdapter[Any] = _TO_WORKER if isinstance(message, Start | Request | Blob) else _TO_CONTROL
    return frame_body(encode_value(adapter, message))


def frame_body(body: bytes) -> bytes:
    """Put a body into a frame; raise ProtocolError when it is too long for one."""
    if len(body) > MAX_FRAME_BYTES:
        raise ProtocolError(
            f"A message has {len(body)} bytes, and {MAX_FRAME_BYTES} are allowed. Cure: send less at once."
        )
    return _HEADER.pack(len(body)) + body


def encode_value(adapter: TypeAdapter[Any], value: object) -> bytes:
    """Return a value as JSON; raise ProtocolError for what JSON in UTF-8 cannot hold, such as half a surrogate pair."""
    try:
        return adapter.dump_json(value)
    except (PydanticSerializationError, ValueError, RecursionError) as error:
        raise ProtocolError("A message holds what cannot be sent: broken text, or too many levels.") from error


def hash_blob(data: bytes) -> str:
    """Return the name of content in a blob store."""
    return hashlib.sha256(data).hexdigest()


def read_length(header: bytes) -> int:
    """Return the length of the body that follows; raise ProtocolError when it is none that we accept."""
    if len(header) != HEADER_BYTES:
        raise ProtocolError("The other side ended in the middle of a message.")
    (length,) = _HEADER.unpack(header)
    if not 0 < length <= MAX_FRAME_BYTES:
        raise ProtocolError(f"A message claims {length} bytes, and 1 to {MAX_FRAME_BYTES} are allowed.")
    return int(length)


def decode_to_worker(body: bytes) -> ToWorker:
    """Return what control sent; raise ProtocolError when it is no message."""
    return _decode(_TO_WORKER, body)


def decode_to_control(body: bytes) -> ToControl:
    """Return what a worker sent, checked for its shape only; raise ProtocolError when it is no message."""
    return _decode(_TO_CONTROL, body)


def decode_value(adapter: TypeAdapter[Value], value: object) -> Value:
    """Return an answer's value as the type that its order has; raise ProtocolError when it is of another."""
    try:
        return adapter.validate_python(value)
    except (ValidationError, RecursionError) as error:
        raise ProtocolError("The worker's answer has not the shape that its order asks for.") from error


def _decode(adapter: TypeAdapter[Value], body: bytes) -> Value:
    try:
        return adapter.validate_json(body)
    except (ValidationError, RecursionError) as error:
        # The text of a validation error quotes its input, which may be anything: it goes no further than the cause.
        raise ProtocolError("The other side sent what is no message.") from error
