"""What each test was seen to run, kept so that it stays true while other code moves: by unit and place of a statement.

What a run wrote down comes from beside untrusted code: it is read with limits, and decides nothing but which tests run.
Names of tests in it are only compared with those that the code is known to have: none is ever handed to a runner.
"""

import json
import os
import stat
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from yantra_bot.errors import UserError
from yantra_bot.validation.selection.units import Unit, read_units

FILE: Final = "tests-seen.z"
VERSION: Final = 1
MAX_BYTES: Final = 160 * 1024**2
MAX_ITEMS: Final = 3_000_000
"""Of a text of JSON: each may take a hundred bytes when it is read."""
MAX_TESTS: Final = 200_000
MAX_BITS: Final = 64 * 1024**2
"""Bytes of all that is known of which test ran which statement."""
MAX_KEPT: Final = 64 * 1024**2
"""Bytes of a kept recording, which is compressed; what is larger is not read."""
_BROKEN: Final = (
    *(OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError, MemoryError),
    zlib.error,
)
"""What reading wrong content ends with."""
_WRONG: Final = "The recording that is kept cannot be read, so that the graph alone chose. Recording anew replaces it."


@dataclass(frozen=True, slots=True)
class SeenUnit:
    """A unit as it was when tests ran it. Bit n of a statement's number: the n-th test ran it."""

    digest: str
    statements: tuple[int, ...]

    @property
    def bits(self) -> int:
        found = 0
        for one in self.statements:
            found |= one
        return found


@dataclass(frozen=True, slots=True)
class Recording:
    """What a run of the whole suite showed. Tests are whole functions: their cases count as one."""

    commit: str
    tests: tuple[str, ...]
    units: Mapping[str, Mapping[str, SeenUnit]] = field(default_factory=dict)
    """By path, then by name."""

    def seen(self, path: str, unit: Unit | None) -> SeenUnit | None:
        """Return what ran a unit as it is; None where it was another one then."""
        found = self.units.get(path, {}).get(unit.name) if unit is not None else None
        return found if found is not None and unit is not None and found.digest == unit.digest else None


class _Room:
    """What may still be kept; raises UserError where there is no more."""

    def __init__(self, left: int) -> None:
        self._left = left

    def take(self, bits: int) -> int:
        """Return the bits, and count them."""
        self._left -= bits.bit_length() // 8
        if self._left < 0:
            raise UserError(f"What the tests ran takes more than {MAX_BITS // 1024**2} MiB, which is not kept.")
        return bits


def make_recording(data: bytes, *, commit: str, read: Callable[[str], bytes | None]) -> Recording:
    """Make the recording out of what the runner wrote down. Raises UserError where that is nothing of the kind."""
    units: dict[str, dict[str, SeenUnit]] = {}
    seen, kept = _Room(MAX_BITS), _Room(MAX_BITS)
    try:
        told = _parse(data)
        tests = tuple(str(one) for one in told["tests"])
        if len(tests) > MAX_TESTS:
            raise UserError(f"There are more than {MAX_TESTS} tests.")
        for path, groups in told["files"].items():
            source = read(path) if path.endswith(".py") else None
            found = read_units(source) if source else None
            if source and found:
                lines = _lines_of(groups, source.count(b"\n") + 1, len(tests), seen)
                units[path] = {name: _see(unit, lines, kept) for name, unit in found.items()}
    except _BROKEN as error:
        raise UserError("What the tests ran was not written down in a form that can be read.") from error
    return Recording(commit, tests, units)


def _parse(data: bytes) -> Any:
    """Return what a text of JSON says; raise ValueError where it would be many times larger than its text."""
    if not data.isascii() or _count_items(data) > MAX_ITEMS:
        raise ValueError(FILE)
    return json.loads(data)


def _count_items(data: bytes) -> int:
    return data.count(b",") + data.count(b"[") + data.count(b"{")


def _lines_of(groups: Iterable[Any], last: int, tests: int, room: _Room) -> dict[int, int]:
    """Return the tests of each line of a file as bits. Raises ValueError for tests that there are not."""
    found: dict[int, int] = {}
    for bits, lines in groups:
        number = int(bits, 16)
        if number < 0 or number.bit_length() > tests:
            raise ValueError(FILE)
        for line in lines:
            if 0 < line <= last:
                # Most lines share one number; only where several meet there is a new one.
                found[line] = room.take(found[line] | number) if line in found else number
    return found


def _see(unit: Unit, lines: Mapping[int, int], room: _Room) -> SeenUnit:
    bits = [0] * len(unit.statements)
    for at in reversed(range(len(bits))):
        statement = unit.statements[at]
        for line in range(statement.line, statement.end_line + 1):
            bits[at] |= lines.get(line, 0)
        if statement.section[0] >= 0:
            bits[statement.section[0]] |= bits[at]  # what is inside ran, so what is around it ran
        room.take(bits[at])
    return SeenUnit(unit.digest, tuple(bits))


def save_recording(folder: Path, recording: Recording) -> None:
    """Keep a recording below a folder, in the place of the one before. Raises UserError where it is too large."""
    folder.mkdir(parents=True, exist_ok=True)
    units = {
        path: {name: [unit.digest, [f"{bits:x}" for bits in unit.statements]] for name, unit in units.items()}
        for path, units in recording.units.items()
    }
    told = {"version": VERSION, "commit": recording.commit, "tests": recording.tests, "units": units}
    data = json.dumps(told).encode()
    packed = zlib.compress(data, 6)
    if len(data) > MAX_BYTES or len(packed) > MAX_KEPT or _count_items(data) > MAX_ITEMS:
        raise UserError("What the tests ran is too large to be kept.")
    draft = folder / f"{FILE}.new"
    draft.write_bytes(packed)
    draft.replace(folder / FILE)


def load_recording(folder: Path | None) -> Recording | None:
    """Return the recording that is kept below a folder; None where there is none. Raises UserError for a wrong one.

    Whoever handed it over is not trusted: what has not the form that `save_recording` writes is none.
    """
    if folder is None:
        return None
    try:
        packed = _read_plain(folder / FILE)
        unpacking = zlib.decompressobj()
        data = unpacking.decompress(packed, MAX_BYTES)
        if not unpacking.eof:
            raise ValueError(FILE)
        return _read_kept(_parse(data))
    except FileNotFoundError:
        return None
    except _BROKEN as error:
        raise UserError(_WRONG) from error


def _read_plain(path: Path) -> bytes:
    """Return the content of a plain file, opened through no link; raise ValueError for what is none, or too large."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ValueError(FILE)
        data = file.read(MAX_KEPT + 1)
    if len(data) > MAX_KEPT:
        raise ValueError(FILE)
    return data


def _read_kept(told: Any) -> Recording:
    tests = tuple(told["tests"])
    if told["version"] != VERSION or len(tests) > MAX_TESTS or not all(isinstance(one, str) for one in tests):
        raise ValueError(FILE)
    units = {
        path: {name: _read_seen(unit, len(tests)) for name, unit in found.items()}
        for path, found in told["units"].items()
        if _is_inside(path)
    }
    return Recording(str(told["commit"]), tests, units)


def _read_seen(unit: Any, tests: int) -> SeenUnit:
    digest, bits = unit
    statements = tuple(int(one, 16) for one in bits)
    if not isinstance(digest, str) or any(one < 0 or one.bit_length() > tests for one in statements):
        raise ValueError(FILE)
    return SeenUnit(digest, statements)


def _is_inside(path: str) -> bool:
    """Tell whether a path names a file of a repository; raise UnicodeEncodeError for what is no text."""
    return bool(path.encode()) and "\0" not in path and not path.startswith("/") and ".." not in path.split("/")
