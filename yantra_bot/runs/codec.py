"""How values become text and come back: JSON by their declared type, never pickle.

Responsible for a step's value being the same on the live path and on replay, and for expected failures being values.
It must never import a vendor's serializer, and never guess a type from data.
"""

import functools
import json
import re
import traceback
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import ConfigDict, TypeAdapter

from yantra_bot.agent.budget import BudgetSpent
from yantra_bot.errors import ContextOverflow, Permanent, SettingsError, Stopped, Transient, UserError, YantraError

_HALF_PAIR = re.compile("[\ud800-\udfff]")
_CONFIG = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64", ser_json_inf_nan="strings")


class FailureKind(StrEnum):
    """The error policy's classes, as stored. A bug is whatever is none of them."""

    USER = "user"
    SETTINGS = "settings"
    TRANSIENT = "transient"
    PERMANENT = "permanent"
    OVERFLOW = "overflow"
    STOPPED = "stopped"
    BUDGET = "budget"
    BUG = "bug"


class StepBug(Exception):
    """A step raised something that is no expected failure. The run ends Failed; `evidence` is the traceback."""

    def __init__(self, name: str, evidence: str) -> None:
        super().__init__(name)
        self.name = name
        self.evidence = evidence


@dataclass(frozen=True, slots=True)
class Failure:
    """An expected failure as a value. `message` is for a person; for a bug it is the exception's name only."""

    kind: FailureKind
    message: str
    retry_after: float | None = None
    evidence: str = ""


@functools.lru_cache(maxsize=256)
def _adapter(result: Any) -> TypeAdapter[list[Any]]:
    # Within a list the configuration reaches dataclasses too; alone, pydantic refuses it for them.
    return TypeAdapter(list[result], config=_CONFIG)


def encode(value: Any, result: Any) -> str:
    """Return `value` as JSON by the type `result`; half a surrogate pair, which is no text, becomes U+FFFD."""
    plain = _adapter(result).dump_python([value], mode="json", warnings="error")
    return _HALF_PAIR.sub("\ufffd", json.dumps(plain, separators=(",", ":"), ensure_ascii=False))[1:-1]


def decode(text: str, result: Any) -> Any:
    """Return what `encode` was given. Raises pydantic's ValidationError when the text is no such value."""
    return _adapter(result).validate_json(f"[{text}]")[0]


def encode_value(value: Any, result: Any) -> str:
    """Return a step's value in its envelope."""
    return "ok " + encode(value, result)


def encode_failure(failure: Failure) -> str:
    """Return a step's failure in its envelope."""
    return "failed " + encode(failure, Failure)


def decode_envelope(envelope: str, result: Any) -> Any:
    """Return a step's value, or raise its failure as the class of `errors` that it was (StepBug for a bug)."""
    state, _, text = envelope.partition(" ")
    if state == "ok":
        return decode(text, result)
    raise to_exception(decode(text, Failure))


def failure_of(envelope: str) -> FailureKind | None:
    """Return what kind of failure an envelope holds, None for a value."""
    state, _, text = envelope.partition(" ")
    return None if state == "ok" else decode(text, Failure).kind


def to_failure(problem: YantraError) -> Failure:
    """Return an expected failure as a value; a subclass becomes the policy's class that it is."""
    retry_after = problem.retry_after if isinstance(problem, Transient) else None
    return Failure(_kind(problem), str(problem), retry_after)


def _kind(problem: YantraError) -> FailureKind:
    classes: tuple[tuple[type[YantraError], FailureKind], ...] = (
        (SettingsError, FailureKind.SETTINGS),
        (UserError, FailureKind.USER),
        (Transient, FailureKind.TRANSIENT),
        (Stopped, FailureKind.STOPPED),
        (BudgetSpent, FailureKind.BUDGET),
        (ContextOverflow, FailureKind.OVERFLOW),
    )
    return next((kind for cls, kind in classes if isinstance(problem, cls)), FailureKind.PERMANENT)


def to_exception(failure: Failure) -> Exception:
    """Return the exception to raise for a stored failure."""
    if failure.kind is FailureKind.TRANSIENT:
        return Transient(failure.message, retry_after=failure.retry_after)
    if failure.kind is FailureKind.BUG:
        return StepBug(failure.message, failure.evidence)
    classes: dict[FailureKind, type[YantraError]] = {
        FailureKind.USER: UserError,
        FailureKind.SETTINGS: SettingsError,
        FailureKind.PERMANENT: Permanent,
        FailureKind.OVERFLOW: ContextOverflow,
        FailureKind.STOPPED: Stopped,
        FailureKind.BUDGET: BudgetSpent,
    }
    return classes[failure.kind](failure.message)


def describe_bug(problem: BaseException) -> str:
    """Return the whole traceback as text: evidence for the operator, without the values of any variable."""
    return "".join(traceback.format_exception(problem))


class ReplayedError(Exception):
    """Something that the engine itself had stored as an exception; only its words are left."""


class JsonSerializer:
    """What the durable engine keeps its own values with, instead of pickle: who writes the database owns nothing."""

    def name(self) -> str:
        return "yantra-json"

    def serialize(self, data: Any) -> str:
        return json.dumps(data, default=self._describe)

    def deserialize(self, serialized_data: str) -> Any:
        value = json.loads(serialized_data)
        if isinstance(value, dict) and value.keys() == {"exception", "message"}:
            return ReplayedError(f"{value['exception']}: {value['message']}")
        return value

    @staticmethod
    def _describe(value: Any) -> Any:
        if isinstance(value, BaseException):
            return {"exception": type(value).__name__, "message": str(value)}
        raise TypeError(f"{type(value).__name__} is no JSON: encode it before it reaches the engine")
