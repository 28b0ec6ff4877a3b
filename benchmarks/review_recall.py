"""Recall of breaks: edits that their users do not follow, seeded into real packages, and who notices.

    python -m benchmarks.review_recall [--seeds N] [--typed N] [--seed S] [--missing] [PACKAGE|LANGUAGE ...]

Python packages come from the package index, TypeScript, Go and Java as in the other benchmarks. A seed of Python
breaks something where pyright has a new error or, where it has none, the package's own tests fail; of TypeScript and
Java where the compiler refuses it (without a compiler, and for Go, what was edited is certain by its text). Noticed
means any finding of the parts `breaks` and `names`, of a severity of at least `warning`. The misses of the first seeds
were read while the rules were written; those of the second seeds, with a package more, were not: the aims are theirs.
"""

import argparse
import difflib
import random
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.aims import Aim, at_least, at_most, print_aims
from benchmarks.graph_dynamic import PACKAGES, STAND_INS, Package
from benchmarks.graph_dynamic import fetch as fetch_tested
from benchmarks.machine import describe_machine
from benchmarks.review_judges import ask_compiler, ask_pyright, find_mentioning, lay_out, run_tests
from benchmarks.review_seeds import Seed, make_seeds, read_sources
from benchmarks.review_seeds_typed import make_typed_seeds
from benchmarks.sources import CACHE, fetch
from benchmarks.sources import PACKAGES as SOURCES
from yantra_bot.domain.findings import Severity
from yantra_bot.domain.graph import EdgeKind
from yantra_bot.domain.review import ChangedFile, FileKind, FileStatus, Hunk
from yantra_bot.graphdb.api_diff import is_test_path
from yantra_bot.graphdb.discovery import Reader
from yantra_bot.graphdb.indexer import Indexer, collector_off
from yantra_bot.graphdb.languages import language_of
from yantra_bot.graphdb.partial import Snapshot, resolve_change
from yantra_bot.graphdb.view import GraphView
from yantra_bot.review.engine import review
from yantra_bot.review.overlays import SMALL
from yantra_bot.review.parts import choose_parts
from yantra_bot.review.subject import Subject, Version

NAMES = ("sqlparse", "marshmallow")
READ, UNREAD = 5, 2026
"""What the two drawings of seeds begin with."""
TYPED = {"TypeScript": "rxjs", "Go": "golang-github-spf13-cobra-dev", "Java": "jpype1"}
REFERRING = (EdgeKind.CALLS, EdgeKind.USES, EdgeKind.IMPORTS, EdgeKind.INHERITS)
HEADER = (
    "| of | kind | seeds | break something | unresolvable | noticed of resolvable | noticed of all "
    f"| pyright, tsc, javac | noticed though harmless |\n{'|---' * 9}|"
)
RECALL, TYPED_RECALL, UNKNOWN = 95, 80, 15
Typed = dict[str, Sequence["Judged"]]


@dataclass(slots=True)
class Judged:
    """One seed, and who noticed. `by_pyright` and `by_tests` are None where they were not asked."""

    seed: Seed
    found: bool = False
    resolvable: bool = True
    by_other: bool | None = None
    by_tests: bool | None = None

    @property
    def broken(self) -> bool:
        asked = [one for one in (self.by_other, self.by_tests) if one is not None]
        return any(asked) if asked else True


class Reviewed:
    """A folder of sources whose edits are reviewed one after the other."""

    def __init__(self, root: Path, files: dict[str, str]) -> None:
        self.files = files
        self.root = root
        for path, text in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text, encoding="utf-8")
        self._indexer = Indexer(root, processes=1)
        self._indexer.refresh()
        self._before = Snapshot(dict(self._indexer.facts), dict(self._indexer.digests))
        self.base = self._version(GraphView.of(self._indexer.resolve()), {})

    def _version(self, view: GraphView, changed: dict[str, str]) -> Version:
        texts = {**self.files, **changed}
        facts = dict(self._indexer.facts)
        return Version(view, facts, lambda path: texts[path].encode() if path in texts else None, texts.keys())

    def _head(self, changed: dict[str, str]) -> Version:
        """Return the head as a review has it: an overlay of the base's graph where the program is large."""
        self._indexer.refresh()
        view = None
        if sum(len(facts.symbols) for facts in self._indexer.facts.values()) > SMALL:
            after = Snapshot(self._indexer.facts, self._indexer.digests)
            texts = {**self.files, **changed}
            with collector_off():
                view = resolve_change(
                    self.base.view,
                    self._before,
                    after,
                    read=Reader(self.root),
                    contents=lambda path: texts[path].encode() if path in texts else None,
                    problems=[],
                )
        return self._version(view or GraphView.of(self._indexer.resolve()), changed)

    def notices(self, seed: Seed) -> bool:
        """Tell whether a review of the seed finds anything."""
        for path, text in seed.files.items():
            (self.root / path).write_text(text, encoding="utf-8")
        head = self._head(seed.files)
        for path in seed.files:
            if path in self.files:
                (self.root / path).write_text(self.files[path], encoding="utf-8")
            else:
                (self.root / path).unlink()
        changed = tuple(_changed(path, self.files.get(path), text) for path, text in sorted(seed.files.items()))
        parts = choose_parts(only=("breaks", "names"))
        result = review(Subject(self.base, head, changed), parts, base="base", head="head")
        for gap in result.gaps:
            print(f"gap: {gap.what}: {gap.why}", file=sys.stderr)
        return any(one.severity.rank >= Severity.WARNING.rank for one in result.findings)

    def resolves(self, seed: Seed) -> bool:
        """Tell whether the graph knows anybody who depends on what the seed edits."""
        view = self.base.view
        if seed.kind == "removed import":
            return True
        if seed.kind == "wrong arity":
            rows = view.in_file(seed.path)
            edges = view.edges_at([int(view.paths[rows[0]])]) if rows else ()
            made = view.make_edges(edges) if rows else []
            calls = (edge for edge in made if edge.kind is EdgeKind.CALLS and edge.line == seed.line)
            return any(not edge.target.startswith("::") for edge in calls)
        for row in view.in_file(seed.path):
            symbol = view.symbol(row)
            is_meant = symbol.name == seed.name and symbol.span.line <= seed.line <= symbol.span.end_line
            if is_meant and len(view.edges_in(row, REFERRING)):
                return True
        return False


def _changed(path: str, before: str | None, after: str) -> ChangedFile:
    old, new = (before or "").split("\n"), after.split("\n")
    codes = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    hunks = tuple(Hunk(i + (i < j), j - i, k + (k < m), m - k) for tag, i, j, k, m in codes if tag != "equal")
    status = FileStatus.ADDED if before is None else FileStatus.MODIFIED
    kind = FileKind.TEST if is_test_path(path) else FileKind.SOURCE
    return ChangedFile(path, status, kind, language=language_of(path), hunks=hunks)


def judge_python(package: Package, count: int, chance: random.Random, folder: Path) -> list[Judged]:
    """Seed one package, and ask everybody."""
    root = fetch_tested(package, CACHE)
    inside = package.inside.replace(".", "/")
    files = _read(root, (inside, "tests"))
    seeds = make_seeds(read_sources(root, inside), count, chance)
    work = folder / package.name
    reviewed = Reviewed(work / "reviewed", {path: text for path, text in files.items() if path.endswith(".py")})
    judged = [Judged(seed, reviewed.notices(seed), reviewed.resolves(seed)) for seed in seeds]
    roots = lay_out(work / "laid", files, seeds)
    own = {path: text for path, text in files.items() if path.startswith(f"{inside}/")}  # what tests say, they show
    asked = [find_mentioning(own, seed, ".py") for seed in seeds]
    by_pyright = ask_pyright(work / "laid", roots, inside, asked)
    aside = work / "stand-ins"
    aside.mkdir()
    for name, text in STAND_INS.items():
        (aside / name).write_text(text)
    failing = run_tests(roots[0], package.ignored, aside)
    for at, one in enumerate(judged):
        one.by_other = None if by_pyright is None else by_pyright[at]
        if not one.by_other:
            one.by_tests = bool(run_tests(roots[at + 1], package.ignored, aside) - failing)
    return judged


def _read(root: Path, folders: Sequence[str]) -> dict[str, str]:
    found = {}
    for folder in folders:
        for path in sorted((root / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                try:
                    found[path.relative_to(root).as_posix()] = path.read_text(encoding="utf-8")
                except UnicodeDecodeError:
                    continue
    return found


def judge_typed(language: str, count: int, chance: random.Random, folder: Path) -> list[Judged] | None:
    """Seed a package of another language; None where its sources cannot be had."""
    package = next(one for one in SOURCES if one.name == TYPED[language])
    got = fetch(package)
    if got is None:
        return None
    top = CACHE / package.name.replace("/", "-") / "unpacked"
    files = {path.relative_to(top).as_posix(): path.read_text("utf-8", "replace") for path in got[1]}
    manifest = {path.relative_to(top).as_posix(): path.read_text() for path in top.rglob("go.mod")}
    seeds = make_typed_seeds(language, files, count, chance)
    work = folder / language
    reviewed = Reviewed(work / "reviewed", {**files, **manifest})
    judged = [Judged(seed, reviewed.notices(seed), reviewed.resolves(seed)) for seed in seeds]
    by_compiler = ask_compiler(language, lay_out(work / "laid", files, [])[0], files, seeds)
    for at, one in enumerate(judged):
        one.by_other = None if by_compiler is None else by_compiler[at]
    return judged


def percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 0.0


def rows(name: str, judged: Sequence[Judged]) -> Iterator[str]:
    """Yield the rows of one table: for each kind, and for all."""
    kinds: dict[str, list[Judged]] = defaultdict(list)
    for one in judged:
        kinds[one.seed.kind].append(one)
    for kind, those in [*kinds.items(), ("all", list(judged))]:
        broken = [one for one in those if one.broken]
        known = [one for one in broken if one.resolvable]
        others = [one for one in broken if one.by_other is not None]
        other = f"{sum(bool(one.by_other) for one in others)} of {len(others)}" if others else "-"
        found = sum(one.found for one in known)
        harmless = [one for one in those if not one.broken]
        cells = (name, kind, len(those), len(broken), len(broken) - len(known), f"{found} of {len(known)}")
        noticed = f"{sum(one.found for one in broken)} of {len(broken)}"
        yield f"| {' | '.join(map(str, (*cells, noticed, other, sum(one.found for one in harmless))))} |"


def find_aims(python: Sequence[Judged], typed: Typed) -> Iterator[Aim]:
    """Yield what the issue wants."""
    broken = [one for one in python if one.broken]
    known = [one for one in broken if one.resolvable]
    share = percent(sum(one.found for one in known), len(known))
    if broken:
        yield at_least("Python: recall where callers are resolvable", share, RECALL, "%", digits=1)
        yield at_most("Python: unresolvable", percent(len(broken) - len(known), len(broken)), UNKNOWN + 0.1, "%")
    for language, judged in typed.items():
        those = [one for one in judged if one.broken]
        share = percent(sum(one.found for one in those), len(those))
        yield at_least(f"{language}: recall", share, TYPED_RECALL, "%", digits=1)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=(*NAMES, "mistune", *TYPED), help="packages of Python, languages")
    parser.add_argument("--seeds", type=int, default=30, help="of each Python package")
    parser.add_argument("--typed", type=int, default=30, help="of each other language")
    parser.add_argument("--seed", type=int, default=UNREAD, help="that others are drawn by")
    parser.add_argument("--missing", action="store_true", help="name what was not noticed")
    options = parser.parse_args()
    print(describe_machine("python -m benchmarks.review_recall"))
    with tempfile.TemporaryDirectory() as name:
        if options.seed == UNREAD:
            print("\nSeeds whose misses were read:")
            _judge_all(options, READ, Path(name, "read"))
            print("\nSeeds whose misses nobody has read:")
        print_aims(find_aims(*_judge_all(options, options.seed, Path(name, "unread"))))


def _judge_all(options: argparse.Namespace, seed: int, folder: Path) -> tuple[list[Judged], Typed]:
    """Print the table of one drawing; return what was judged, of Python and by language."""
    folder.mkdir()
    print(f"\n{HEADER}")
    everything: list[Judged] = []
    typed: Typed = {}
    for package in PACKAGES:
        if package.name in options.names and (seed != READ or package.name in NAMES):
            judged = judge_python(package, options.seeds, random.Random(seed), folder)
            everything += judged
            _print(package.name, judged, is_wordy=options.missing)
    for language in [one for one in TYPED if one in options.names]:
        if (found := judge_typed(language, options.typed, random.Random(seed), folder)) is not None:
            typed[language] = found
            _print(f"{language}: {TYPED[language]}", found, is_wordy=options.missing)
    return everything, typed


def _print(name: str, judged: Sequence[Judged], *, is_wordy: bool) -> None:
    for row in rows(name, judged):
        print(row, flush=True)
    for one in judged if is_wordy else ():
        if one.broken is not one.found:
            what, seed = "missed" if one.broken else "harmless", one.seed
            how = "" if one.resolvable else "un"
            print(
                f"{what} ({how}resolvable): {seed.kind} {seed.path}:{seed.line} {seed.name}",
                file=sys.stderr,
                flush=True,
            )


if __name__ == "__main__":
    main()
