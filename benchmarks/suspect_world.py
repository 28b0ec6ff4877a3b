"""Makes production faults out of libraries' own code: ten commits, of which one breaks a request, and what is seen.

The other nine change other functions. Most of them are made as the fault is made, and alter what is done: in functions
of the trace and in the fault's own file, each tried alone so that the request still works with it, and elsewhere. The
others should alter nothing: names, comments, a page. That the request works with the nine, and fails with all ten, is
tried as well.
"""

import ast
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final

from benchmarks.suspect_faults import Edit, Function, faults_of, functions_of, harmless_of
from benchmarks.suspect_trials import Failure, Trials
from yantra_bot.monitor.traces import Places, find_traces

OUTSIDE, INSIDE, SILENT = "throws elsewhere", "throws where it was changed", "no traceback"
COMMITS: Final = 10
_TRIES: Final = 600
_HARD_TRIES: Final = 8
"""How many changes of a pool are tried for those with which the request works."""


@dataclass(frozen=True, slots=True)
class Case:
    """One fault. `commits` are the files that each of ten commits changes, oldest first."""

    library: str
    kind: str
    edit: str
    base: Mapping[str, str]
    commits: tuple[Mapping[str, str], ...]
    bad: int
    """Which of the commits is the fault."""
    path: str
    function: str
    trace: str
    words: str


@dataclass(frozen=True, slots=True)
class _Change:
    """A change of one function that can be made again on another text of its file."""

    path: str
    function: str
    number: int
    is_fault: bool
    seed: int = 0

    def make(self, text: str) -> Edit | None:
        function = next((one for one in functions_of(self.path, text) if one.name == self.function), None)
        if function is None:
            return None
        edits = list(faults_of(function)) if self.is_fault else list(harmless_of(function, random.Random(self.seed)))
        return edits[self.number] if self.number < len(edits) else None


@dataclass
class World:
    """One library, of which cases are made; what a seed decides is the same each time."""

    trials: Trials
    chance: random.Random
    files: dict[str, str] = field(default_factory=dict)
    tests: dict[str, str] = field(default_factory=dict)
    known: frozenset[str] = frozenset()
    """Tests that fail without any edit."""

    def __post_init__(self) -> None:
        root, under = self.trials.root, self.trials.library.under
        self.files = {str(path.relative_to(root)): path.read_text() for path in sorted((root / under).rglob("*.py"))}
        self.tests = {str(path.relative_to(root)): path.read_text() for path in sorted(root.rglob("test_*.py"))}
        self.functions = [one for path, text in self.files.items() for one in functions_of(path, text)]
        self.public = frozenset(one.name.rpartition(".")[2] for one in self.functions) | _types(self.files)
        self.known = frozenset(one.test for one in self.trials.failures({}) or ())

    def cases(self, wanted: Mapping[str, int]) -> Iterator[Case]:
        """Yield so many cases of each kind, as far as they are found."""
        left = dict(wanted)
        for _ in range(_TRIES):
            if not any(left.values()):
                return
            function = self.chance.choice(self.functions)
            change = self._change(function, is_fault=True, taken=())
            if change is None:
                continue
            case = self._try(change, {kind for kind, count in left.items() if count})
            if case is not None:
                left[case.kind] -= 1
                yield case

    def _try(self, change: _Change, kinds: set[str]) -> Case | None:
        edit = change.make(self.files[change.path])
        if edit is None or not _compiles(edit.text):
            return None
        failures = self.trials.failures({edit.path: edit.text}, tests=self._tests_of(change))
        news = [one for one in failures or () if one.test not in self.known]
        self.chance.shuffle(news)
        for failure in news:
            kind = self._kind(failure, change)
            if kind in kinds:
                return self._surround(change, failure, kind)
        return None

    def _tests_of(self, change: _Change) -> tuple[str, ...]:
        """Return the three files of tests that name the function, its class and its module most: all take minutes."""
        names = {*change.function.split("."), Path(change.path).stem}
        pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(names)))})(?!\w)")
        counts = {path: len(pattern.findall(text)) for path, text in self.tests.items()}
        best = sorted(counts, key=lambda path: (-counts[path], path))[:3]
        return tuple(path for path in best if counts[path])

    def _kind(self, failure: Failure, change: _Change) -> str:
        trace = self.trials.trace(failure)
        if not trace:
            return SILENT
        return INSIDE if self._framed(trace)[-1:] == [f"{change.path} {change.function}"] else OUTSIDE

    def _framed(self, trace: str) -> list[str]:
        """Return `path name` of the functions of a trace, the deepest last."""
        faults = find_traces(trace)
        frames = Places(self.files).own([one for fault in reversed(faults) for one in fault.frames])
        found = []
        for frame in frames:
            inside = [one for one in self.functions if one.path == frame.path and one.node.name == frame.function]
            found += [f"{one.path} {one.name}" for one in inside]
        return found

    def _surround(self, change: _Change, failure: Failure, kind: str) -> Case | None:
        """Put nine other changes around a fault; None where they disturb what is seen."""
        for _ in range(2):
            others = self._others(change, failure)
            bad = self.chance.randrange(COMMITS)
            order = [*others[:bad], change, *others[bad:]]
            states = self._commit(order)
            without = self._commit([one for one in order if one is not change])
            if states is None or without is None or not self._works(_sources(without[-1]), failure):
                continue
            again = self.trials.failures(_sources(states[-1]), tests=(failure.test,))
            if again and self._kind(again[0], change) == kind:
                return self._case(change, again[0], kind, states, bad)
        return None

    def _works(self, sources: Mapping[str, str], failure: Failure) -> bool:
        return self.trials.failures(sources, tests=(failure.test,)) == []

    def _case(self, change: _Change, failure: Failure, kind: str, states: list[dict[str, str]], bad: int) -> Case:
        before = [self._whole(), *states]
        commits = tuple(
            {path: text for path, text in after.items() if earlier.get(path) != text}
            for earlier, after in zip(before, states, strict=False)
        )
        edit = change.make(self.files[change.path])
        trace = self.trials.trace(failure)
        words = self.trials.probe(failure, self.public) if not trace else ""
        made = edit.kind if edit is not None else ""
        return Case(
            self.trials.library.name,
            kind,
            made,
            self._whole(),
            commits,
            bad,
            change.path,
            change.function,
            trace,
            words,
        )

    def _whole(self) -> dict[str, str]:
        return {**self.files, "README.md": f"{self.trials.library.name}\n"}

    def _others(self, fault: _Change, failure: Failure) -> list[_Change | None]:
        """Return nine changes of nine other functions in a random order; None stands for a page."""
        framed = set(self._framed(self.trials.trace(failure)))
        free = [one for one in self.functions if (one.path, one.name) != (fault.path, fault.function)]
        self.chance.shuffle(free)
        in_trace = [one for one in free if f"{one.path} {one.name}" in framed]
        in_file = [one for one in free if one.path == fault.path and one not in in_trace]
        elsewhere = [one for one in free if one not in in_trace and one not in in_file]
        chosen: list[_Change | None] = [None]
        chosen += self._altering(in_trace, 2, failure, chosen)
        chosen += self._altering(in_file, 2, failure, chosen)
        for pool, count, is_fault in ((in_trace, 1, False), (in_file, 1, False), (elsewhere, 2, True)):
            chosen += self._some(pool, count, chosen, is_fault=is_fault)
        chosen += self._some(elsewhere, COMMITS - 1 - len(chosen), chosen, is_fault=False)
        self.chance.shuffle(chosen)
        return chosen

    def _altering(
        self, pool: list[Function], count: int, failure: Failure, taken: Sequence[_Change | None]
    ) -> list[_Change]:
        """Return changes of what is done with each of which the request still works, of functions of a pool."""
        found: list[_Change] = []
        tries = [one for one in pool for _ in range(2)][:_HARD_TRIES]
        for function in tries:
            change = self._change(function, is_fault=True, taken=(*taken, *found))
            edit = change.make(self.files[change.path]) if change is not None else None
            if change is None or edit is None or not _compiles(edit.text):
                continue
            if self._works({edit.path: edit.text}, failure):
                found.append(change)
            if len(found) == count:
                break
        return found

    def _some(
        self, pool: list[Function], count: int, taken: Sequence[_Change | None], *, is_fault: bool
    ) -> list[_Change]:
        made = (self._change(one, is_fault=is_fault, taken=taken) for one in pool)
        return list(islice((one for one in made if one is not None), count))

    def _change(self, function: Function, *, is_fault: bool, taken: Sequence[_Change | None]) -> _Change | None:
        """Return a change of a function, of each kind with the same chance."""
        if any(one is not None and (one.path, one.function) == (function.path, function.name) for one in taken):
            return None
        seed = self.chance.randrange(1_000)
        edits = list(faults_of(function)) if is_fault else list(harmless_of(function, random.Random(seed)))
        kinds = sorted({one.kind for one in edits})
        if not kinds:
            return None
        kind = self.chance.choice(kinds)
        number = self.chance.choice([at for at, one in enumerate(edits) if one.kind == kind])
        return _Change(function.path, function.name, number, is_fault, seed)

    def _commit(self, order: list[_Change | None]) -> list[dict[str, str]] | None:
        """Return the files after each change; None where one cannot be made."""
        states: list[dict[str, str]] = []
        now = self._whole()
        for change in order:
            if change is None:
                now = {**now, "README.md": f"{now['README.md']}More is said.\n"}
            else:
                edit = change.make(now[change.path])
                if edit is None or not _compiles(edit.text) or edit.text == now[change.path]:
                    return None
                now = {**now, change.path: edit.text}
            states.append(now)
        return states


def _sources(files: Mapping[str, str]) -> dict[str, str]:
    return {path: text for path, text in files.items() if path.endswith(".py")}


def _types(files: Mapping[str, str]) -> frozenset[str]:
    nodes = (node for text in files.values() for node in ast.walk(ast.parse(text)))
    return frozenset(node.name for node in nodes if isinstance(node, ast.ClassDef))


def _compiles(text: str) -> bool:
    try:
        compile(text, "edited", "exec")
    except (SyntaxError, ValueError):
        return False
    return True


def folder_of(place: Path, name: str) -> Path:
    """Return where a library is worked on."""
    return place / f"work-suspects-{name}"
