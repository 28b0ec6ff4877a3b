"""Which commit brought a fault: sixty production faults made of three libraries' own code, each among ten commits.

    python -m benchmarks.suspect_ranking

Each fault's traceback is real: the library's own test ran with all ten commits in place. Up to six of the other nine
alter what is done as well, made as the fault is made: up to two in functions of the trace and two in the fault's file,
each of which lets the request work. `only alters` ranks by what a change alters alone, and of the like the newest.
The seed of the figures was not used while the ranking was made; of the same libraries, faults of other seeds were
looked at, a few of them in functions that come again here. Prints a Markdown table.
"""

import hashlib
import os
import random
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from pydantic import TypeAdapter

from benchmarks import suspect_faults, suspect_trials, suspect_world
from benchmarks.aims import at_least, print_aims
from benchmarks.machine import describe_machine
from benchmarks.suspect_trials import Trials
from benchmarks.suspect_world import INSIDE, OUTSIDE, SILENT, Case, World, folder_of
from benchmarks.test_selection import FOLDER
from benchmarks.test_selection_suite import LIBRARIES, Library, Suites, copy_tree
from tests.fakes.mirror import MirrorMaker
from yantra_bot.domain.diagnosing import Question
from yantra_bot.monitor.suspects import Change, functions_of, rank
from yantra_bot.monitor.traces import find_traces
from yantra_bot.retrieval.words import split_words
from yantra_bot.review.trees import open_trees
from yantra_bot.worker.suspects.look import Looked, gather

SEED: Final = 291_120_263
WANTED: Final = {OUTSIDE: 11, INSIDE: 4, SILENT: 5}
"""Of each library."""
T = TypeVar("T")
Lists = tuple[list[str], list[tuple[str, str]]]
"""Commits, and functions as path and qualified name, the likeliest first."""
_CASES: Final = TypeAdapter(tuple[Case, ...])
WAYS: Final = ("suspects", "newest commit", "top frame", "top frame, then newest", "only `alters`")
NAMED, UNNAMED = "no traceback, its name in the words", "no traceback, its name nowhere"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the truth stands in one way's lists, counted from 1; a large number: nowhere."""

    commit: int
    function: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """One case, as each way answers it. `seconds` is what looking took, the graph included."""

    case: Case
    places: dict[str, Place]
    seconds: float


def make_cases(seed: int, libraries: Sequence[str], wanted: dict[str, int]) -> Iterable[Case]:
    """Yield the cases of a seed; what was made once by the same code is kept, since making it takes many minutes."""
    suites = Suites(FOLDER)
    chosen = [library for library in LIBRARIES if library.name in libraries]
    with ThreadPoolExecutor(len(LIBRARIES)) as threads:  # nearly all of the time is spent in processes that run tests
        kept = list(threads.map(lambda library: _keep_cases(suites, library, seed, wanted), chosen))
    for path in kept:
        yield from _CASES.validate_json(path.read_bytes())


def _keep_cases(suites: Suites, library: Library, seed: int, wanted: dict[str, int]) -> Path:
    kept = FOLDER / f"suspect-cases-{_mark(seed, library.name, wanted)}.json"
    if not kept.exists():
        root = copy_tree(suites.fetch(library), folder_of(FOLDER, f"{library.name}-{seed}"))
        trials = Trials(suites.python, root, library)
        try:
            made = tuple(World(trials, random.Random(f"{seed} {library.name}")).cases(wanted))
        finally:
            trials.close()
        kept.write_bytes(_CASES.dump_json(made))
    return kept


def _mark(seed: int, library: str, wanted: dict[str, int]) -> str:
    """Return what stands for how the cases of a library are made."""
    made_by = [Path(module.__file__ or "").read_bytes() for module in (suspect_faults, suspect_trials, suspect_world)]
    told = f"{seed} {library} {sorted(wanted.items())}".encode()
    return f"{library}-{hashlib.sha256(b''.join([*made_by, told])).hexdigest()[:12]}"


def look_at(case: Case, answer: Callable[[Looked, list[str]], dict[str, Place]]) -> Outcome:
    """Commit a case's changes to a repository, look at it, and hold the answers against the truth."""
    with tempfile.TemporaryDirectory(prefix="yantra-suspects-") as folder:
        maker = MirrorMaker(Path(folder) / "repository")
        files = dict(case.base)
        commits = [maker.commit({path: text.encode() for path, text in files.items()})]
        for number, change in enumerate(case.commits):
            files |= change
            tree = maker.commit({path: text.encode() for path, text in files.items()})
            commits.append(maker.child(tree, commits[-1], f"Change {number + 1}"))
        question = Question(commits[-1], commits[0], find_traces(case.trace), case.words)
        scratch = Path(folder) / "scratch"
        scratch.mkdir()
        descriptor = maker.open()
        began = time.perf_counter()
        try:
            with open_trees(descriptor, scratch, commits[-1]) as trees:
                looked = gather(trees, question, scratch=scratch)
                seconds = time.perf_counter() - began
                return Outcome(case, answer(looked, commits[1:]), seconds)
        finally:
            os.close(descriptor)


def answer_all(case: Case) -> Callable[[Looked, list[str]], dict[str, Place]]:
    """Return what holds each way's answer against a case's truth."""

    def answer(looked: Looked, commits: list[str]) -> dict[str, Place]:
        bad, newest = commits[case.bad], commits[::-1]
        lists = {
            "suspects": _by_suspects(looked),
            "newest commit": (newest, [f for c in newest for f in _functions(looked, c)]),
            "top frame": _by_top_frame(looked, newest),
            "top frame, then newest": _by_top_frame(looked, newest, then=newest),
            "only `alters`": _by_alters(looked, newest),
        }
        return {
            way: Place(_place(found, lambda one: one == bad), _place(functions, lambda one: is_the_one(case, *one)))
            for way, (found, functions) in lists.items()
        }

    return answer


def is_the_one(case: Case, path: str, function: str) -> bool:
    """Tell whether a function of a file, by its qualified name, is the one that the fault is in."""
    return path == case.path and f".{function}".endswith(f".{case.function}")


def is_named(case: Case) -> bool:
    """Tell whether the words of what is seen hold the name of the function at fault; for `__eq__`, that of its type."""
    parts = case.function.split(".")
    is_special = parts[-1].startswith("__") and len(parts) > 1
    name = set(split_words(parts[-2] if is_special else parts[-1]))
    return bool(name) and name <= set(split_words(case.words))


def _by_suspects(looked: Looked) -> Lists:
    ranked = rank(looked.changes)
    return [one.commit for one in ranked], [_function(one) for one in functions_of(ranked)]


def _by_top_frame(looked: Looked, newest: list[str], then: Sequence[str] = ()) -> Lists:
    """Return the commits that changed the functions of the trace, the deepest first; `then` others."""
    found: list[str] = []
    functions: list[tuple[str, str]] = []
    for frame in reversed(looked.frames):
        row = looked.surroundings.function_at(frame.path, frame.line, frame.function)
        if row is not None:
            symbol = looked.surroundings.view.symbol(row)
            functions.append((symbol.path, symbol.qualified_name))
            found += [one for one in newest if functions[-1] in _functions(looked, one)]
    functions += [one for commit in then for one in _functions(looked, commit)]
    return list(dict.fromkeys([*found, *then])), list(dict.fromkeys(functions))


def _by_alters(looked: Looked, newest: list[str]) -> Lists:
    """Return what alters most first, and of the like the newest: what one signal alone finds."""
    changes = sorted(
        looked.changes, key=lambda one: (-one.signals.alters * one.signals.is_code, newest.index(one.commit))
    )
    return list(dict.fromkeys(one.commit for one in changes)), [_function(one) for one in changes if one.function]


def _function(change: Change) -> tuple[str, str]:
    return change.place.rpartition(":")[0], change.function


def _functions(looked: Looked, commit: str) -> list[tuple[str, str]]:
    return [_function(one) for one in looked.changes if one.commit == commit and one.function]


def _place(found: Sequence[T], is_right: Callable[[T], bool]) -> int:
    return next((at for at, one in enumerate(found, 1) if is_right(one)), 10**6)


def share(outcomes: Sequence[Outcome], way: str, what: str, most: int) -> float:
    """Return the share of cases in which the truth is among the first."""
    places = [one.places[way].commit if what == "commit" else one.places[way].function for one in outcomes]
    return sum(place <= most for place in places) / max(len(places), 1)


def kinds_of(case: Case) -> tuple[str, ...]:
    """Return the names of the groups that a case counts in, beside all."""
    return (case.kind, NAMED if is_named(case) else UNNAMED) if case.kind == SILENT else (case.kind,)


def print_table(outcomes: Sequence[Outcome]) -> None:
    print("| faults | count | way | commit first | in the top 3 | function first | in the top 3 |")
    print("|---|---|---|---|---|---|---|")
    for kind in ("all", OUTSIDE, INSIDE, SILENT, NAMED, UNNAMED):
        chosen = [one for one in outcomes if kind in ("all", *kinds_of(one.case))]
        for way in WAYS:
            shares = [share(chosen, way, what, most) for what in ("commit", "function") for most in (1, 3)]
            print(f"| {kind} | {len(chosen)} | {way} | {' | '.join(f'{100 * one:.0f} %' for one in shares)} |")


def main() -> None:
    print(describe_machine("python -m benchmarks.suspect_ranking"))
    names = [library.name for library in LIBRARIES]
    report([look_at(case, answer_all(case)) for case in make_cases(SEED, names, WANTED)])


def _below(shares: dict[str, tuple[float, float]]) -> str:
    """Return by how much each share is below what is wanted."""
    below = [f"{what} by {100 * (wanted - got):.1f}" for what, (got, wanted) in shares.items() if got < wanted]
    return f"Below what is wanted, in points of a hundred: {', '.join(below) or 'nothing'}."


def report(outcomes: Sequence[Outcome]) -> None:
    """Print what was measured, and the aims."""
    print_table(outcomes)
    seconds = sorted(one.seconds for one in outcomes)
    print(f"\nOne look takes {statistics.median(seconds):.2f} s at the median, {seconds[-1]:.2f} s at most.")
    missed = [one for one in outcomes if one.places["suspects"].commit > 3]
    print(f"Not in the top 3: {', '.join(f'{one.case.function} ({one.case.edit})' for one in missed) or 'none'}.")
    edits = Counter(one.case.edit for one in outcomes)
    print(f"The faults: {', '.join(f'{count} x {edit}' for edit, count in sorted(edits.items()))}.")
    shares = {
        f"right {what} {'first' if most == 1 else f'in the top {most}'}": (
            share(outcomes, "suspects", what, most),
            wanted,
        )
        for what in ("commit", "function")
        for most, wanted in ((1, 0.85), (3, 0.95))
    }
    print(_below(shares))
    print(
        f"Seed {SEED}: the ranking was not changed after it was first looked at. Others use the machine, which counts"
        " for the seconds and not for the shares. Words are no more than a probe's name and what it calls: some name"
        " nothing."
    )
    silent = sum(one.case.kind == SILENT for one in outcomes)
    elsewhere = sum(one.case.kind == OUTSIDE for one in outcomes)
    print_aims(
        [
            at_least("faults", len(outcomes), 60, digits=0),
            at_least("of them without any traceback", silent, 15, digits=0),
            at_least("of them that throw outside of the changed function", elsewhere / max(len(outcomes), 1), 0.5),
            *(at_least(what, measured, wanted) for what, (measured, wanted) in shares.items()),
        ]
    )


if __name__ == "__main__":
    main()
