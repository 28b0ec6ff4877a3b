"""Whether fixes mend: how many grave findings come back clean from a second scan, with the project's own tests green.

    python -m benchmarks.security_fixes

Each project below `benchmarks/security_corpus/` is small, works, is tested, and has weaknesses as they are written by
hand; nothing in the fixes was made for it. Every file counts as new. One offered fix after the other is put in, as
somebody would who accepts each suggestion, until none is offered any more; then the tests run again. Variables of the
environment that a fix asks for are set to what stood in the code. A project whose tests fail counts as not mended.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.aims import at_least, at_most, print_aims
from benchmarks.machine import describe_machine
from tests.fakes.sandbox_world import SandboxWorld, is_root
from yantra_bot import artefacts
from yantra_bot.domain.findings import Finding, Replacement, Severity
from yantra_bot.validation.security.changes import Change
from yantra_bot.validation.security.code import CodeReport, check_code
from yantra_bot.validation.security.engine import scan
from yantra_bot.validation.security.fixes import count_hits, offer_fixes
from yantra_bot.validation.security.rules import RuleBook, shipped_rules
from yantra_bot.validation.security.scanner import Scanner, find_scanner, place_scanner

CORPUS = Path(__file__).parent / "security_corpus"
ROUNDS = 30
GRAVE = (Severity.CRITICAL, Severity.ERROR)
_IMPORT = re.compile(r"^[ \t]*(?:import|from)[ \t]+([A-Za-z_]\w*)", re.MULTILINE)
_LITERAL = re.compile(r"""(["'])(.+?)\1""")
_VARIABLE = re.compile(r"""os\.environ\["(\w+)"\]|\benviron\["(\w+)"\]""")


@dataclass(slots=True)
class Project:
    """One project, and what became of it. The lists hold rules with their lines' text."""

    name: str
    files: dict[str, str]
    variables: dict[str, str] = field(default_factory=dict)
    before: Counter[tuple[str, Severity]] = field(default_factory=Counter)
    after: Counter[tuple[str, Severity]] = field(default_factory=Counter)
    left: list[str] = field(default_factory=list)
    scans: list[float] = field(default_factory=list)
    is_green: bool = False
    was_green: bool = False

    def count(self, severity: Severity, *, after: bool = False) -> int:
        return sum(count for (_, one), count in (self.after if after else self.before).items() if one is severity)

    def mended(self, severity: Severity) -> int:
        return max(0, self.count(severity) - self.count(severity, after=True)) if self.is_green else 0


@dataclass(frozen=True, slots=True)
class Bench:
    """What scans."""

    world: SandboxWorld
    scanner: Scanner
    book: RuleBook

    def check(self, project: Project) -> CodeReport:
        changes = [
            Change(path, None, text.encode(), added=(range(1, text.count("\n") + 2),))
            for path, text in project.files.items()
        ]
        began = time.perf_counter()
        report = check_code(changes, self.book, self.world.sandbox, self.scanner)
        project.scans.append(time.perf_counter() - began)
        return report

    def offer(self, project: Project, report: CodeReport) -> list[Finding]:
        imported = frozenset(name for text in project.files.values() for name in _IMPORT.findall(text))
        return offer_fixes(
            report.found,
            count_hits(report.hits, report.targets),
            lambda rules, targets: scan(self.world.sandbox, self.scanner, rules, targets),
            lambda: imported,
        )


def read_projects() -> Iterator[Project]:
    for folder in sorted(CORPUS.iterdir()):
        if folder.is_dir() and folder.name != "stubs":
            files = {path.name: path.read_text() for path in sorted(folder.glob("*.py")) if "test" not in path.name}
            yield Project(folder.name, files)


def mend(bench: Bench, project: Project) -> None:
    """Put in what is offered, one fix after the other, the gravest first."""
    project.was_green = run_tests(project)
    for number in range(ROUNDS):
        report = bench.check(project)
        grave = [one.finding for one in report.found if one.finding.severity in GRAVE]
        counted = Counter((one.rule, one.severity) for one in grave)
        if not number:
            project.before = counted
        project.after = counted
        project.left = [
            f"{one.rule.removeprefix('security/')} in `{project.name}/{one.path}:{one.line}`" for one in grave
        ]
        offered = [one for one in bench.offer(project, report) if one.fix is not None and one.severity in GRAVE]
        if not offered:
            break
        chosen = max(offered, key=lambda one: one.severity.rank)
        assert chosen.fix is not None
        old = project.files[chosen.path]
        project.files[chosen.path] = put_in(old, chosen.fix.replacements)
        project.variables |= find_variables(old, chosen.fix.replacements)
    project.is_green = run_tests(project)


def put_in(text: str, replacements: tuple[Replacement, ...]) -> str:
    """Return a text with whole lines replaced."""
    lines = text.split("\n")
    for one in sorted(replacements, key=lambda one: (one.line, one.end_line), reverse=True):
        lines[one.line - 1 : one.end_line] = one.text.split("\n") if one.text or one.end_line < one.line else []
    return "\n".join(lines)


def find_variables(text: str, replacements: tuple[Replacement, ...]) -> dict[str, str]:
    """Return the variables that replacements read, with the literal that stood in their place."""
    found = {}
    for one in replacements:
        old = "\n".join(text.split("\n")[one.line - 1 : one.end_line])
        literals = [match[2] for match in _LITERAL.finditer(old) if match[2] not in one.text]
        for match in _VARIABLE.finditer(one.text):
            found[match[1] or match[2]] = max(literals, key=len, default="")
    return found


def run_tests(project: Project) -> bool:
    """Run the project's tests in a copy of it; return whether they pass."""
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch, project.name)
        shutil.copytree(CORPUS / project.name, place)
        for name, text in project.files.items():
            (place / name).write_text(text)
        environment = {
            **os.environ, **project.variables, "PYTHONPATH": f"{place}{os.pathsep}{CORPUS / 'stubs'}",
            "PYTHONDONTWRITEBYTECODE": "1",
        }  # fmt: skip
        options = ["-q", "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", str(place), "-W", "ignore"]
        command = [sys.executable, "-m", "pytest", *options, str(place)]
        done = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=False)
        if done.returncode and "-v" in sys.argv:
            print(done.stdout[-3000:], file=sys.stderr)
    return done.returncode == 0


def print_tables(projects: list[Project]) -> None:
    print("| project | tests before | critical | of these clean | error | of these clean | tests after |")
    print("|---|---|---|---|---|---|---|")
    for one in projects:
        critical, error = one.count(Severity.CRITICAL), one.count(Severity.ERROR)
        cells = (
            one.name,
            _word(one.was_green),
            critical,
            one.mended(Severity.CRITICAL),
            error,
            one.mended(Severity.ERROR),
        )
        print(f"| {' | '.join(map(str, cells))} | {_word(one.is_green)} |")
    print("\nLeft, each for a person to mend:\n")
    for line in (line for one in projects for line in one.left):
        print(f"- {line}")


def _word(is_green: bool) -> str:
    return "green" if is_green else "**red**"


def main() -> None:
    print(describe_machine("python -m benchmarks.security_fixes"))
    world = SandboxWorld()
    try:
        scanner = place_scanner(
            find_scanner(artefacts.path("semgrep")), world.folder / "tools", is_for_other_user=is_root()
        )
        bench = Bench(world, scanner, shipped_rules())
        projects = list(read_projects())
        for project in projects:
            mend(bench, project)
    finally:
        world.close()
    lines = sum(text.count("\n") for project in read_projects() for text in project.files.values())
    print(f"{len(projects)} projects of {lines} lines, tests left out.\n")
    print_tables(projects)
    critical = sum(one.count(Severity.CRITICAL) for one in projects)
    error = sum(one.count(Severity.ERROR) for one in projects)
    both = critical + error
    mended = sum(one.mended(Severity.CRITICAL) for one in projects)
    all_mended = mended + sum(one.mended(Severity.ERROR) for one in projects)
    scans = sorted(second for one in projects for second in one.scans)
    print(
        f"\nOf criticals and errors together {all_mended} of {both} come back clean, those included that no fix is for."
    )
    print_aims(
        [
            at_least(f"criticals that come back clean, tests green ({mended} of {critical})", mended / critical, 0.8),
            at_least(
                "projects whose tests are green afterwards", sum(one.is_green for one in projects) / len(projects), 1.0
            ),
            at_most("a scan of one project, the slowest", scans[-1], 10.0, "s"),
        ]
    )


if __name__ == "__main__":
    main()
