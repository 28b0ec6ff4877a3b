"""What went wrong when a test or a command ran, by its kind, with the place in the repository. Pure values."""

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum

_NUMBER = re.compile(r"0x[0-9a-fA-F]+|\d+(?:\.\d+)?")


class FaultKind(StrEnum):
    """The classes of errors that a recovery is chosen by."""

    IMPORT = "import"
    ATTRIBUTE = "attribute"
    """A name, an attribute or a method that is not there."""
    TYPE = "type"
    VALUE = "value"
    """A value that does not fit, a missing key or index included."""
    SYNTAX = "syntax"
    RUN_TIME = "run-time"
    PERMISSION = "permission"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    ASSERTION = "assertion"
    """Nothing broke: a test did not find what it expects."""
    TOOL = "tool"
    """A tool of the model's own was refused, the same way again and again."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One place of a trace. `path` is relative to the root where it lies in the repository, else as it was printed."""

    path: str
    line: int
    function: str = ""
    is_ours: bool = True


@dataclass(frozen=True, slots=True)
class Fault:
    """One error. `path` and `line` are the deepest frame in the repository, empty and 0 where none is."""

    kind: FaultKind
    error: str
    """Its name as the language calls it, such as ZeroDivisionError."""
    message: str
    path: str = ""
    line: int = 0
    hint: str = ""
    """How it is usually mended, for a model."""
    test: str = ""
    """The test that it stopped; empty for a command."""
    frames: tuple[Frame, ...] = ()

    @property
    def fingerprint(self) -> str:
        """What stays the same while the same error comes again: lines, numbers and addresses may differ."""
        said = _NUMBER.sub("#", self.message)[:300]
        return hashlib.sha256("\0".join((self.kind, self.error, self.path, said)).encode()).hexdigest()[:16]

    @property
    def place(self) -> str:
        """`path:line`, or nothing."""
        return f"{self.path}:{self.line}" if self.path else ""

    @property
    def headline(self) -> str:
        """One line: kind, place, name and message."""
        where = f" at {self.place}" if self.place else ""
        said = f": {self.message}" if self.message else ""
        return f"{self.kind} error{where}: {self.error}{said}"
