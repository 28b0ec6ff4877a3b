"""Did a change weaken the tests that were there? Pure. It points; a person decides.

Judged is the text of test files and of what configures tests, before and after. A test that went to another file of the
change under the same name was moved, not removed. Where a file cannot be read as its language, lines are counted.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from yantra_bot.domain.paths import decides_what_ci_runs, is_test
from yantra_bot.validation.expectation_lines import compare_lines, read_lines
from yantra_bot.validation.expectations import compare_expectations
from yantra_bot.validation.python_tests import TestFile, read_test_file

MAX_BYTES = 1024 * 1024
MAX_FINDINGS = 100

_SETTINGS = frozenset({"pytest.ini", "tox.ini", "setup.cfg", "pyproject.toml", ".coveragerc", "package.json"})
_RECIPES = frozenset({"makefile", "Makefile", "GNUmakefile", "noxfile.py", "justfile", "tasks.py", "Taskfile.yml"})
_RUNNER_CONFIG = re.compile(
    r"(jest|vitest|vite|karma|ava|playwright|cypress)\.config\.\w+|\.mocharc\.\w+|nextest\.toml"
)
_TEST_COMMAND = re.compile(
    r"\b(pytest|unittest|nose2?|jest|vitest|mocha|tox|nox|coverage|cargo test|go test|npm test)\b"
)
_SNAPSHOT = re.compile(r"(^|/)__snapshots__/|\.(snap|ambr)$")
_RECORDED = re.compile(r"(^|/)(snapshots?|golden|goldens|approvals|approved)/[^/]*\.(?!py$|js$|ts$|go$|rs$)\w+$")
_SECTION = re.compile(
    r"^\[(?:tool[:.])?(?:pytest|coverage|run|report)\b[^\]]*\][^\n]*\n.*?(?=^\[|\Z)", re.MULTILINE | re.DOTALL
)
_NODE_KEY = re.compile(r'^\s*"(?:test|jest|vitest|ava|mocha)"\s*:.*$', re.MULTILINE)
_TEST = re.compile(r"\b(it|test)(\.\w+)*\s*\(|\bfunc\s+(Test|Fuzz)\w*\s*\(|#\[(\w+::)?test\b|@(Parameterized)?Test\b")
_CHECK = re.compile(r"\bexpect\s*\(|\bassert\w*!?\s*[(.]|\bt\.(Error|Fatal|Fail)\w*\(|\bshould\b|\brequire\.\w+\(")
_SKIP = re.compile(
    r"\b(it|test|describe)\.(skip|todo|failing)\b|\bx(it|test|describe)\s*\(|\bt\.Skip\w*\(|#\[ignore|@(Disabled|Ignore)\b"
)


@dataclass(frozen=True, slots=True)
class Change:
    """A path before and after; None where there is no such file."""

    before: bytes | None
    after: bytes | None


def find_weakened_tests(changes: Mapping[str, Change]) -> tuple[str, ...]:
    """Return, for people, what the change took away from the tests that were there, by path."""
    added = _names_that_are_new(changes)
    found: list[str] = []
    for path, change in sorted(changes.items()):
        if decides_what_ci_runs(path):
            found.append(f"{path}: what runs before a merge was changed")
        elif change.before is None:
            if path.endswith("conftest.py"):
                found += _compare_python(path, TestFile({}, 0, frozenset()), _read(path, change.after), added)
        elif _is_recorded(path):
            found.append(f"{path}: a recorded output was {'removed' if change.after is None else 'changed'}")
        elif is_test(path):
            found += _compare(path, change, added)
        elif _settings(path, change.before) != _settings(path, change.after):
            found.append(f"{path}: how tests are found or run was changed")
    return tuple(found[:MAX_FINDINGS])


def _is_recorded(path: str) -> bool:
    """Say whether a file is an output that was recorded once, which tests are held against."""
    return _SNAPSHOT.search(path) is not None or (is_test(path) and _RECORDED.search(path) is not None)


def _names_that_are_new(changes: Mapping[str, Change]) -> frozenset[str]:
    names: set[str] = set()
    for path, change in changes.items():
        after = _read(path, change.after) if is_test(path) else None
        before = _read(path, change.before) if is_test(path) else None
        if after is not None:
            names |= {name for name in after.tests if before is None or name not in before.tests}
    return frozenset(names)


def _compare(path: str, change: Change, added: frozenset[str]) -> list[str]:
    before, after = _read(path, change.before), _read(path, change.after)
    if before is not None:
        return _compare_python(path, before, TestFile({}, 0, frozenset()) if change.after is None else after, added)
    return _compare_lines(path, _text(change.before), _text(change.after))


def _compare_python(path: str, before: TestFile, after: TestFile | None, added: frozenset[str]) -> list[str]:
    if after is None:
        return [f"{path}: it cannot be read as Python any more"]
    found = [f"{path}: {hook} was added" for hook in sorted(after.hooks - before.hooks)]
    if after.skips > before.skips:
        found.append(f"{path}: the whole file may be skipped now")
    for name, old in before.tests.items():
        new = after.tests.get(name)
        if new is None:
            found += [] if name in added else [f"{path}::{name} was removed"]
        elif new.skips > old.skips:
            found.append(f"{path}::{name} may be skipped now")
        elif new.checks < old.checks:
            found.append(f"{path}::{name} asserts less: {old.checks} before, {new.checks} now")
        else:
            found += compare_expectations(f"{path}::{name}", old.expectations, new.expectations)
    return found


def _compare_lines(path: str, before: str, after: str) -> list[str]:
    found = []
    for what, pattern in (("tests", _TEST), ("assertions", _CHECK)):
        old, new = len(pattern.findall(before)), len(pattern.findall(after))
        if new < old:
            found.append(f"{path}: fewer {what}: {old} before, {new} now")
    if len(_SKIP.findall(after)) > len(_SKIP.findall(before)):
        found.append(f"{path}: tests may be skipped now")
    return [*found, *(compare_lines(path, read_lines(before), read_lines(after)) if after else ())]


def _read(path: str, data: bytes | None) -> TestFile | None:
    if data is None or not path.endswith(".py") or len(data) > MAX_BYTES:
        return None
    return read_test_file(_text(data))


def _settings(path: str, data: bytes | None) -> list[str]:
    """Return what a file says of how tests are found or run; nothing for a file that says nothing of it."""
    name = path.rsplit("/", 1)[-1]
    if name not in _SETTINGS and name not in _RECIPES and not _RUNNER_CONFIG.fullmatch(name):
        return []
    text = _text(data)
    if name in _RECIPES:
        return [line.strip() for line in text.splitlines() if _TEST_COMMAND.search(line)]
    if name not in _SETTINGS:
        return [text]
    pattern = _NODE_KEY if path.endswith(".json") else _SECTION
    return [found.strip() for found in pattern.findall(text)]


def _text(data: bytes | None) -> str:
    return (data or b"")[:MAX_BYTES].decode("utf-8", "replace").removeprefix("\ufeff")
