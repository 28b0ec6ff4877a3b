"""Accuracy of the graph over our own programs with known truth: by language, by feature, by edge kind."""

import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.aims import Aim, at_least, print_aims
from benchmarks.machine import describe_machine
from tests.graph_programs import Case, build, find_pairs, read_cases

GOALS = {
    "python": (0.98, 0.96),
    "javascript": (0.95, 0.85),
    "java": (0.95, 0.85),
    "typescript": (0.9, 0.8),
    "go": (0.9, 0.8),
    "rust": (0.9, 0.8),
}
"""Precision and recall of calls."""
PROGRAMS, PROGRAMS_EACH = 200, 25
"""How many there should be: in all, and for each language besides Python."""


@dataclass(slots=True)
class Score:
    """Counts over some programs. Complete: nothing invented. Sound: nothing missing."""

    programs: int = 0
    complete: int = 0
    sound: int = 0
    right: int = 0
    extra: int = 0
    missing: int = 0

    def add(self, truth: set[tuple[str, str]], found: set[tuple[str, str]]) -> None:
        """Count one program."""
        self.programs += 1
        self.right += len(truth & found)
        self.extra += len(found - truth)
        self.missing += len(truth - found)
        self.complete += found <= truth
        self.sound += truth <= found

    def row(self, name: str) -> str:
        """Return the counts as a row of a table."""
        return (
            f"| {name} | {self.programs} | {self.complete} | {self.sound} | {self.right + self.missing} "
            f"| {self.precision:.3f} | {self.recall:.3f} |"
        )

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.extra) if self.right + self.extra else 1.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missing) if self.right + self.missing else 1.0


def score(cases: list[Case]) -> dict[str, dict[str, Score]]:
    """Return the scores by language, by language and feature, and by edge kind."""
    scores: dict[str, dict[str, Score]] = {name: defaultdict(Score) for name in ("language", "feature", "kind")}
    for case in cases:
        graph = build(case)
        for kind, truth in case.truth.items():
            found = find_pairs(graph, kind)
            scores["kind"][f"{kind}, {case.language}"].add(truth, found)
            if kind == "calls":
                scores["language"][case.language].add(truth, found)
                scores["feature"][f"{case.language}: {case.feature}"].add(truth, found)
    return scores


def find_aims(scores: dict[str, Score]) -> Iterator[Aim]:
    """Yield the aims for each language and for the suite."""
    for language, (precision, recall) in GOALS.items():
        yield at_least(f"{language}: precision of calls", scores[language].precision, precision)
        yield at_least(f"{language}: recall of calls", scores[language].recall, recall)
    yield at_least("programs with known truth", sum(one.programs for one in scores.values()), PROGRAMS, digits=0)
    fewest = min(one.programs for language, one in scores.items() if language != "python")
    yield at_least("programs of the language with the fewest", fewest, PROGRAMS_EACH, digits=0)


def main() -> None:
    """Print one table for each view."""
    sys.stdout.write(describe_machine("python -m benchmarks.graph_accuracy") + "\n")
    views = score(list(read_cases()))
    for view, scores in views.items():
        sys.stdout.write(f"\n| {view} | programs | complete | sound | edges | precision | recall |\n")
        sys.stdout.write("|---|---|---|---|---|---|---|\n")
        for name in sorted(scores):
            sys.stdout.write(scores[name].row(name) + "\n")
    print_aims(find_aims(views["language"]))


if __name__ == "__main__":
    main()
