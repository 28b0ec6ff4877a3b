"""Runs pytest inside a sandbox and writes down which lines each test ran, into a folder outside of the workspace.

Called as `python record_pytest.py FOLDER ARGUMENT…` with the repository's own interpreter; writes what `run_pytest.py`
writes, and FOLDER/seen.json. It runs beside untrusted code in one process: what it writes beside that decides which
tests run, never what one showed. What a fixture of more than one test ran counts for every test that uses it.
"""

import importlib.util
import json
import os
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

NO_PYTEST = 90
"""Exit code when the repository's environment lacks pytest or coverage."""
USAGE_ERROR = 4
# Of coverage's ways to measure, the newest (of Python 3.12 and later) knows no test from the next.
CORES = ("ctrace", "pytrace")
"""The one in C, and the one of an installation that has nothing compiled."""
_PLUGIN_OPTIONS = {
    "pytest_cov": ("--no-cov",),
    "pytest_randomly": ("-p", "no:randomly"),
    "xdist": ("-n0",),
}


def main(folder: str, arguments: list[str]) -> int:
    """Run pytest with `arguments` and return its exit code."""
    try:
        import coverage
        import pytest
    except ImportError as error:
        sys.stderr.write(f"Recording needs pytest and coverage in the repository's environment: {error}\n")
        return NO_PYTEST
    os.environ["COVERAGE_CORE"] = CORES[importlib.util.find_spec("coverage.tracer") is None]
    measuring = coverage.Coverage(data_file=None, config_file=False, source=["."], messages=False)
    recorder = make_recorder(measuring, pytest)
    measuring.start()
    sys.path[0] = os.getcwd()  # noqa: PTH109 (as `python -m pytest` has it)
    sys.argv[:] = ["pytest", *arguments]
    base = [f"--junitxml={folder}/junit.xml", *arguments]
    extra = plugin_options()
    code = int(pytest.main([*extra, *base], plugins=[recorder]))
    if code == USAGE_ERROR and extra:
        # The repository has switched such a plugin off itself.
        code = int(pytest.main(base, plugins=[recorder]))
    write_seen(measuring, recorder, Path(folder))
    return code


def write_seen(measuring: Any, recorder: "Recorder", folder: Path) -> None:
    """Write which tests ran each line, and which lines were run at all."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        measuring.stop()
        data = measuring.get_data()
    seen = {path: data.contexts_by_lineno(path) for path in data.measured_files()}
    (folder / "seen.json").write_text(json.dumps(recorder.describe(seen)), "utf-8")
    root = os.getcwd() + os.sep  # noqa: PTH109 (compared with what coverage made of it)
    lines = {path[len(root) :]: sorted(data.lines(path) or ()) for path in seen if path.startswith(root)}
    if lines:
        (folder / "coverage.json").write_text(json.dumps(lines), "utf-8")


def plugin_options() -> list[str]:
    """Return options for the plugins that are installed; those that spread tests over processes are switched off."""
    return [word for name, words in _PLUGIN_OPTIONS.items() if importlib.util.find_spec(name) for word in words]


class Recorder:
    """Switches what coverage writes lines down for: a test, or a fixture that several tests share."""

    def __init__(self, measuring: Any) -> None:
        self._measuring = measuring
        self._contexts = [""]
        self.tests: dict[str, int] = {"": 0}
        """Numbers of test functions by node id; their cases are one. The first stands for what ran outside of tests."""
        self._shared: dict[int, int] = {}
        self._users: dict[int, set[int]] = {}

    def enter(self, context: str) -> None:
        """Write down for a context from now on."""
        self._contexts.append(context)
        self._measuring.switch_context(context)

    def leave(self) -> None:
        """Write down for the context before, again."""
        self._contexts.pop()
        self._measuring.switch_context(self._contexts[-1])

    def begin(self, item: Any) -> str:
        """Return the context of a test, and note who its shared fixtures are."""
        number = self.tests.setdefault(item.nodeid.partition("[")[0], len(self.tests))
        found = getattr(getattr(item, "_fixtureinfo", None), "name2fixturedefs", {})
        for definitions in found.values():
            for definition in definitions:
                if definition.scope != "function":
                    self._users.setdefault(self.number_of(definition), set()).add(number)
        return f"t{number}"

    def number_of(self, definition: Any) -> int:
        """Return the number of a shared fixture."""
        return self._shared.setdefault(id(definition), len(self._shared))

    def describe(self, files: dict[str, dict[int, list[str]]]) -> dict[str, Any]:
        """Return what ran, by path below the current folder: groups of lines with the tests that ran them, as bits."""
        root = os.getcwd() + os.sep  # noqa: PTH109 (compared with what coverage made of it)
        told = {}
        for path, lines in files.items():
            if path.startswith(root):
                groups: dict[int, list[int]] = {}
                for line, contexts in lines.items():
                    bits = self._bits(contexts)
                    if bits:
                        groups.setdefault(bits, []).append(line)
                told[path[len(root) :]] = [[f"{bits:x}", found] for bits, found in groups.items()]
        return {"tests": list(self.tests), "files": told}

    def _bits(self, contexts: list[str]) -> int:
        bits = 0
        for context in contexts:
            if not context:
                bits |= 1
            elif context.startswith("t"):
                bits |= 1 << int(context[1:])
            elif context.startswith("f"):
                for number in self._users.get(int(context[1:]), ()):
                    bits |= 1 << number
        return bits


def make_recorder(measuring: Any, pytest: Any) -> Any:
    """Return the plug-in of pytest; a class of its own since pytest is imported late."""

    class Plugin(Recorder):
        def pytest_runtest_protocol(self, item: Any) -> Iterator[None]:
            self.enter(self.begin(item))
            yield
            self.leave()

        def pytest_fixture_setup(self, fixturedef: Any) -> Iterator[None]:
            is_shared = fixturedef.scope != "function"
            if is_shared:
                self.enter(f"f{self.number_of(fixturedef)}")
            yield
            if is_shared:
                self.leave()

    for hook in (Plugin.pytest_runtest_protocol, Plugin.pytest_fixture_setup):
        pytest.hookimpl(hookwrapper=True, tryfirst=True)(hook)
    return Plugin(measuring)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
