"""What a selection is made from: one version of a repository as a graph, as facts, and as files. Values only."""

from collections.abc import Callable, Mapping
from typing import Protocol

from yantra_bot.graphdb.facts import FileFacts
from yantra_bot.graphdb.syntax import Syntax
from yantra_bot.graphdb.view import GraphView


class Version(Protocol):
    """One version. A path that `read` knows nothing of, or that is no regular file, gives None."""

    @property
    def view(self) -> GraphView: ...

    @property
    def facts(self) -> Mapping[str, FileFacts]: ...

    @property
    def read(self) -> Callable[[str], bytes | None]: ...

    @property
    def syntax(self) -> Syntax: ...
