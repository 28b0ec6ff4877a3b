"""Runs a library's own tests with edits in place, and tells as which request in production a failing one is seen.

What a test shows becomes what operators see: the real traceback without the test's own frames, or, where nothing of the
library is in it, only that a probe of that name fails at the functions which the test calls.
"""

import ast
import os
import re
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.test_selection_suite import Library

SECONDS = 60.0
_FRAME = re.compile(r'^  File "(?P<path>[^"]+)", line \d+, in .*$')
_BEGIN = "Traceback (most recent call last):"


@dataclass(frozen=True, slots=True)
class Failure:
    """One failing test: its id for pytest, and the text that pytest prints of it."""

    test: str
    text: str


class Trials:
    """One library in a folder of its own, whose tests are run again and again."""

    def __init__(self, python: Path, root: Path, library: Library) -> None:
        self.python, self.root, self.library = python, root, library

    def failures(
        self, files: Mapping[str, str], *, tests: tuple[str, ...] = (), most: int = 12
    ) -> list[Failure] | None:
        """Return what fails with these files in place; None where the tests did not end or could not be collected."""
        kept = {path: (self.root / path).read_text() for path in files}
        try:
            for path, text in files.items():
                (self.root / path).write_text(text)
            return self._run(tests, most)
        finally:
            for path, text in kept.items():
                (self.root / path).write_text(text)

    def _run(self, tests: tuple[str, ...], most: int) -> list[Failure] | None:
        report = self.root / "trial-report.xml"
        report.unlink(missing_ok=True)
        words = [
            "-m",
            "pytest",
            "-q",
            "--tb=native",
            f"--maxfail={most}",
            f"--junitxml={report}",
            "-o",
            "junit_family=xunit1",
        ]
        words += ["-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:testmon", *tests]
        own = {"PYTHONPATH": f"{self.root / 'src'}:{self.root}", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0"}
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        try:
            subprocess.run(
                [self.python, *words], cwd=self.root, env={**os.environ, **own}, timeout=SECONDS, check=False, **quiet
            )
        except subprocess.TimeoutExpired:
            return None
        return _read_report(report) if report.exists() else None

    def trace(self, failure: Failure) -> str:
        """Return the traceback as a service would log it: the library's frames alone; empty where it has none."""
        kept: list[str] = []
        is_ours, has_ours = True, False
        for line in failure.text.splitlines():
            found = _FRAME.match(line)
            if found is not None:
                is_ours = f"/{self.library.under}/" in found["path"]
                has_ours = has_ours or is_ours
            elif not line.startswith("    "):
                is_ours = True
            if is_ours:
                kept.append(line.replace(str(self.root), "/srv/app"))
        text = "\n".join(kept)
        return text[text.find(_BEGIN) :] + "\n" if has_ours and _BEGIN in text and self._throws(failure) else ""

    def _throws(self, failure: Failure) -> bool:
        """Tell whether it is the library that throws: the last frame is not the test's."""
        frames = [found["path"] for line in failure.text.splitlines() if (found := _FRAME.match(line))]
        return bool(frames) and "/test" not in frames[-1]

    def probe(self, failure: Failure, public: frozenset[str]) -> str:
        """Return what is seen of a failure without a trace: the probe's name, and the functions that it calls."""
        path, _, name = failure.test.partition("::")
        function = name.rpartition("::")[2].partition("[")[0]
        called = _called(self.root / path, function, public)
        words = function.removeprefix("test_").replace("_", " ")
        endpoints = ", ".join(f"/{one}" for one in called[:2])
        return f"WrongAnswers: the probe '{words}' fails{f' at {endpoints}' if endpoints else ''}"


def _read_report(report: Path) -> list[Failure] | None:
    try:
        cases = list(ET.parse(report).iter("testcase"))
    except ET.ParseError:
        return None
    found = []
    for case in cases:
        bad = next((one for one in case if one.tag in ("failure", "error")), None)
        if bad is None:
            continue
        file, scope = case.get("file", ""), case.get("classname", "").split(".")
        module = file.removesuffix(".py").replace("/", ".").split(".")
        if not file or "collection" in (bad.get("message") or ""):
            return None
        inner = scope[len(module) :]
        found.append(Failure("::".join([file, *inner, case.get("name", "")]), bad.text or ""))
    return found


def _called(path: Path, function: str, public: frozenset[str]) -> list[str]:
    """Return the names of the library's functions and types that a test calls, in order."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == function:
            calls = [one.func for one in ast.walk(node) if isinstance(one, ast.Call)]
            names = [getattr(one, "attr", getattr(one, "id", "")) for one in calls]
            return list(dict.fromkeys(name for name in names if name in public))
    return []
