"""Runs a library's own tests with edits in place, and tells as which request in production a failing one is seen.

What a test shows becomes what operators see: the real traceback without the test's own frames, or, where nothing of the
library is in it, only that a probe of that name fails at the functions which the test calls.
"""

import ast
import json
import os
import re
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.test_selection_suite import Library

CPU_SECONDS = 12
"""What one run of tests may use: an edit may make a loop without an end. The clock's limit is eight times that."""
_SERVER = f"""
import json, os, resource, signal, sys
import pytest, _pytest.assertion.rewrite, _pytest.junitxml, _pytest.pytester, xml.etree.ElementTree
for line in sys.stdin:
    child = os.fork()
    if not child:
        os.setpgid(0, 0)
        resource.setrlimit(resource.RLIMIT_CPU, ({CPU_SECONDS}, {CPU_SECONDS}))
        resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
        signal.alarm({8 * CPU_SECONDS})
        nothing = os.open(os.devnull, os.O_RDWR)
        for at in range(3):
            os.dup2(nothing, at)
        sys.path.insert(0, os.getcwd())
        pytest.main(json.loads(line))
        os._exit(0)
    print(os.WIFEXITED(os.waitpid(child, 0)[1]), flush=True)
"""
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
        self._server: subprocess.Popen[str] | None = None

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
        words = ["-q", "--tb=native", f"--maxfail={most}", f"--junitxml={report}", "-o", "junit_family=xunit1"]
        words += ["-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:testmon", *tests]
        has_ended = self._ask(json.dumps(words))
        return _read_report(report) if has_ended and report.exists() else None

    def _ask(self, order: str) -> bool:
        """Have a fork of a process that has pytest already run the tests; tell whether it came to an end by itself."""
        if self._server is None:
            own = {"PYTHONPATH": f"{self.root / 'src'}:{self.root}", "PYTHONDONTWRITEBYTECODE": "1"}
            self._server = subprocess.Popen(
                [self.python, "-c", _SERVER],
                cwd=self.root,
                env={**os.environ, **own, "PYTHONHASHSEED": "0"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
        into, out = self._server.stdin, self._server.stdout
        if into is None or out is None:
            raise RuntimeError("The process that runs tests has no pipes.")
        into.write(f"{order}\n")
        into.flush()
        answer = out.readline()
        if not answer:
            raise RuntimeError(f"The process that runs the tests of {self.library.name} is gone.")
        return answer == "True\n"

    def close(self) -> None:
        """End the process that runs tests."""
        if self._server is not None:
            self._server.communicate()
            self._server = None

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
