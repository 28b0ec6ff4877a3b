"""How often the security rules speak up in code that many have read: the standard library and three large packages.

    python -m benchmarks.security_noise [--list] [REPOSITORY ...]

Packages in the other languages follow, those of the code graph's benchmarks, and repositories that are named, here or
in BENCHMARK_REPOSITORIES (separated like a PATH). What cannot be fetched is left out, which is said. Tests are left
out, as in a review they weigh little. `--list` prints each finding with its line, to be looked at; what was seen stands
in docs/security-rules.md. The time is of one start of the engine over about fifty thousand lines.
"""

import os
import subprocess
import sys
import sysconfig
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.aims import Aim, at_most, print_aims
from benchmarks.localisation_git import name_repository
from benchmarks.machine import describe_machine
from benchmarks.measuring import Took, time_it
from benchmarks.sources import PACKAGES as OTHERS
from benchmarks.sources import Sources, fetch, pip
from tests.fakes.rule_engine import RULE_FILES, Subject, read_rules, run_rules
from yantra_bot.graphdb.api_diff import is_test_path
from yantra_bot.validation.security.rules import language_of

PACKAGES = (
    pip("Python", "django", "5.2.8", "37e687f7bd73ddf043e2b6b97cfe02fcbb11f2dbb3adccc6a2b18c6daa054d7f", ".py"),
    pip("Python", "twisted", "25.5.0", "8559f654d01a54a8c3efe66d533d43f383531ebf8d81d9f9ab4769d91ca15df7", ".py"),
    pip("Python", "celery", "5.5.3", "0b5761a07057acee94694464ca482416b959568904c9dfa41ce8413a7d65d525", ".py"),
)
VARIABLE = "BENCHMARK_REPOSITORIES"
TESTS = {"test", "tests", "idle_test", "testing", "site-packages", "__pycache__", "lib2to3"}
BUILT = {"dist", "vendor", "node_modules"}
"""What was written by a program or elsewhere; a review passes it over."""
MOST = 1_000_000
TIMED_LINES = 50_000
PYTHON = "Python"


@dataclass(slots=True)
class Body:
    """One body of code and what was found in it."""

    language: str
    name: str
    files: list[Path]
    lines: int = 0
    hits: list[tuple[str, Path, int, str]] = field(default_factory=list)
    problems: Counter[str] = field(default_factory=Counter)
    took: Took | None = None


def bodies() -> Iterator[Body]:
    """Give the standard library of the Python that runs, and the packages."""
    library = Path(sysconfig.get_path("stdlib"))
    found = (path for path in sorted(library.rglob("*.py")) if not TESTS & set(path.relative_to(library).parts))
    yield Body(PYTHON, f"standard library of Python {sys.version.split()[0]}", list(found))
    for package in (*PACKAGES, *(one for one in OTHERS if one.language != PYTHON)):
        yield _unpack(package)


def _unpack(package: Sources) -> Body:
    try:
        fetched = fetch(package)
    except (subprocess.CalledProcessError, OSError):
        fetched = None
    if fetched is None:
        return Body(package.language, package.name, [])
    version, files = fetched
    return Body(package.language, f"{package.name} {version}", [path for path in files if not _is_test(path)])


def _is_test(path: Path) -> bool:
    within = path.parts[path.parts.index("unpacked") + 1 :]
    return bool((TESTS | BUILT) & set(within)) or is_test_path("/".join(within))


def repositories(scratch: Path) -> Iterator[Body]:
    """Give each named repository's newest tree, without tests, a body a language."""
    named = [word for word in sys.argv[1:] if not word.startswith("-")]
    for place in map(Path, named or filter(None, os.environ.get(VARIABLE, "").split(os.pathsep))):
        folder = scratch / place.stem / "unpacked"
        folder.mkdir(parents=True)
        packed = subprocess.run(["git", "-C", place, "archive", "HEAD"], capture_output=True, check=True).stdout
        subprocess.run(["tar", "-x", "-C", folder], input=packed, check=True)
        by_language: dict[str, list[Path]] = {}
        for path in sorted(folder.rglob("*")):
            language = language_of(path.name)
            if language and path.is_file() and not path.is_symlink() and not _is_test(path):
                by_language.setdefault(NAMES[language], []).append(path)
        for language, files in sorted(by_language.items()):
            yield Body(language, f"{name_repository(place)}, the repository", files)


NAMES = {
    "python": PYTHON, "javascript": "JavaScript", "typescript": "TypeScript", "go": "Go", "java": "Java",
    "rust": "Rust",
}  # fmt: skip


def look(body: Body, rules: list[dict[str, object]]) -> None:
    """Run the rules over a body of code."""
    files = [path for path in body.files if path.stat().st_size < MOST]
    subjects = [Subject(str(language_of(path.name)), path.suffix, path.name, path.read_bytes()) for path in files]
    body.lines = sum(one.data.count(b"\n") for one in subjects)
    with tempfile.TemporaryDirectory() as folder:
        said, body.took = time_it(lambda: run_rules(rules, subjects, Path(folder)))
    for one in said:
        if "hit" in one:
            lines = subjects[one["target"]].data.decode("utf-8", "replace").splitlines()
            body.hits.append((one["hit"], files[one["target"]], one["line"], lines[one["line"] - 1].strip()))
    body.problems = Counter(one["problem"] for one in said if "problem" in one)


def cut(body: Body) -> Body:
    """Return the first files of a body that have about as many lines as are timed."""
    files, lines = [], 0
    for path in body.files:
        if lines >= TIMED_LINES:
            break
        files.append(path)
        lines += path.read_bytes().count(b"\n")
    return Body(body.language, "timed", files)


def main() -> None:
    print(describe_machine("python -m benchmarks.security_noise"), flush=True)
    rules = [rule for file in RULE_FILES for rule in read_rules(file)]
    with tempfile.TemporaryDirectory() as scratch:
        every = [*bodies(), *repositories(Path(scratch))]
        missing = [body.name for body in every if not body.files]
        every = [body for body in every if body.files]
        timed = cut(every[0])
        look(timed, rules)
        print("| language | code | lines | findings | one in | not read whole | rules that spoke most |")
        print("|---|---|---|---|---|---|---|")
        for body in every:
            look(body, rules)
            print(_row(body), flush=True)
        print_rules(every)
        if missing:
            print(f"\nNot here, as its client is not or it cannot be fetched: {', '.join(missing)}.")
        assert timed.took is not None
        print(
            f"\nOne start over {timed.lines} lines took {timed.took.wall:.1f} s, on two processors where they are free."
        )
        each = timed.took.wall * TIMED_LINES / timed.lines
        print_aims([*_aims(every), at_most(f"one start over {TIMED_LINES} lines", each, 8, "s")])
        if "--list" in sys.argv:
            for body in every:
                for rule, path, line, text in body.hits:
                    print(f"{rule:40} {'/'.join(path.parts[-3:])}:{line}: {text[:140]}")


def print_rules(every: list[Body]) -> None:
    """Print how often each rule spoke, and where."""
    where: dict[str, Counter[str]] = {}
    for body in every:
        for rule, *_ in body.hits:
            where.setdefault(rule, Counter())[body.name.split(",")[0]] += 1
    print("\n| rule | findings | in |\n|---|---|---|")
    for rule, counts in sorted(where.items(), key=lambda item: (-item[1].total(), item[0])):
        print(f"| {rule} | {counts.total()} | {', '.join(f'{name} {count}' for name, count in counts.items())} |")


def _row(body: Body) -> str:
    most = ", ".join(f"{rule} {count}" for rule, count in Counter(hit[0] for hit in body.hits).most_common(4))
    per = f"{body.lines / len(body.hits):.0f} lines" if body.hits else "–"
    problems = ", ".join(f"{word} {count}" for word, count in body.problems.most_common())
    return f"| {body.language} | {body.name} | {body.lines} | {len(body.hits)} | {per} | {problems} | {most} |"


def _aims(every: list[Body]) -> Iterator[Aim]:
    """Give an aim for each body of Python, where the first aim was set, and for each other language as a whole."""
    for body in every:
        if body.language == PYTHON:
            yield _rate(body.name, [body])
    for language in dict.fromkeys(body.language for body in every):
        yield _rate(f"{language} together", [body for body in every if body.language == language])


def _rate(name: str, bodies: list[Body]) -> Aim:
    lines, hits = sum(body.lines for body in bodies), sum(len(body.hits) for body in bodies)
    return at_most(f"findings in 2 000 lines, {name}", hits * 2_000 / max(1, lines), 1, digits=2)


if __name__ == "__main__":
    main()
