"""A recording held against the base of a change: which of its tests still stand for what they were seen to run."""

from yantra_bot.validation.selection.recording import Recording
from yantra_bot.validation.selection.suite import Suite
from yantra_bot.validation.selection.units import Unit, UnitKind, read_units
from yantra_bot.validation.selection.versions import Version


class Seen:
    """What tests were seen to run, in the bits of a suite."""

    def __init__(self, recording: Recording | None, base: Version, suite: Suite) -> None:
        self._recording = recording
        self._base = base
        self._places: dict[int, int] = {}
        self._units: dict[str, dict[str, Unit]] = {}
        self._cache: dict[int, int] = {}
        self.known = 0
        """Tests whose recording holds: of these alone it can be said what they do not run."""
        if recording is not None:
            numbers = {name: number for number, name in enumerate(recording.tests)}
            for place, test in enumerate(suite.tests):
                if test.id in numbers:
                    number = numbers[test.id]
                    self._places[number] = self._places.get(number, 0) | 1 << place
            self.known = self._translate((1 << len(recording.tests)) - 1) & ~self._translate(self._find_stale())

    @property
    def is_there(self) -> bool:
        return self.known != 0

    def of(self, path: str, unit: Unit | None, statements: frozenset[int] | set[int] | None) -> int | None:
        """Return the tests that ran any of the statements (None: all count) of a unit; None where that is unknown."""
        seen = None if self._recording is None else self._recording.seen(path, unit)
        if seen is None:
            return None
        bits = 0
        for at, own in enumerate(seen.statements):
            if statements is None or at in statements:
                bits |= own
        return self._translate(bits)

    def is_at_import(self, path: str, unit: Unit | None, statements: frozenset[int] | set[int] | None) -> bool:
        """Tell whether any of the statements of a unit ran while modules were imported: for whom, nobody saw."""
        seen = None if self._recording is None else self._recording.seen(path, unit)
        if seen is None or self._recording is None or "" not in self._recording.tests:
            return False
        own = 1 << self._recording.tests.index("")
        return any(bits & own for at, bits in enumerate(seen.statements) if statements is None or at in statements)

    def runs(self, path: str, line: int) -> bool:
        """Tell whether a test was seen to run the function that begins at a line of the base."""
        if self._recording is None or path not in self._recording.units:
            return False
        found = [unit for unit in self._read(path).values() if unit.kind is UnitKind.FUNCTION and unit.line == line]
        return any(self.of(path, unit, None) for unit in found)

    def _find_stale(self) -> int:
        """Return the recorded tests that ran what is another code in the base than it was then."""
        if self._recording is None:
            return 0
        stale = 0
        for path, units in self._recording.units.items():
            now = self._read(path)
            for name, unit in units.items():
                if name not in now or now[name].digest != unit.digest:
                    own = units.values() if unit is units.get("") else [unit]
                    for one in own:
                        stale |= one.bits
        return stale

    def _read(self, path: str) -> dict[str, Unit]:
        if path not in self._units:
            data = self._base.read(path)
            self._units[path] = (read_units(data) if data is not None else None) or {}
        return self._units[path]

    def _translate(self, bits: int) -> int:
        if bits not in self._cache:
            found = 0
            for number, places in self._places.items():
                if bits >> number & 1:
                    found |= places
            self._cache[bits] = found
        return self._cache[bits]
