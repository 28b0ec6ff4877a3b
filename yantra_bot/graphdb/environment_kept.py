"""What was read of an environment, kept beside a stored graph: which packages, and what they declare.

A file that cannot be read is one that says nothing, and one that cannot be written keeps nothing: all of it can be read
anew. So neither is ever an error.
"""

import marshal
import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from yantra_bot.graphdb.environment import Environment, Known
from yantra_bot.graphdb.languages.python.declared import Declared

log = structlog.get_logger()

KEPT_VERSION = 1
"""To be raised whenever `read_declarations` says something else about the same bytes."""
OWN = "own"
"""The choice of the environment that the repository holds itself."""


@dataclass(slots=True)
class Kept:
    """The packages that a stored graph was made with."""

    choice: str = OWN
    """What somebody has chosen: OWN, `none` or a path."""
    mark: str = ""
    """Which environment that was; empty for none."""
    asked: dict[str, Known] = field(default_factory=dict)
    packed: bytes = b""
    """What the files declare, by content: unpacked only where something is resolved."""

    def is_of(self, environment: Environment | None) -> bool:
        """Tell whether an environment would say the same now. It reads what was read, and parses nothing."""
        if environment is None or not self.mark:
            return environment is None and not self.mark
        environment.asked = dict(self.asked)
        return self.mark == mark_of(environment) and not environment.is_changed()

    def lend(self, environment: Environment) -> None:
        """Let an environment know what was read of it before."""
        if self.mark == mark_of(environment):
            with suppress(ValueError, EOFError, TypeError):
                found = marshal.loads(self.packed)  # noqa: S302 (our own file)
                environment.kept.update({digest: Declared(*one) for digest, one in found.items()})


def mark_of(environment: Environment) -> str:
    """Return what tells an environment from others."""
    return f"{environment.folder}\0{environment.target}"


def take(choice: str, environment: Environment | None) -> Kept:
    """Return what is to be kept of an environment after a resolution."""
    if environment is None:
        return Kept(choice)
    digests = {known.digest for known in environment.asked.values()}
    declared = {digest: tuple(found) for digest, found in environment.kept.items() if digest in digests}
    return Kept(choice, mark_of(environment), dict(environment.asked), marshal.dumps(declared))


def load(path: Path) -> Kept:
    """Return what is kept in a file."""
    with suppress(OSError, ValueError, EOFError, TypeError):
        version, choice, *rest = marshal.loads(path.read_bytes())  # noqa: S302 (our own file)
        if version != KEPT_VERSION:
            return Kept(choice)
        mark, asked, packed = rest
        return Kept(choice, mark, {module: Known(*one) for module, one in asked.items()}, packed)
    return Kept()


def save(path: Path, kept: Kept) -> None:
    """Keep it in a file, all or nothing."""
    asked = {module: tuple(known) for module, known in kept.asked.items()}
    data = marshal.dumps((KEPT_VERSION, kept.choice, kept.mark, asked, kept.packed))
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(data)
        beside.replace(path)
    except OSError as refused:
        log.warning("graph.environment_not_kept", path=str(path), reason=str(refused))
        with suppress(OSError):
            beside.unlink()
