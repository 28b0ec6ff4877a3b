"""Which tests a change calls for, beside pytest-testmon and import closures: single-fault mutants of real libraries.

Every mutant is run with the whole suite first. For each that a test kills, it is told whether a failing test was
selected, and which share of the suite's cases was: by the graph alone, with recorded coverage, by testmon in the same
run, and by the files that a test imports, directly or however indirectly.
"""

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.aims import Aim, at_most, print_aims
from benchmarks.machine import describe_machine
from benchmarks.test_selection_mutants import Mutant, make_mutants
from benchmarks.test_selection_suite import LIBRARIES, Library, Run, Suites, copy_tree
from yantra_bot.domain.graph import EdgeKind, Language
from yantra_bot.domain.review import ChangedFile, FileKind, FileStatus, Hunk
from yantra_bot.graphdb.indexer import Indexer
from yantra_bot.graphdb.view import GraphView
from yantra_bot.review.subject import Version
from yantra_bot.validation.selection import Recording, make_recording
from yantra_bot.validation.selection.choose import choose_tests
from yantra_bot.validation.selection.misses import is_selected

COUNT = 40
SEED = 1
FOLDER = Path(__file__).resolve().parent.parent / ".artefacts" / "benchmark-suites"
RECORDER = Path(__file__).resolve().parent.parent / "runners" / "record_pytest.py"
WAYS = ("graph", "recorded", "testmon", "all imports", "direct imports")


@dataclass(slots=True)
class Tally:
    """What one way of choosing came to, over the killed mutants."""

    caught: int = 0
    shares: list[float] = field(default_factory=list)
    found: int = 0
    """Failing tests that were selected, of all."""
    seconds: list[float] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    """The mutants none of whose failing tests was selected."""

    @property
    def share(self) -> float:
        return sum(self.shares) / len(self.shares) if self.shares else 0.0


class Bench:
    """One library: its suite, its graph, its recording."""

    def __init__(self, suites: Suites, library: Library) -> None:
        self.suites, self.library = suites, library
        source = suites.fetch(library)
        self.work = copy_tree(source, suites.folder / f"work-{library.name}")
        self.base = suites.run_whole(self.work)
        suites.record_testmon(self.work)
        self.cases: dict[str, int] = {}
        for name in self.base.ran:
            function = name.partition("[")[0]
            self.cases[function] = self.cases.get(function, 0) + 1
        self.recording = self._record()
        indexer = Indexer(source, processes=1)
        indexer.refresh()
        self.read: Callable[[str], bytes | None] = lambda path: _read(source / path)
        self.version = Version(GraphView.of(indexer.resolve()), indexer.facts, self.read)
        self.imports = _direct_imports(self.version.view)
        self.tallies = {way: Tally() for way in WAYS}
        self.killed = self.failing = 0

    def _record(self) -> Recording:
        results = self.suites.folder / f"seen-{self.library.name}"
        results.mkdir(exist_ok=True)
        words = ("-q", "-p", "no:testmon", "-p", "no:cacheprovider")
        self.suites.call(self.work, [str(RECORDER), str(results), *words])
        data = (results / "seen.json").read_bytes()
        return make_recording(data, commit="0" * 40, read=lambda path: _read(self.work / path))

    def try_mutant(self, mutant: Mutant) -> None:
        """Run the suite with it; where a test kills it, choose in every way."""
        place = self.work / mutant.path
        original = place.read_text()
        place.write_text(mutant.text)
        try:
            run = self.suites.run_whole(self.work)
            failed = (run.failed or frozenset()) - (self.base.failed or frozenset())
            if failed:
                began = time.perf_counter()
                testmon = self.suites.run_testmon(self.work)
                self._judge(mutant, failed, testmon, time.perf_counter() - began)
        finally:
            place.write_text(original)

    def _judge(self, mutant: Mutant, failed: frozenset[str], testmon: Run, seconds: float) -> None:
        functions = {name.partition("[")[0] for name in failed}
        self.killed += 1
        self.failing += len(functions)
        whole = self.imports.closure(mutant.path)
        ran = {name.partition("[")[0] for name in testmon.ran}
        hits = {
            "testmon": self._count("testmon", functions, ran, seconds, len(testmon.ran)),
            "all imports": self._count("all imports", functions, self._in_files(whole)),
            "direct imports": self._count(
                "direct imports", functions, self._in_files({mutant.path, *self.imports.of(mutant.path)})
            ),
        }
        for way, recording in (("graph", None), ("recorded", self.recording)):
            began = time.perf_counter()
            selected = self._choose(mutant, recording)
            hits[way] = self._count(way, functions, selected, time.perf_counter() - began)
        for way, number in hits.items():
            if not number:
                self.tallies[way].missed.append(f"{mutant.path}:{mutant.line} `{mutant.before}` → `{mutant.after}`")

    def _choose(self, mutant: Mutant, recording: Recording | None) -> set[str]:
        def read(path: str) -> bytes | None:
            return mutant.text.encode() if path == mutant.path else self.read(path)

        head = Version(self.version.view, self.version.facts, read)
        hunk = Hunk(mutant.line, 1, mutant.line, 1)
        file = ChangedFile(mutant.path, FileStatus.MODIFIED, FileKind.SOURCE, language=Language.PYTHON, hunks=(hunk,))
        selection = choose_tests(self.version, head, [file], recording=recording).selection
        return set(self.cases) if selection.is_all else {test.id for test in selection.tests}

    def _in_files(self, paths: set[str]) -> set[str]:
        return {name for name in self.cases if name.partition("::")[0] in paths}

    def _count(
        self, way: str, failed: set[str], selected: set[str], seconds: float = 0.0, cases: int | None = None
    ) -> int:
        """Count what a way selected; return how many of the failing functions are among that."""
        tally = self.tallies[way]
        hits = sum(is_selected(name, selected) for name in failed)
        number = sum(self.cases.get(name, 0) for name in selected) if cases is None else cases
        tally.caught += hits > 0
        tally.found += hits
        tally.shares.append(number / len(self.base.ran))
        tally.seconds.append(seconds)
        return hits


@dataclass(slots=True)
class Imports:
    """Who imports each file, by path."""

    importers: dict[str, set[str]]

    def of(self, path: str) -> set[str]:
        return self.importers.get(path, set())

    def closure(self, path: str) -> set[str]:
        """Return all files that import a file, however indirectly, itself included."""
        found, waiting = {path}, [path]
        while waiting:
            for other in self.of(waiting.pop()) - found:
                found.add(other)
                waiting.append(other)
        return found


def _direct_imports(view: GraphView) -> Imports:
    importers: dict[str, set[str]] = {}
    for edge in view.make_edges(view.all_edges(frozenset({EdgeKind.IMPORTS}))):
        near, far = edge.source.partition("::")[0], edge.target.partition("::")[0]
        if near and far and near != far:
            importers.setdefault(far, set()).add(near)
    return Imports(importers)


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def print_library(bench: Bench) -> None:
    library = bench.library
    print(
        f"\n{library.name} {library.version}: {len(bench.base.ran)} cases of {len(bench.cases)} test functions; of "
        f"{COUNT} mutants the suite kills {bench.killed}, with {bench.failing} failing functions in all.\n"
    )
    print(
        "| chosen by | mutants caught | failing functions selected | share of the cases, mean | highest | time each |"
    )
    print("|---|---|---|---|---|---|")
    for way, tally in bench.tallies.items():
        found = f"{tally.found / bench.failing:.1%}" if bench.failing else "-"
        took = f"{sum(tally.seconds) / len(tally.seconds):.2f} s" if any(tally.seconds) else "-"
        name = {"testmon": "pytest-testmon (runs them)", "recorded": "recorded coverage", "graph": "the graph alone"}
        print(
            f"| {name.get(way, way)} | {tally.caught} of {bench.killed} | {found} | {tally.share:.1%} | "
            f"{max(tally.shares, default=0):.1%} | {took} |",
            flush=True,
        )
    for way in ("graph", "recorded"):
        for missed in bench.tallies[way].missed:
            print(f"\nMissed by {way}: {missed}")


def make_aims(benches: list[Bench]) -> list[Aim]:
    aims = []
    for bench in benches:
        name, own, killed = bench.library.name, bench.tallies, bench.killed
        for way in ("graph", "recorded"):
            caught = own[way].caught
            aims.append(Aim(f"{name}: mutants caught by {way}", "all", f"{caught} of {killed}", caught == killed))
        aims.append(at_most(f"{name}: share by the graph alone", own["graph"].share * 100, 60.1, "%"))
        aims.append(at_most(f"{name}: share recorded, against testmon's", own["recorded"].share * 100,
                            own["testmon"].share * 100, "%", digits=2))  # fmt: skip
    return aims


def main() -> None:
    chosen = [library for library in LIBRARIES if not sys.argv[1:] or library.name in sys.argv[1:]]
    print(describe_machine("python -m benchmarks.test_selection"))
    print(f"\nMutants: one operator or constant each, by the seed {SEED}. Those that time out are not counted.")
    FOLDER.mkdir(parents=True, exist_ok=True)
    suites = Suites(FOLDER)
    benches = []
    for library in chosen:
        bench = Bench(suites, library)
        for mutant in make_mutants(bench.work, library.under, COUNT, SEED):
            bench.try_mutant(mutant)
        print_library(bench)
        benches.append(bench)
    print_aims(make_aims(benches))


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as failed:
        sys.exit(f"{failed.cmd[0]} failed with {failed.returncode}: the suites need a package index.")
