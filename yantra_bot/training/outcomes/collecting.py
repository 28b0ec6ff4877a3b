"""Draws variants of functions that a suite runs, tries each on the tests that run it, and keeps what came of it.

The same seed draws the same variants. What is kept already is not tried again, so that an ended collection goes on.
"""

import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final

from yantra_bot.artefacts import Store
from yantra_bot.errors import Permanent, Transient, UserError
from yantra_bot.training.corpora import fetch_project
from yantra_bot.training.faults import Module, read_module
from yantra_bot.training.faults.neutral import local_names
from yantra_bot.training.outcomes.running import Bench, Recorded, Try, TryLimits
from yantra_bot.training.outcomes.suites import LaidOut, Suite, lay_out
from yantra_bot.training.samples.drawing import Drawer, Pair, begin_of, has_size
from yantra_bot.training.samples.rewriting import Rewritten
from yantra_bot.training.samples.tried import Outcome, as_line, hash_of, read_outcomes
from yantra_bot.validation.selection.units import UnitKind, read_units

MOST: Final = 100
"""Functions that are tried of a project."""
MOST_SECONDS: Final = 8.0
"""Processor time that a whole suite may take; a slower one is left out."""
MOST_FAILED: Final = 0.2
"""Share of a suite's tests that may fail as it is, for want of a package or of a network; these are not run again."""
BATCH: Final = 10
"""Functions that are tried in one sandbox."""
_SPARE, _TIMES = 2.0, 3.0
"""A variant gets so much processor time beside so many times what the whole suite takes; it has failed after that."""
_WAIT: Final = 8.0
"""How many times longer than its processor time it may take, on a machine that has other things to do."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A suite that passes as it is."""

    laid: LaidOut
    modules: dict[str, Module]
    """The files that faults can be put into."""
    tests: frozenset[str]
    runs: dict[tuple[str, int], frozenset[str]]
    """By path and the line that a function begins on: the tests that run it."""
    seconds: float
    """Processor time that the whole suite takes."""


@dataclass(slots=True)
class Report:
    """What came of a collection."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Of functions by project and what came of them."""
    left_out: dict[str, str] = field(default_factory=dict)
    """Why, by project."""


@dataclass(frozen=True, slots=True)
class Stores:
    """Where sdists and wheels are kept."""

    sdists: Store
    wheels: Store


def collect(
    suites: Sequence[Suite], stores: Stores, bench: Bench, folder: Path, out: Path, *, seconds: float
) -> Report:
    """Try variants of every suite's functions and append the outcomes to `out`; each suite gets its share of the time.

    `folder`: where copies are laid out, in a place that the sandbox's user can reach.
    """
    _cut_half_line(out)
    report, end = Report(), time.monotonic() + seconds
    for at, suite in enumerate(suites):
        name = suite.project.name
        until = time.monotonic() + (end - time.monotonic()) / (len(suites) - at)
        try:
            sdist, wheel = stores.sdists.fetch(name), fetch_project(stores.wheels, suite.project)
            ready = make_ready(lay_out(suite, sdist, wheel, folder / name), bench)
        except (UserError, Transient, Permanent) as problem:
            report.left_out[name] = str(problem)
            sys.stderr.write(f"{name}: left out, {problem}\n")
            continue
        _collect_of(ready, bench, out, report.counts, until)
        told = {what: count for (of, what), count in report.counts.items() if of == name}
        sys.stderr.write(f"{name}: {len(ready.tests)} tests in {ready.seconds:.1f} s, {told}\n")
    return report


def _cut_half_line(out: Path) -> None:
    """Take away what a kill left of a last line."""
    if out.exists():
        data = out.read_bytes()
        out.write_bytes(data[: data.rfind(b"\n") + 1])


def make_ready(laid: LaidOut, bench: Bench) -> Ready:
    """See that a suite passes, and what each of its tests runs. Raises UserError, with the reason, where it fails."""
    recorded = bench.record(laid)
    count = len(recorded.passed) + len(recorded.failed)
    if not recorded.passed or len(recorded.failed) > MOST_FAILED * count:
        raise UserError(f"{len(recorded.failed)} of its {count} tests fail as it is.")
    known = frozenset(one for one in recorded.recording.tests if one in recorded.passed and _is_test(laid.suite, one))
    done = bench.run_tests(laid, [Try(known)], _limits(MOST_SECONDS / _TIMES))
    if not done or not done[0].passed:
        raise UserError(f"its tests do not pass together, or not within {MOST_SECONDS:.0f} s.")
    modules = {path: module for path, source in laid.files.items() if (module := read_module(source)) is not None}
    runs = {
        function: tests & known
        for path, module in modules.items()
        for function, tests in _tests_of(laid, recorded, path, module, known)
        if tests & known
    }
    return Ready(laid, modules, known, runs, done[0].seconds)


def _limits(seconds: float) -> TryLimits:
    """Return what a variant may take of a suite that takes so long."""
    most = _SPARE + _TIMES * seconds
    return TryLimits(most, _WAIT * most)


def _is_test(suite: Suite, name: str) -> bool:
    """Tell whether a name that was written down beside other people's code can be given to pytest."""
    return name.startswith(suite.tests) and "::" in name and name.isprintable()


def _tests_of(
    laid: LaidOut, recorded: Recorded, path: str, module: Module, known: frozenset[str]
) -> Iterator[tuple[tuple[str, int], frozenset[str]]]:
    """Give the functions of a file that could be samples, with the tests that run them: all, where imports do."""
    seen_path = f"{laid.suite.source}/{path}".lstrip("/")
    units = read_units(laid.files[path]) or {}
    by_line = {one.line: one for one in units.values() if one.kind is UnitKind.FUNCTION}
    for node in module.functions:
        unit = by_line.get(node.lineno) or by_line.get(begin_of(node))
        seen = recorded.recording.seen(seen_path, unit) if has_size(node) else None
        if seen is None or not seen.bits:
            continue
        tests = recorded.recording.tests
        ran = frozenset(one for at, one in enumerate(tests) if seen.bits >> at & 1)
        yield (path, begin_of(node)), known if tests[0] in ran else ran


def _collect_of(ready: Ready, bench: Bench, out: Path, counts: Counter[tuple[str, str]], until: float) -> None:
    project = ready.laid.suite.project
    kept = {one.function for one in read_outcomes(out, project.name)}
    left = [(path, pair) for path, pair in drawn(ready) if (project.name, path, pair.begins) not in kept]
    for start in range(0, len(left), BATCH):
        if time.monotonic() > until:
            break
        for sound, faulty in try_pairs(ready, bench, left[start : start + BATCH]):
            if not sound.passed:
                counts[project.name, "its edited sound version fails"] += 1
                continue
            counts[project.name, "survives" if faulty.passed else "is killed"] += 1
            with out.open("a", encoding="utf-8") as file:
                file.write(as_line(sound) + as_line(faulty))


def drawn(ready: Ready, most: int = MOST, seed: int = 0) -> list[tuple[str, Pair]]:
    """Return pairs of functions that tests run, with their paths, in an order by chance: any part of them is fair."""
    name = ready.laid.suite.project.name
    chance = Random(f"{seed} {name}")  # noqa: S311  (a choice of samples, no secret)
    chosen = sorted(chance.sample(sorted(ready.runs), min(most, len(ready.runs))))
    lines: defaultdict[str, set[int]] = defaultdict(set)
    for path, line in chosen:
        lines[path].add(line)
    drawer = Drawer(f"{seed} tried {name}", local_names(list(ready.modules.values())))
    found = [(path, pair) for path in sorted(lines) for pair in drawer.draw(ready.modules[path], lines[path])]
    chance.shuffle(found)
    return found


def try_pairs(ready: Ready, bench: Bench, pairs: Sequence[tuple[str, Pair]]) -> list[tuple[Outcome, Outcome]]:
    """Run the tests of each function on both versions. A sound one without an edit was run with the whole suite."""
    versions = [(path, pair, is_faulty) for path, pair in pairs for is_faulty in (False, True)]
    edited = [at for at, (_, pair, is_faulty) in enumerate(versions) if pair.edits(is_faulty=is_faulty)]
    tries = [_try(ready, *versions[at]) for at in edited]
    tried = bench.run_tests(ready.laid, tries, _limits(ready.seconds))
    passed = {at: True for at in range(len(versions)) if at not in edited}
    passed |= {at: one.passed for at, one in zip(edited, tried, strict=False)}
    found = [_outcome(ready.laid, *one, passed[at]) if at in passed else None for at, one in enumerate(versions)]
    return [(sound, faulty) for sound, faulty in zip(found[::2], found[1::2], strict=True) if sound and faulty]


def _try(ready: Ready, path: str, pair: Pair, is_faulty: bool) -> Try:
    written = Rewritten(ready.modules[path], pair.edits(is_faulty=is_faulty))
    return Try(ready.runs[path, pair.begins], path, written.source)


def _outcome(laid: LaidOut, path: str, pair: Pair, is_faulty: bool, is_passed: bool) -> Outcome:
    site = pair.site
    neutral = pair.edits(is_faulty=False)
    return Outcome(
        project=laid.suite.project.name,
        version=laid.suite.project.version,
        path=path,
        file=hash_of(laid.files[path]),
        line=pair.begins,
        edits=((site.start, site.end, site.replacement), *neutral) if is_faulty else tuple(neutral),
        bug=site.bug if is_faulty else None,
        place=(site.line, site.column) if is_faulty else None,
        passed=is_passed,
    )
