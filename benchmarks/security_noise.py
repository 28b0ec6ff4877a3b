"""How often the security rules speak up in code that many have read: the standard library and three large packages.

    python -m benchmarks.security_noise [--list]

Tests are left out, as in a review they weigh little. `--list` prints each finding with its line, to be looked at; what
was seen stands in docs/security-rules.md. The time is of one start of the engine over about fifty thousand lines.
"""

import sys
import sysconfig
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.aims import Aim, at_most, print_aims
from benchmarks.sources import Sources, fetch, pip
from tests.fakes.rule_engine import RULE_FILES, Subject, read_rules, run_rules

PACKAGES = (
    pip("Python", "django", "5.2.8", "37e687f7bd73ddf043e2b6b97cfe02fcbb11f2dbb3adccc6a2b18c6daa054d7f", ".py"),
    pip("Python", "twisted", "25.5.0", "8559f654d01a54a8c3efe66d533d43f383531ebf8d81d9f9ab4769d91ca15df7", ".py"),
    pip("Python", "celery", "5.5.3", "0b5761a07057acee94694464ca482416b959568904c9dfa41ce8413a7d65d525", ".py"),
)
TESTS = {"test", "tests", "idle_test", "testing", "site-packages", "__pycache__", "lib2to3"}
MOST = 1_000_000
TIMED_LINES = 50_000


@dataclass(slots=True)
class Body:
    """One body of code and what was found in it."""

    name: str
    files: list[Path]
    lines: int = 0
    hits: list[tuple[str, Path, int, str]] = field(default_factory=list)
    problems: int = 0
    seconds: float = 0.0


def bodies() -> Iterator[Body]:
    """Give the standard library of the Python that runs, and the packages."""
    library = Path(sysconfig.get_path("stdlib"))
    found = (path for path in sorted(library.rglob("*.py")) if not TESTS & set(path.relative_to(library).parts))
    yield Body(f"standard library of Python {sys.version.split()[0]}", list(found))
    for package in PACKAGES:
        yield Body(f"{package.name} {package.version}", _files(package))


def _files(package: Sources) -> list[Path]:
    fetched = fetch(package)
    return [path for path in fetched[1] if not TESTS & set(path.parts)] if fetched else []


def look(body: Body, rules: list[dict[str, object]]) -> None:
    """Run the rules over a body of code."""
    files = [path for path in body.files if path.stat().st_size < MOST]
    subjects = [Subject("python", path.suffix, path.name, path.read_bytes()) for path in files]
    body.lines = sum(one.data.count(b"\n") for one in subjects)
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        said = run_rules(rules, subjects, Path(folder))
        body.seconds = time.perf_counter() - began
    for one in said:
        if "hit" in one:
            lines = subjects[one["target"]].data.decode("utf-8", "replace").splitlines()
            body.hits.append((one["hit"], files[one["target"]], one["line"], lines[one["line"] - 1].strip()))
    body.problems = sum("problem" in one for one in said)


def cut(body: Body) -> Body:
    """Return the first files of a body that have about as many lines as are timed."""
    files, lines = [], 0
    for path in body.files:
        if lines >= TIMED_LINES:
            break
        files.append(path)
        lines += path.read_bytes().count(b"\n")
    return Body("timed", files)


def main() -> None:
    rules = [rule for file in RULE_FILES for rule in read_rules(file)]
    every = list(bodies())
    timed = cut(every[0])
    look(timed, rules)
    print(
        "| code | lines | findings | one in | not finished in time | rules that spoke most |\n|---|---|---|---|---|---|"
    )
    aims: list[Aim] = []
    for body in every:
        look(body, rules)
        most = ", ".join(f"{rule} {count}" for rule, count in Counter(hit[0] for hit in body.hits).most_common(4))
        per = body.lines / max(1, len(body.hits))
        print(
            f"| {body.name} | {body.lines} | {len(body.hits)} | {per:.0f} lines | {body.problems} | {most} |",
            flush=True,
        )
        each = len(body.hits) * 2_000 / max(1, body.lines)
        aims.append(at_most(f"findings in 2 000 lines, {body.name}", each, 1, digits=2))
    lines, hits = sum(body.lines for body in every), sum(len(body.hits) for body in every)
    aims.append(at_most("findings in 2 000 lines, together", hits * 2_000 / max(1, lines), 1, digits=2))
    aims.append(at_most(f"one start over {timed.lines} lines", timed.seconds, 8, "s"))
    print_aims(aims)
    if "--list" in sys.argv:
        for body in every:
            for rule, path, line, text in body.hits:
                print(f"{rule:40} {'/'.join(path.parts[-3:])}:{line}: {text[:140]}")


if __name__ == "__main__":
    main()
