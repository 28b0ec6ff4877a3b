"""What a graph gains from the packages that are installed for a repository, and what that costs.

    python -m benchmarks.graph_packages [--repo PATH] [--environment PATH]

By default this repository with its own environment, or with the one that runs this.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.aims import Aim, at_most, print_aims
from benchmarks.machine import describe_machine
from benchmarks.measuring import time_it
from yantra_bot.domain.graph import EdgeKind, Evidence, Graph
from yantra_bot.graphdb.environment import Environment, find_environment, open_environment
from yantra_bot.graphdb.indexer import Indexer

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 3
FIRST, AGAIN = 1.5, 1.3
"""Times what a resolution without packages takes: where all of them are read, and where what they declare is known."""


@dataclass(frozen=True, slots=True)
class Row:
    """One graph, and the CPU time of its resolution in seconds."""

    name: str
    graph: Graph
    seconds: float

    def text(self) -> str:
        """Return it as a row of the table."""
        calls = [edge for edge in self.graph.edges if edge.kind == EdgeKind.CALLS]
        outside = sum(edge.target.startswith("::") for edge in calls)
        believed = sum(edge.evidence == Evidence.TYPE and edge.target.startswith("::") for edge in calls)
        unresolved = sum(one.kind == EdgeKind.CALLS for one in self.graph.unresolved)
        return f"| {self.name} | {len(calls)} | {outside} | {believed} | {unresolved} | {self.seconds:.2f} |"


def measure(repo: Path, packages: Environment) -> list[Row]:
    """Return the graphs without packages, with packages that are read anew, and with those that are known."""
    rows = []
    for name, environment in (("without packages", None), ("with packages", packages), ("again", packages)):
        indexer = Indexer(repo, environment=environment)
        indexer.refresh()
        seconds = []
        graph = Graph()
        for _ in range(ROUNDS):
            if name == "with packages":
                packages.kept.clear()
            graph, took = time_it(indexer.resolve)
            seconds.append(took.cpu)
        rows.append(Row(name, graph, min(seconds)))
    return rows


def find_aims(without: Row, first: Row, again: Row) -> Iterator[Aim]:
    """Yield what packages may cost."""
    yield at_most("packages are read", first.seconds / without.seconds, FIRST, "×", digits=2)
    yield at_most("packages are known", again.seconds / without.seconds, AGAIN, "×", digits=2)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repo", type=Path, default=ROOT)
    parser.add_argument("--environment", type=Path)
    options = parser.parse_args()
    given: Path | None = options.environment
    packages = open_environment(given) if given else find_environment(options.repo)
    packages = packages or open_environment(Path(sys.prefix))
    if packages is None:
        raise SystemExit("There are no installed packages: name a virtual environment with --environment.")
    rows = measure(options.repo.resolve(), packages)
    read = [known for known in packages.asked.values() if known.digest]
    size = sum((packages.folder / known.path).stat().st_size for known in read)
    print(describe_machine("python -m benchmarks.graph_packages"))
    print(f"\n{len(read)} modules of packages are read, {size / 1e6:.1f} MB; best of {ROUNDS}.\n")
    print("| graph | calls | of the outside | by a declared type | unresolved | resolution, s of CPU |")
    print("|---|---|---|---|---|---|")
    for row in rows:
        print(row.text(), flush=True)
    print_aims(find_aims(*rows))


if __name__ == "__main__":
    main()
