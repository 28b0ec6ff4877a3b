"""Patterns that wait to be shared, in one file of bounded size, and what else an installation keeps for it.

The folder holds numbers and words of closed lists, the secret that ids are drawn from, and the version in use.
"""

import json
import os
import secrets
from pathlib import Path
from typing import Final

from yantra_bot.collective.identity import SECRET_BYTES
from yantra_bot.collective.pattern import Pattern, is_sound
from yantra_bot.scoring.whole import write_whole

MOST_WAITING: Final = 1_000
"""The oldest make room for new ones."""


class Outbox:
    """The file of patterns. One process writes it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._path = folder / "waiting.jsonl"

    def put(self, pattern: Pattern) -> None:
        """Let a pattern wait. Raises OSError where there is no room."""
        self._write([*(one for one in self.waiting() if one != pattern), pattern][-MOST_WAITING:])

    def waiting(self) -> list[Pattern]:
        """Return the patterns, the oldest first; lines that are none are left out."""
        try:
            lines = self._path.read_text(encoding="ascii", errors="replace").splitlines()
        except FileNotFoundError:
            return []
        return [pattern for line in lines if (pattern := _read(line)) is not None]

    def remove(self, sent: set[str]) -> None:
        """Forget patterns by their digests: they have arrived, or never will."""
        self._write([one for one in self.waiting() if one.digest not in sent])

    def _write(self, patterns: list[Pattern]) -> None:
        lines = [
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
