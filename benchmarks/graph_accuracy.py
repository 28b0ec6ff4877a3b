"""Accuracy of the graph over our own programs with known truth: by language, by feature, by edge kind."""

import sys
from collections import defaultdict
from dataclasses import dataclass

from benchmarks.machine import describe_machine
from tests.graph_programs import Case, build, find_pairs, read_cases


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
        precision = self.right / (self.right + self.extra) if self.right + self.extra else 1.0
        recall = self.right / (self.right + self.missing) if self.right + self.missing else 1.0
        return (
            f"| {name} | {self.programs} | {self.complete} | {self.sound} | {self.right + self.missing} "
            f"| {precision:.3f} | {recall:.3f} |"
        )


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


def main() -> None:
    """Print one table for each view."""
    sys.stdout.write(describe_machine("python -m benchmarks.graph_accuracy") + "\n")
    for view, scores in score(list(read_cases())).items():
        sys.stdout.write(f"\n| {view} | programs | complete | sound | edges | precision | recall |\n")
        sys.stdout.write("|---|---|---|---|---|---|---|\n")
        for name in sorted(scores):
            sys.stdout.write(scores[name].row(name) + "\n")


if __name__ == "__main__":
    main()
