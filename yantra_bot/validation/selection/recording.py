"""What each test was seen to run, kept so that it stays true while other code moves: by unit and place of a statement.

What a run wrote down comes from beside untrusted code: it is read with limits, and decides nothing but which tests run.
"""

import json
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from yantra_bot.errors import UserError
from yantra_bot.validation.selection.units import Unit, read_units

FILE: Final = "tests-seen.z"
VERSION: Final = 1
MAX_BYTES: Final = 256 * 1024**2
MAX_TESTS: Final = 200_000
MAX_KEPT: Final = 64 * 1024**2
"""Bytes of a kept recording, which is compressed; what is larger is not read."""


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


def make_recording(data: bytes, *, commit: str, read: Callable[[str], bytes | None]) -> Recording:
    """Make the recording out of what the runner wrote down. Raises UserError where that is nothing of the kind."""
    try:
        told = json.loads(data)
        tests = tuple(str(one) for one in told["tests"])
        files = {str(path): _lines_of(groups) for path, groups in told["files"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UserError("What the tests ran was not written down in a form that can be read.") from error
    if len(tests) > MAX_TESTS:
        raise UserError(f"There are more than {MAX_TESTS} tests.")
    units = {}
    for path, lines in files.items():
        found = read_units(read(path) or b"") if path.endswith(".py") else None
        if found:
            units[path] = {name: _see(unit, lines) for name, unit in found.items()}
    return Recording(commit, tests, units)


def _lines_of(groups: Iterable[Any]) -> dict[int, int]:
    """Return the tests of each line as bits."""
    found: dict[int, int] = {}
    for bits, lines in groups:
        number = int(bits, 16)
        for line in lines:
            found[int(line)] = found.get(int(line), 0) | number
    return found


def _see(unit: Unit, lines: Mapping[int, int]) -> SeenUnit:
    bits = [0] * len(unit.statements)
    for at in reversed(range(len(bits))):
        statement = unit.statements[at]
        for line in range(statement.line, statement.end_line + 1):
            bits[at] |= lines.get(line, 0)
        if statement.section[0] >= 0:
            bits[statement.section[0]] |= bits[at]  # what is inside ran, so what is around it ran
    return SeenUnit(unit.digest, tuple(bits))


def save_recording(folder: Path, recording: Recording) -> None:
    """Keep a recording below a folder, in the place of the one before."""
    folder.mkdir(parents=True, exist_ok=True)
    units = {
        path: {name: [unit.digest, [f"{bits:x}" for bits in unit.statements]] for name, unit in units.items()}
        for path, units in recording.units.items()
    }
    told = {"version": VERSION, "commit": recording.commit, "tests": recording.tests, "units": units}
    draft = folder / f"{FILE}.new"
    draft.write_bytes(zlib.compress(json.dumps(told).encode(), 6))
    draft.replace(folder / FILE)


def load_recording(folder: Path | None) -> Recording | None:
    """Return the recording that is kept below a folder; None where there is none that can be read.

    Whoever handed it over is not trusted: what has not the form that `save_recording` writes is none.
    """
    if folder is None:
        return None
    try:
        with (folder / FILE).open("rb") as file:
            data = zlib.decompressobj().decompress(file.read(MAX_KEPT), MAX_BYTES)
        return _read_kept(json.loads(data))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, MemoryError, zlib.error):
        return None


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
