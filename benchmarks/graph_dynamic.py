"""Recall of calls that really happen: real packages run their own tests under a recorder, then the graph is asked.

    python -m benchmarks.graph_dynamic [--missing N] [--folder PATH] [NAME ...]

Source distributions come from the package index by name, version and hash. The tests run in this Python with nothing
else installed. Only edges count whose two ends lie inside of the package; the graph is that of the whole distribution.
"""

import argparse
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

from benchmarks.aims import at_least, print_aims
from benchmarks.machine import describe_machine
from tests.graph_programs import FOLDER, Pair
from yantra_bot.domain.graph import EdgeKind, Evidence, Graph, NodeKind
from yantra_bot.graphdb.indexer import Indexer

TRACING = FOLDER / "tracing.py"
STAND_INS = {"simplejson.py": "from json import *\n"}
"""For what tests import and need nothing special of."""
GOAL = 0.8


@dataclass(frozen=True, slots=True)
class Package:
    """A source distribution with its tests."""

    name: str
    version: str
    digest: str
    inside: str
    """Where its own code is, as a dotted name from the root of the distribution."""
    style: str
    ignored: tuple[str, ...] = ()
    """Tests that need what is not here."""


PACKAGES = (
    Package(
        "click",
        "8.5.1",
        "9bbfada76703fd1d784b83eea012e3e8c6a001a876543ef104fa56aaaeb072b4",
        "src.click",
        "decorators and callbacks",
    ),
    Package(
        "marshmallow",
        "4.4.0",
        "9e6ffa8511012ca89732324c1c253efd7b4d35632dcbdf80aa793fe01804af3e",
        "src.marshmallow",
        "declared classes, a metaclass",
    ),
    Package(
        "sqlparse",
        "0.6.1",
        "ca722573f848ff2d30e40ea30f53a104b7dea7635ea9285891263eb2c58fb6e7",
        "sqlparse",
        "generators, a tree of objects",
    ),
    Package(
        "mistune",
        "3.4.0",
        "2eaf7952af928ca8d33b779762effc1da517b62c6ad85ec8ca957e3b07b9782a",
        "src.mistune",
        "tables of functions, plugins",
    ),
    Package(
        "jinja2",
        "3.1.6",
        "0137fb05990d35f1275a587e9aee6d56da821fc83491a0fb838183be43f66d6d",
        "src.jinja2",
        "visitors, code made at run time",
        ("tests/test_async.py", "tests/test_async_filters.py"),
    ),
)


def fetch(package: Package, folder: Path) -> Path:
    """Download and unpack a distribution and return its root."""
    root = folder / f"{package.name}-{package.version}"
    if root.is_dir():
        return root
    wanted = folder / f"{package.name}.txt"
    wanted.write_text(f"{package.name}=={package.version} --hash=sha256:{package.digest}\n")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--no-binary", ":all:", "--require-hashes", "--requirement", str(wanted), "--dest", str(folder)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    with tarfile.open(next(folder.glob(f"{package.name}-*.tar.gz"))) as archive:
        archive.extraction_filter = getattr(tarfile, "data_filter", None)  # Debian's 3.11.2 has none
        archive.extractall(folder)
    return root


def record(package: Package, root: Path, folder: Path) -> dict[str, list[Pair]]:
    """Run the tests of a package under the recorder and return the edges inside of the package."""
    aside = folder / "stand-ins"
    aside.mkdir(exist_ok=True)
    for name, text in STAND_INS.items():
        (aside / name).write_text(text)
    out = folder / f"{package.name}.json"
    command = [sys.executable, "-B", str(TRACING), "module", str(root), str(out), "pytest", "-q"]
    command += ["-p", "no:cacheprovider", "tests", *(f"--ignore={path}" for path in package.ignored)]
    path = os.pathsep.join([str(root / "src"), str(root), str(aside)])
    environment = {**os.environ, "PYTHONPATH": path, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    if not out.exists():
        raise SystemExit(f"{package.name}: no recording\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    print(f"{package.name}: {done.stdout.strip().splitlines()[-1]}", file=sys.stderr)
    content = json.loads(out.read_text())
    return {
        name: [(a, b) for a, b in content[name] if is_inside(package, a) and is_inside(package, b)]
        for name in ("edges", "through")
    }


def is_inside(package: Package, name: str) -> bool:
    return name == package.inside or name.startswith(f"{package.inside}.")


@dataclass(slots=True)
class Outcome:
    """What the graph knows of the recorded edges of one package."""

    package: Package
    seen: set[Pair]
    through: set[Pair]
    found: set[Pair]
    guessed: set[Pair]
    """By nothing but an equal name."""
    calls: int
    """References of calls inside of the package that the graph resolved."""
    unresolved: int
    unnamed: dict[str, set[str]]
    """Names of unresolved references, by who makes them."""

    @property
    def missing(self) -> set[Pair]:
        return self.seen - self.found

    def row(self) -> str:
        direct = self.seen - self.through
        return (
            f"| {self.package.name} {self.package.version} | {self.package.style} | {len(self.seen)} "
            f"| {len(self.seen & self.found) / len(self.seen):.3f} | {len(direct & self.found) / len(direct):.3f} "
            f"| {len(self.seen & (self.found | self.guessed)) / len(self.seen):.3f} "
            f"| {self.unresolved / (self.calls + self.unresolved):.3f} |"
        )

    def cause(self, pair: Pair) -> str:
        """Say why an edge is missing, as far as can be told from outside."""
        caller, callee = pair
        name = callee.rpartition(".")[2]
        unresolved = self.unnamed.get(caller, set())
        if pair in self.through:
            return "code from outside or made at run time lies between"
        if name in unresolved:
            return "unresolved, its name is known"
        if name.startswith("__") and name not in ("__init__", "__new__", "__call__"):
            return "a protocol's method, its object is not known"
        if unresolved:
            return "the caller has other unresolved calls"
        return "the caller's calls are all resolved, to others"


def compare(package: Package, graph: Graph, recorded: dict[str, list[Pair]]) -> Outcome:
    """Return which of the recorded edges the graph has."""
    symbols = {symbol.key: symbol for symbol in graph.symbols}
    calls = [edge for edge in graph.edges if edge.kind == EdgeKind.CALLS and symbols[edge.source].path]
    inside = [edge for edge in calls if is_inside(package, symbols[edge.source].qualified_name)]
    pairs: dict[bool, set[Pair]] = defaultdict(set)
    for edge in inside:
        pair = (symbols[edge.source].qualified_name, symbols[edge.target].qualified_name)
        pairs[edge.evidence == Evidence.NAME].add(pair)
    unnamed: dict[str, set[str]] = defaultdict(set)
    unresolved = 0
    for one in graph.unresolved:
        if is_inside(package, symbols[one.source].qualified_name) and one.kind == EdgeKind.CALLS:
            unnamed[symbols[one.source].qualified_name].add(one.name)
            unresolved += 1
    places = {(edge.path, edge.line, edge.column) for edge in inside if edge.evidence != Evidence.NAME}
    seen, through = set(recorded["edges"]), set(recorded["through"])
    return Outcome(package, seen, through, pairs[False], pairs[True], len(places), unresolved, unnamed)


def print_missing(outcomes: list[Outcome], count: int) -> None:
    """Print the causes of what is missing, and the callees that are missed most often."""
    causes = Counter(outcome.cause(pair) for outcome in outcomes for pair in outcome.missing)
    print("\n| cause | missing edges |\n|---|---|")
    for cause, number in causes.most_common():
        print(f"| {cause} | {number} |")
    callers: dict[tuple[str, str], list[str]] = defaultdict(list)
    for outcome in outcomes:
        for pair in sorted(outcome.missing):
            callers[outcome.cause(pair), pair[1]].append(pair[0])
    print("\n| missed callee | by | for example | cause |\n|---|---|---|---|")
    for (cause, callee), names in sorted(callers.items(), key=lambda one: (-len(one[1]), one[0]))[:count]:
        print(f"| `{callee}` | {len(names)} | `{names[0]}` | {cause} |")


def measure(package: Package, folder: Path) -> Outcome:
    """Return the outcome of one package."""
    root = fetch(package, folder)
    recorded = record(package, root, folder)
    graph = Indexer(root).build()
    known = {symbol.qualified_name for symbol in graph.symbols if symbol.kind != NodeKind.EXTERNAL}
    strange = {name for pair in recorded["edges"] for name in pair if name not in known}
    if strange:
        print(f"{package.name}: recorded under names that the graph has not: {sorted(strange)[:5]}", file=sys.stderr)
    return compare(package, graph, recorded)


def main() -> None:
    """Print one row for each package, and what is missing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="packages; all by default")
    parser.add_argument("--missing", type=int, default=30, metavar="N", help="how many missed callees to list")
    parser.add_argument("--folder", type=Path, help="where to keep downloads; by default a temporary folder")
    arguments = parser.parse_args()
    chosen = [package for package in PACKAGES if not arguments.names or package.name in arguments.names]
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        outcomes = [measure(package, folder.resolve()) for package in chosen]
    print(describe_machine("python -m benchmarks.graph_dynamic"))
    print("| package | style | edges seen | recall | directly called | with guesses by name | unresolved |")
    print("|---|---|---|---|---|---|---|")
    for outcome in outcomes:
        print(outcome.row())
    total = sum(len(outcome.seen) for outcome in outcomes)
    found = sum(len(outcome.seen & outcome.found) for outcome in outcomes)
    print(f"\nAll together: {found} of {total} edges, {found / total:.3f}.")
    print_missing(outcomes, arguments.missing)
    print_aims(
        at_least(f"recall of {one.package.name}'s calls", len(one.seen & one.found) / len(one.seen), GOAL)
        for one in outcomes
    )


if __name__ == "__main__":
    main()
