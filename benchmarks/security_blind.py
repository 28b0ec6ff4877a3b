"""What the security rules find in code by somebody who had not seen them: each language and each of OWASP's classes.

    python -m benchmarks.security_blind [--false]

The files lie below `tests/security_blind/`; each hole in them is marked with its class. A finding on a marked line, or
on the line before or behind it, counts as found, any other as false. `first` are the rules as they were when they met
these files for the first time, read from the repository's history. Whoever mended rules afterwards had seen what was
missed, so that only that column is blind. All rules run in one start of the engine. `--false` prints the
false findings, too.
"""

import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from benchmarks.aims import Aim, at_least, at_most, print_aims
from benchmarks.machine import describe_machine
from tests.fakes.annotated_cases import ANALYZERS
from tests.fakes.rule_engine import RULE_FILES, Subject, read_rules, run_rules

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "tests" / "security_blind"
FIRST = "1e28e42"
"""The commit with the first rules for every language."""
_HOLE = re.compile(r"vuln:\s*(A\d\d)\b")
_NAMES = {"javascript": "JavaScript", "typescript": "TypeScript"}


@dataclass(frozen=True, slots=True)
class Source:
    """One file, and the class of each hole by its line."""

    path: Path
    lines: tuple[str, ...]
    holes: dict[int, str]

    @property
    def language(self) -> str:
        return _NAMES.get(self.path.parent.name, self.path.parent.name.title())


@dataclass(slots=True)
class Score:
    """What some rules came to: found holes by language and by class, and places in words."""

    found: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)
    false_places: list[str] = field(default_factory=list)


def read_sources() -> list[Source]:
    found = []
    for path in sorted(FOLDER.glob("*/*")):
        if path.suffix in ANALYZERS:
            lines = tuple(path.read_text().splitlines())
            holes = {number: match[1] for number, line in enumerate(lines, 1) if (match := _HOLE.search(line))}
            found.append(Source(path, lines, holes))
    return found


def first_rules() -> list[dict[str, Any]] | None:
    """Return the rules of the first run, None in a checkout without that history."""
    listed = _git("ls-tree", "-r", "--name-only", FIRST, "runners/rules")
    files = [name for name in (listed or "").splitlines() if name.endswith(".yaml")]
    texts = [_git("show", f"{FIRST}:{name}") for name in files]
    return [rule for text in texts if text for rule in yaml.safe_load(text)["rules"]] or None


def _git(*words: str) -> str | None:
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else None


def judge(sources: list[Source], said: Iterable[dict[str, Any]]) -> Score:
    """Compare what the engine said with what is marked."""
    hits: dict[int, list[dict[str, Any]]] = {}
    for one in said:
        if "hit" in one:
            hits.setdefault(one["target"], []).append(one)
    score = Score()
    for number, source in enumerate(sources):
        covered = [
            (hit, set(range(hit["line"] - 1, max(hit["line"] + 1, hit["end"]) + 1))) for hit in hits.get(number, ())
        ]
        for line, owasp in source.holes.items():
            if any(line in lines for _, lines in covered):
                score.found[source.language] += 1
                score.found[owasp] += 1
            else:
                score.missed.append(_tell(source, line, owasp))
        for hit, lines in covered:
            if not lines & source.holes.keys():
                score.false[source.language] += 1
                score.false_places.append(_tell(source, hit["line"], hit["hit"]))
    return score


def _tell(source: Source, line: int, what: str) -> str:
    text = source.lines[line - 1].split("vuln:")[0].rstrip(" /#").strip()
    return f"{what}, `{source.path.relative_to(FOLDER)}:{line}`: `{text[:110]}`"


def rows(sources: list[Source], scores: list[Score | None]) -> Iterator[tuple[str, ...]]:
    """Give the rows of the table: each language, each class, all."""
    total: Counter[str] = Counter()
    for source in sources:
        total[source.language] += len(source.holes)
        total.update(source.holes.values())
    languages = list(dict.fromkeys(source.language for source in sources))
    for name in (*languages, *sorted(total.keys() - set(languages))):
        is_language = name in languages
        found = [_cell(score, score and score.found[name]) for score in scores]
        false = [_cell(score, score and score.false[name]) if is_language else "" for score in scores]
        yield (name, str(total[name]), *found, *false)
    sums = [_cell(score, score and sum(score.found[name] for name in languages)) for score in scores]
    false = [_cell(score, score and score.false.total()) for score in scores]
    yield ("together", str(sum(total[name] for name in languages)), *sums, *false)


def _cell(score: Score | None, value: object) -> str:
    return "–" if score is None else str(value)


def main() -> None:
    print(describe_machine("python -m benchmarks.security_blind"))
    sources = read_sources()
    subjects = [
        Subject(ANALYZERS[one.path.suffix], one.path.suffix, one.path.name, one.path.read_bytes()) for one in sources
    ]
    rules = [rule for file in RULE_FILES for rule in read_rules(file)]
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        now = judge(sources, run_rules(rules, subjects, Path(folder)))
    seconds = time.perf_counter() - began
    then = first_rules()
    first = None
    if then is not None:
        with tempfile.TemporaryDirectory() as folder:
            first = judge(sources, run_rules(then, subjects, Path(folder)))
    lines = sum(len(one.lines) for one in sources)
    print(f"{len(sources)} files of {lines} lines, {len(rules)} rules, ", end="")
    print(f"one start of {seconds:.1f} s. `first`: the rules of {FIRST}, before anybody knew what they miss.\n")
    print("| of | holes | found, first | found, now | false, first | false, now |\n|---|---|---|---|---|---|")
    for row in rows(sources, [first, now]):
        print(f"| {' | '.join(row)} |")
    print_places(now)
    print_aims(aims(sources, first, now))


def print_places(now: Score) -> None:
    print("\nStill missed:\n" if now.missed else "\nNothing is missed.")
    for place in now.missed:
        print(f"- {place}")
    if "--false" in sys.argv:
        print("\nFalse:\n")
        for place in now.false_places:
            print(f"- {place}")


def aims(sources: list[Source], first: Score | None, now: Score) -> Iterator[Aim]:
    holes = sum(len(one.holes) for one in sources)
    if first is not None:
        yield at_least("share of the holes found, first run", 1 - len(first.missed) / holes, 0.8)
    yield at_least("share of the holes found, now", 1 - len(now.missed) / holes, 0.9)
    findings = len(now.false_places) + holes - len(now.missed)
    yield at_most("share of the findings that are false, now", len(now.false_places) / findings, 0.1, digits=3)


if __name__ == "__main__":
    main()
