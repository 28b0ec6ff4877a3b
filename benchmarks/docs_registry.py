"""The documentation registry: what it finds beside hand-made truth, and how long it takes.

    python -m benchmarks.docs_registry

The truth is tests/graph_docs: excerpts of the documentation of real projects, read by a person. An entry counts as
found when kind, page and title are the same; its other fields are counted apart.
"""

import json
import statistics
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.aims import at_most, print_aims
from yantra_bot.graphdb.docs.registry import read_registry

ROOT = Path(__file__).parent.parent
TRUTH = ROOT / "tests" / "graph_docs"
TIMES = 20


@dataclass
class Score:
    """How many entries are right, how many were found, how many there are; and of their fields how many are right."""

    right: int = 0
    found: int = 0
    expected: int = 0
    fields_right: int = 0
    fields: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.expected if self.expected else 1.0


def score(folder: Path) -> dict[str, Score]:
    """Return the score of each kind of entry that a project has or was found to have."""
    truth = {(row["kind"], row["path"], row["title"]): row for row in json.loads((folder / "truth.json").read_text())}
    found = {(entry.kind.value, entry.path, entry.title): asdict(entry) for entry in read_registry(folder).entries}
    scores: dict[str, Score] = {}
    for key in [*truth, *(key for key in found if key not in truth)]:
        one = scores.setdefault(key[0], Score())
        one.expected += key in truth
        one.found += key in found
        one.right += key in truth and key in found
        if (key in truth) != (key in found):
            one.wrong.append(f"{'missed' if key in truth else 'invented'}: {key[1]}: {key[2]}")
        if key in truth and key in found:
            _count_fields(one, truth[key], found[key])
    return scores


def _count_fields(one: Score, expected: dict[str, Any], entry: dict[str, Any]) -> None:
    for name, value in expected.items():
        if name not in {"kind", "path", "title"}:
            actual = list(entry[name]) if isinstance(entry[name], tuple) else entry[name]
            one.fields += 1
            one.fields_right += actual == value
            if actual != value:
                one.wrong.append(f"{entry['key']}: {name} is {actual!r}, not {value!r}")


def time_reading(folder: Path) -> tuple[int, int, float, float, float]:
    """Return pages, bytes, and of reading a folder the median and 95th percentile in ms, and the median of CPU time."""
    taken, worked = [], []
    for _ in range(TIMES):
        start, begin = time.perf_counter(), time.process_time()
        registry = read_registry(folder)
        taken.append((time.perf_counter() - start) * 1000)
        worked.append((time.process_time() - begin) * 1000)
    taken.sort()
    size = sum((folder / path).stat().st_size for path in registry.files)
    return len(registry.files), size, statistics.median(taken), taken[int(TIMES * 0.95)], statistics.median(worked)


def projects() -> Iterable[Path]:
    return sorted(path.parent for path in TRUTH.glob("*/truth.json"))


def main() -> None:
    print("| project | kind | entries | precision | recall | fields right |\n| --- | --- | ---: | ---: | ---: | ---: |")
    for folder in projects():
        for kind, one in score(folder).items():
            fields = f"{one.fields_right} of {one.fields}"
            print(f"| {folder.name} | {kind} | {one.expected} | {one.precision:.3f} | {one.recall:.3f} | {fields} |")
            for fault in one.wrong:
                print(f"<!-- {fault} -->")
    print("\n| folder | pages | kB | p50, ms | p95, ms | CPU p50, ms |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    aims = []
    for folder in [*projects(), ROOT]:
        pages, size, median, high, cpu = time_reading(folder)
        name = "this project" if folder == ROOT else folder.name
        print(f"| {name} | {pages} | {size // 1000} | {median:.1f} | {high:.1f} | {cpu:.1f} |")
        aims.append(at_most(f"reading {name}, p50", median, 50, "ms"))
    print_aims(aims)


if __name__ == "__main__":
    main()
