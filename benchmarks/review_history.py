"""Precision on history: of commits that were merged, breaks and missing names that a review tells are presumed false.

    python -m benchmarks.review_history [--repo GITDIR …] [--most 100] [--skip 0] [--compare]

A repository is a clone with its past, bare or not; without `--repo` those that the environment variable
BENCHMARK_REPOSITORIES names are taken (separated like a PATH). The newest merged commits (first parents) that change
code are reviewed against their parents. Every finding of a family that is presumed false is printed, for a person to
look at. `--compare` also resolves each head whole, and tells where findings over the overlay differ from those.
"""

import argparse
import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from benchmarks.aims import Aim, at_most, print_aims
from benchmarks.localisation_git import ask, name_repository
from benchmarks.machine import describe_machine
from benchmarks.measuring import time_it
from yantra_bot.domain.findings import Finding, Severity
from yantra_bot.domain.review import ReviewRules
from yantra_bot.graphdb.languages import language_of
from yantra_bot.review.changes.diff import compare_trees
from yantra_bot.review.changes.files import read_changes
from yantra_bot.review.changes.symbols import compare_symbols
from yantra_bot.review.engine import review
from yantra_bot.review.graphs import open_versions
from yantra_bot.review.parts import choose_parts
from yantra_bot.review.subject import Subject
from yantra_bot.review.trees import Trees, open_trees
from yantra_bot.sandbox.mirror import open_mirror

VARIABLE: Final = "BENCHMARK_REPOSITORIES"
LIMIT: Final = 2.0
"""Findings a hundred commits."""
PRESUMED_FALSE: Final = (
    "names/undefined-name",
    "names/missing-",
    "names/parse-error",
    "names/circular-import",
    "graph/",
)
PARTS: Final = ("breaks", "names")


@dataclass(slots=True)
class Tally:
    """What the commits of one repository came to."""

    commits: int = 0
    failed: int = 0
    seconds: list[float] = field(default_factory=list)
    presumed: int = 0
    rules: Counter[str] = field(default_factory=Counter)
    compared: int = 0
    differing: int = 0

    def per_hundred(self) -> float:
        return 100 * self.presumed / max(self.commits, 1)


def choose_commits(repository: Path, most: int, skip: int) -> Iterator[tuple[str, str]]:
    """Yield merged commits that change code, with their parents, the newest first."""
    count = 0
    for line in ask(repository, "log", "--first-parent", "--format=%H %P", f"--skip={skip}").splitlines():
        commit, *parents = line.split()
        if count == most or not parents:
            return
        names = ask(repository, "diff", "--name-only", "-z", parents[0], commit).split("\0")
        if any(language_of(name) is not None for name in names):
            count += 1
            yield commit, parents[0]


def look_at(trees: Trees, commit: str, parent: str, *, exact: bool = False) -> list[Finding]:
    """Return what a review of one commit finds."""
    with tempfile.TemporaryDirectory() as scratch:
        base, head = trees.open(parent), trees.open(commit)
        changes = read_changes(compare_trees(trees, base.id, head.id), base, head, ReviewRules())
        versions = open_versions(trees, base, head, scratch=Path(scratch), exact=exact)
        symbols = compare_symbols(changes.files, versions.base, versions.head)
        subject = Subject(versions.base, versions.head, changes.files, symbols)
        found = review(subject, choose_parts(only=PARTS), base=parent, head=commit)
        for gap in found.gaps:
            print(f"- {commit[:10]} gap: {gap.what}: {gap.why}", flush=True)
        return list(found.findings)


def is_presumed_false(finding: Finding) -> bool:
    """Tell whether a merged commit is not expected to have such a finding."""
    return finding.rule.startswith(PRESUMED_FALSE) and finding.severity.rank >= Severity.WARNING.rank


def review_repository(repository: Path, most: int, skip: int, *, compare: bool) -> Tally:
    """Review the commits of one repository, and print what is to be looked at."""
    tally = Tally()
    descriptor = open_mirror(repository)
    try:
        commits = list(choose_commits(repository, most, skip))
        with tempfile.TemporaryDirectory() as scratch, open_trees(descriptor, Path(scratch), commits[0][0]) as trees:
            for commit, parent in commits:
                _review_commit(tally, trees, commit, parent, compare=compare)
    finally:
        os.close(descriptor)
    return tally


def _review_commit(tally: Tally, trees: Trees, commit: str, parent: str, *, compare: bool) -> None:
    found, took = time_it(lambda: look_at(trees, commit, parent))
    tally.commits += 1
    tally.seconds.append(took.cpu)
    for finding in found:
        tally.rules[finding.rule] += 1
        if is_presumed_false(finding):
            tally.presumed += 1
            where = f"{finding.path}:{finding.line}"
            print(f"- {commit[:10]} {finding.severity} {finding.rule} {where} {finding.message[:300]}", flush=True)
            for evidence in finding.evidence[:3]:
                print(f"    - {evidence.path}:{evidence.line} {evidence.text[:120]}", flush=True)
    if compare:
        whole = {one.fingerprint: one for one in look_at(trees, commit, parent, exact=True)}
        over = {one.fingerprint: one for one in found}
        tally.compared += 1
        tally.differing += whole.keys() != over.keys()
        for mark in whole.keys() ^ over.keys():
            one = whole.get(mark) or over[mark]
            which = "only when resolved whole" if mark in whole else "only over the overlay"
            print(f"- {commit[:10]} {which}: {one.rule} {one.path}:{one.line} {one.message[:160]}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repo", action="append", type=Path, default=[])
    parser.add_argument("--most", type=int, default=100)
    parser.add_argument("--skip", type=int, default=0)
    parser.add_argument("--compare", action="store_true")
    asked = parser.parse_args()
    repositories = asked.repo or [Path(one) for one in os.environ.get(VARIABLE, "").split(os.pathsep) if one]
    if not repositories:
        raise SystemExit(f"Name repositories with --repo, or in {VARIABLE}.")
    print(describe_machine("python -m benchmarks.review_history"))
    print(f"Merged commits, each reviewed against its parent, with the parts {' and '.join(PARTS)}.\n")
    tallies = {}
    for repository in repositories:
        name = name_repository(repository)
        print(f"{name}:", flush=True)
        tallies[name] = review_repository(repository, asked.most, asked.skip, compare=asked.compare)
        print(f"- {dict(sorted(tallies[name].rules.items()))} in all, {tallies[name].commits} commits\n", flush=True)
    report(tallies)


def report(tallies: dict[str, Tally]) -> None:
    """Print the figures and the aims."""
    print("| repository | commits | presumed false | a hundred commits | processor time of one (median) |")
    print("|---|---|---|---|---|")
    aims: list[Aim] = []
    for name, tally in tallies.items():
        middle = sorted(tally.seconds)[len(tally.seconds) // 2] if tally.seconds else 0.0
        print(f"| {name} | {tally.commits} | {tally.presumed} | {tally.per_hundred():.1f} | {middle:.2f} s |")
        aims.append(at_most(f"{name}: presumed false, a hundred merged commits", tally.per_hundred(), LIMIT))
        if tally.compared:
            share = 100 * tally.differing / tally.compared
            aims.append(at_most(f"{name}: commits whose findings differ from a whole resolution's", share, 1.0, "%"))
    print_aims(aims)


if __name__ == "__main__":
    main()
