"""Patterns that wait to be shared, in one file of bounded size, and what else an installation keeps for it.

The folder holds numbers and words of closed lists, the secret that ids are drawn from, and the version in use.
"""

import json
import os
import re
import secrets
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from yantra_bot.collective.identity import SECRET_BYTES
from yantra_bot.collective.messages import BASE_DIGITS
from yantra_bot.collective.pattern import Pattern, is_sound
from yantra_bot.errors import UserError
from yantra_bot.scoring.whole import write_whole

_BASE: Final = re.compile(rf"[0-9a-f]{{{BASE_DIGITS}}}")
MOST_WAITING: Final = 1_000
"""The oldest make room for new ones."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What embeddings come from: those of different origins cannot be compared."""

    features: int
    """Version of the features."""
    base: str
    """The first twelve digits of the score file's hash."""


_writing: Final = threading.Lock()


class Outbox:
    """The file of patterns: a line with their origin, and one each. One process writes it, from any of its threads."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder = folder
        self._path = folder / "waiting.jsonl"

    def put(self, pattern: Pattern, origin: Origin) -> None:
        """Let a pattern wait; those of another origin are forgotten.

        Raises UserError for an origin that is none, and OSError where there is no room.
        """
        if not _BASE.fullmatch(origin.base):
            raise UserError("A pattern is of no score file's version. Cure: none; it is not shared.")
        with _writing:
            others = self.waiting() if origin == self.origin() else []
            self._write(origin, [*(one for one in others if one != pattern), pattern][-MOST_WAITING:])

    def origin(self) -> Origin | None:
        """Return what the embeddings come from; None where nothing was ever put."""
        try:
            features, base = json.loads(self._lines()[0])
        except (IndexError, ValueError, TypeError):
            return None
        is_one = type(features) is int and isinstance(base, str) and _BASE.fullmatch(base)
        return Origin(features, base) if is_one else None

    def waiting(self) -> list[Pattern]:
        """Return the patterns, the oldest first; lines that are none are left out."""
        return [pattern for line in self._lines()[1:] if (pattern := _read(line)) is not None]

    def remove(self, sent: set[str]) -> None:
        """Forget patterns by their digests: they have arrived, or never will."""
        with _writing:
            if (origin := self.origin()) is not None:
                self._write(origin, [one for one in self.waiting() if one.digest not in sent])

    def _lines(self) -> list[str]:
        try:
            return self._path.read_text(encoding="ascii", errors="replace").splitlines()
        except FileNotFoundError:
            return []

    def _write(self, origin: Origin, patterns: list[Pattern]) -> None:
        lines = [json.dumps([origin.features, origin.base])]
        lines += [
            json.dumps([one.embedding, one.steps, one.language, one.complexity, one.is_passing]) for one in patterns
        ]
        write_whole(self._path, "".join(f"{line}\n" for line in lines).encode("ascii"))


def _read(line: str) -> Pattern | None:
    try:
        embedding, steps, language, complexity, is_passing = json.loads(line)
        pattern = Pattern(tuple(embedding), tuple(steps), language, complexity, is_passing)
        return pattern if is_sound(pattern) else None
    except (ValueError, TypeError):
        return None


def read_secret(folder: Path) -> bytes:
    """Return the installation's secret; made at the first call and readable for nobody else."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / "secret"
    if not path.exists():
        mine = folder / f"secret.{os.getpid()}"
        write_whole(mine, secrets.token_bytes(SECRET_BYTES))
        try:
            os.link(mine, path)  # of two that begin at once, one wins, and both read the same
        except FileExistsError:
            pass
        finally:
            mine.unlink()
    return path.read_bytes()
