"""Chunks: the pieces of a repository that are found, ranked and shown. Pure values."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from hashlib import blake2b
from typing import Final

_TWIN: Final = re.compile(r"#\d+$")


class ChunkKind(StrEnum):
    """What a chunk is cut at."""

    FUNCTION = "function"
    """A function or method, whole, with what is nested in it."""
    CLASS = "class"
    """A class or type without its methods: its head, its fields."""
    VALUE = "value"
    """A table or another value of several lines at the top level of a file."""
    MODULE = "module"
    """What a file does outside of all these."""
    SECTION = "section"
    """A section of a document, under its heading."""
    SETTINGS = "settings"
    """A block of a configuration file."""


@dataclass(frozen=True)
class Chunk:
    """One piece of one file. Lines count from 1, the last one included."""

    path: str
    name: str
    """Dotted, inside the file: `Class.method`; a heading in a document; empty for the file's own top level."""
    kind: ChunkKind
    first: int
    last: int
    signature: str
    """Decorators and head as written; the heading of a section."""
    doc: str
    """Docstring or the comment above, without its markers."""
    text: str
    """The source, with decorators and the comment above."""
    around: str = ""
    """The head of the class that it is a member of."""
    start: int = 0
    """The line of its own definition, below decorators and comments; 0: the first."""

    @property
    def key(self) -> str:
        """Return `path::name`, or the path alone for the top level of a file."""
        return f"{self.path}::{self.name}" if self.name else self.path

    @property
    def own_name(self) -> str:
        """Return the last part of its name, without the number of a second one of that name."""
        return _TWIN.sub("", self.name).rpartition(".")[2]

    @property
    def owner(self) -> str:
        """Return the name of the class it is a member of; empty where it is none."""
        return _TWIN.sub("", self.name.rpartition(".")[0]).rpartition(".")[2]

    @property
    def plain_key(self) -> str:
        """Return its key without the number of a second one of that name."""
        return _TWIN.sub("", self.key)

    @cached_property
    def digest(self) -> str:
        """Return a hash of all that it says, place included but not its lines: 32 hexadecimal digits."""
        said = "\0".join((self.path, self.name, self.kind, self.around, self.text))
        return blake2b(said.encode("utf-8", "replace"), digest_size=16).hexdigest()

    @property
    def header(self) -> str:
        """Return what stands above its code: file, class, decorators, signature, docstring; a line each."""
        parts = (f"{self.path}:{self.start or self.first}", self.around, self.signature, self.doc)
        return "\n".join(part for part in parts if part)
