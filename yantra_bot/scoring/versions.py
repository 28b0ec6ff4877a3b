"""Versions of the learned score on this machine: each with its hash, its parent and its figures; one is in use.

`current.json` is the one truth, replaced whole: a kill at any moment leaves the version before or the one after. What
was tried and not adopted is recorded with the reason, without its weights.
"""

import fcntl
import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from yantra_bot.domain.scores import ScoreModel
from yantra_bot.errors import UserError
from yantra_bot.scoring.whole import write_whole

KEPT: Final = 10
"""Versions whose weights are kept: that in use, the one it began with, the best between them, then the newest."""
RECORDED: Final = 200
"""Entries, besides those of versions whose weights are kept: these are never forgotten."""
GIVEN: Final = "The score file that was set up."
NAME: Final = "score.safetensors"
_DIGITS: Final = 12


@dataclass(frozen=True, slots=True)
class VersionEntry:
    """What is known of a version that was made here."""

    version: str
    """The first twelve digits of its file's SHA-256."""
    digest: str
    parent: str
    """Empty for one that was not trained on from another."""
    at: float
    is_adopted: bool
    reason: str
    """Why it was adopted or not, as a sentence."""
    figures: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Current:
    """Which version is in use, and how far the buffer was learned from. Replaced as one."""

    version: str = ""
    seen: int = 0
    """Number of the last experience that was learned from, or tried to."""
    successes: int = 0
    """Validated successes so far: every fifty, a batch is replayed."""


class Versions:
    """A folder of versions."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the folder for writing; raise UserError where another process does. Ends with the process."""
        with (self._folder / "lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise UserError("Another update of the learned score is at work. Cure: let it end.") from None
            yield

    def current(self) -> Current:
        """Return what is in use; the empty one where nothing is."""
        try:
            return Current(**json.loads((self._folder / "current.json").read_text()))
        except (FileNotFoundError, ValueError, TypeError):
            return Current()

    def stamp(self) -> tuple[int, int]:
        """Return what is another one whenever another version is in use."""
        try:
            found = (self._folder / "current.json").stat()
        except FileNotFoundError:
            return 0, 0
        return found.st_ino, found.st_mtime_ns

    def path(self, version: str = "") -> Path | None:
        """Return the score file of a version, or of the one in use; None where there is none, or it was changed."""
        entry = self.find(version or self.current().version)
        if entry is None or not entry.is_adopted:
            return None
        path = self._folder / entry.version / NAME
        is_whole = path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == entry.digest
        return path if is_whole else None

    def model(self) -> ScoreModel | None:
        """Return the one in use with its hash; None where there is none, or it was changed."""
        path, entry = self.path(), self.find(self.current().version)
        return None if path is None or entry is None else ScoreModel(path, entry.digest)

    def entries(self) -> list[VersionEntry]:
        """Return what was made here, adopted or not, the newest first. Lines that are none are left out."""
        try:
            lines = (self._folder / "versions.jsonl").read_text().splitlines()
        except FileNotFoundError:
            return []
        return [entry for line in reversed(lines) if (entry := _read(line)) is not None]

    def find(self, version: str) -> VersionEntry | None:
        """Return what is known of a version that was adopted once; the newest entry of that name."""
        return next((one for one in self.entries() if one.version == version and one.is_adopted), None)

    def lineage(self) -> list[VersionEntry]:
        """Return the version in use, what it was learned on from, and so on to the one that was set up."""
        known = {one.version: one for one in reversed(self.entries()) if one.is_adopted}
        found: list[VersionEntry] = []
        entry = known.pop(self.current().version, None)
        while entry is not None:
            found.append(entry)
            is_first = entry.reason == GIVEN or self.is_given(entry.version)
            entry = None if is_first else known.pop(entry.parent, None)
        return found

    def adopt(self, file: Path, then: Current, *, reason: str, figures: Mapping[str, float], at: float) -> VersionEntry:
        """Take a score file in use; `then` says how far was learned. The caller holds the lock.

        Order: weights, entry, `current.json`. A kill before the last leaves the version before in use.
        """
        return self._adopt(file.read_bytes(), then, reason=reason, figures=figures, at=at)

    def _adopt(
        self, data: bytes, then: Current, *, reason: str, figures: Mapping[str, float], at: float
    ) -> VersionEntry:
        digest = hashlib.sha256(data).hexdigest()
        entry = VersionEntry(digest[:_DIGITS], digest, self.current().version, at, True, reason, dict(figures))
        folder = self._folder / entry.version
        folder.mkdir(mode=0o700, exist_ok=True)
        write_whole(folder / NAME, data)
        self._record(entry)
        self._use(Current(entry.version, then.seen, then.successes))
        self._forget()
        return entry

    def give(self, file: Path, *, at: float, digest: str = "") -> VersionEntry | None:
        """Take the operator's score file in use, once: None where this very one was taken before.

        Another one takes the place of whatever was learned on from that before. The caller holds the lock. Raises
        UserError where its SHA-256 is not `digest` any more.
        """
        data = file.read_bytes()
        found = hashlib.sha256(data).hexdigest()
        if digest and found != digest:
            raise UserError(f"{file} was changed while it was read. Cure: none; the next look reads it anew.")
        if found == self._given():
            return None
        entry = self._adopt(data, self.current(), reason=GIVEN, figures={}, at=at)
        write_whole(self._folder / "given", entry.digest.encode())
        return entry

    def is_given(self, version: str) -> bool:
        """Tell whether a version is the operator's score file as it was taken last."""
        return bool(version) and self._given().startswith(version)

    def _given(self) -> str:
        try:
            return (self._folder / "given").read_text()
        except FileNotFoundError:
            return ""

    def refuse(
        self, file: Path, then: Current, *, reason: str, figures: Mapping[str, float], at: float
    ) -> VersionEntry:
        """Record that a score file was not adopted, and why; the version in use stays. The caller holds the lock."""
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        in_use = self.current().version
        entry = VersionEntry(digest[:_DIGITS], digest, in_use, at, False, reason, dict(figures))
        self._record(entry)
        self._use(Current(in_use, then.seen, then.successes))
        return entry

    def roll_back(self, version: str = "", *, at: float) -> VersionEntry:
        """Use an earlier version again: the one that is named, or the parent of the one in use.

        Raises UserError where there is none, or its weights are gone. The caller holds the lock.
        """
        now = self.current()
        used = self.find(now.version)
        wanted = version or (used.parent if used else "")
        if not wanted or self.path(wanted) is None:
            raise UserError(
                f"There is no version {wanted or 'before this one'} to go back to. Cure: `yantra codex versions` lists "
                "those that are kept."
            )
        found = self.find(wanted)
        assert found is not None, "path() found it"  # noqa: S101 (narrows a type)
        reason = f"A person went back to it from {now.version}."
        entry = VersionEntry(found.version, found.digest, found.parent, at, True, reason, found.figures)
        self._record(entry)
        self._use(Current(found.version, now.seen, now.successes))
        return entry

    def _use(self, then: Current) -> None:
        write_whole(self._folder / "current.json", json.dumps(asdict(then)).encode())

    def _record(self, entry: VersionEntry) -> None:
        entries, kept = [entry, *self.entries()], self._kept()
        # However much was refused since: without its entry the version in use could not be found any more.
        needed = {one.version: one for one in reversed(entries) if one.is_adopted and one.version in kept}
        older = (one for one in entries[RECORDED:] if one is needed.get(one.version))
        lines = [f"{json.dumps(asdict(one))}\n" for one in (*entries[:RECORDED], *older)]
        write_whole(self._folder / "versions.jsonl", "".join(reversed(lines)).encode())

    def _kept(self) -> list[str]:
        """Return the versions whose weights are kept."""
        line = self.lineage()
        best = sorted(line, key=lambda one: -one.figures.get("auroc", 0.0))
        adopted = (one for one in self.entries() if one.is_adopted)
        wanted = (*line[:1], *line[-1:], *best[:1], *line, *adopted)
        return list(dict.fromkeys(one.version for one in wanted))[:KEPT]

    def _forget(self) -> None:
        """Delete the weights of versions that are long past, and what a kill left without an entry."""
        kept = self._kept()
        for folder in self._folder.iterdir():
            if folder.is_dir() and len(folder.name) == _DIGITS and folder.name not in kept:
                shutil.rmtree(folder, ignore_errors=True)


def _read(line: str) -> VersionEntry | None:
    try:
        told: dict[str, Any] = json.loads(line)
        return VersionEntry(**told)
    except (ValueError, TypeError):
        return None
