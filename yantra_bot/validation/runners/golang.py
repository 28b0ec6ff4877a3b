"""`go test -json` as a test runner."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from yantra_bot.domain.proof import TestOutcome, TestStatus
from yantra_bot.domain.runners import RunnerName
from yantra_bot.errors import UserError
from yantra_bot.sandbox.contract import Finished
from yantra_bot.sandbox.tree import Tree
from yantra_bot.validation.runners.contract import RESULTS_FOLDER, Command, Files, Order, Shown
from yantra_bot.validation.runners.judging import Codes, judge
from yantra_bot.validation.runners.outcomes import MAX_BYTES, MAX_MESSAGE, collect, make_outcome
from yantra_bot.validation.runners.packages import join
from yantra_bot.validation.runners.rust import topmost

_CODES: Final = Codes("go test", failed=frozenset({1, 2}))
_VARIABLES: Final = {"GOPROXY": "off", "GOTOOLCHAIN": "local", "GOCACHE": "/tmp/go", "GOFLAGS": ""}  # noqa: S108 (inside the sandbox)
_PROFILE: Final = "cover.out"
_BLOCK: Final = re.compile(r"(.+):(\d+)\.\d+,(\d+)\.\d+ \d+ (\d+)")
_MODULE: Final = re.compile(rb"^module[ \t]+([^\s/]\S*)", re.MULTILINE)
_UNBUILT: Final = re.compile(r"^FAIL\t(\S+) \[(?:build|setup) failed\]", re.MULTILINE)
_STATUSES: Final = {"pass": TestStatus.PASSED, "fail": TestStatus.FAILED, "skip": TestStatus.SKIPPED}
_MAX_LINES: Final = 500_000


@dataclass(frozen=True, slots=True)
class Go:
    """Runs without a network: modules have to be vendored, or there are none."""

    name: RunnerName = RunnerName.GO
    suffixes: tuple[str, ...] = (".go",)

    def detect(self, files: Files) -> tuple[str, ...]:
        return topmost(files, "go.mod")

    def command(self, order: Order, files: Files) -> Command:
        chosen = order.selected_files()
        packages = tuple(dict.fromkeys(f"./{_folder(path)}" for path in chosen)) or ("./...",)
        names = [item.partition("::")[2] for item in order.selection]
        wanted = "|".join(sorted({re.escape(name.partition("/")[0]) for name in names})) if all(names) else ""
        only = ("-run", f"^({wanted})$") if wanted else ()
        profile = f"-coverprofile={RESULTS_FOLDER}/{_PROFILE}"
        return Command(
            ("go", "test", "-json", profile, *only, *packages), ("go", "test", *only, *packages), variables=_VARIABLES
        )

    def report(self, order: Order, finished: Finished, results: Tree, files: Files) -> Shown:
        outcomes = parse_events(finished.output)
        complaint = "" if outcomes is not None else "No test was started; what go printed says why."
        verdict, reason = judge(_CODES, finished, outcomes, complaint)
        return Shown(verdict, reason, outcomes or (), _read_coverage(results, read_module(files, order.project.folder)))


def parse_events(output: str) -> tuple[TestOutcome, ...] | None:
    """Return the tests of what `go test -json` printed, named `package::Test/sub`; None when there is no event.

    A package that failed and none of whose tests did, because it does not build or broke off, is an error by its name.
    What a test prints can look like the end of another one; one that never began is left out.
    """
    try:
        events = list(_read_events(output))
        unbuilt = [
            make_outcome(match[1], TestStatus.ERROR, message="It does not build.")
            for match in _UNBUILT.finditer(output)
        ]
        return collect([*_read_tests(events), *unbuilt]) if events or unbuilt else None
    except (KeyError, TypeError, AttributeError, UserError):
        return None


def _read_events(output: str) -> Iterator[dict[str, Any]]:
    for line in output.splitlines():
        if line.startswith("{"):
            try:
                event = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if isinstance(event, dict) and isinstance(event.get("Action"), str) and "Package" in event:
                yield event


def _read_tests(events: list[dict[str, Any]]) -> Iterator[TestOutcome]:
    said: dict[tuple[str, str], str] = {}
    begun: set[tuple[str, str]] = set()
    failed: set[str] = set()
    for event in events:
        package, test, action = str(event["Package"]), str(event.get("Test") or ""), event["Action"]
        key = (package, test)
        if action in {"output", "build-output"}:
            said[key] = (said.get(key, "") + str(event.get("Output") or ""))[-MAX_MESSAGE:]
        elif action == "run":
            begun.add(key)
        elif action in _STATUSES and key in begun:
            begun.discard(key)
            failed |= {package} if action == "fail" else set()
            yield make_outcome(f"{package}::{test}", _STATUSES[action], event.get("Elapsed"), said.get(key, ""))
        elif action == "fail" and not test and package not in failed:
            yield make_outcome(package, TestStatus.ERROR, event.get("Elapsed"), said.get(key, ""))


def read_module(files: Files, folder: str) -> str:
    """Return the path of a folder's module, empty where its go.mod does not say it."""
    found = _MODULE.search(files.read(join(folder, "go.mod")) or b"")
    return found[1].decode("utf-8", "replace").strip('"') if found else ""


def _read_coverage(results: Tree, module: str) -> dict[str, tuple[int, ...]] | None:
    """Return executed lines by path; the profile names files by their module."""
    try:
        text = results.read_bytes(_PROFILE, limit=MAX_BYTES).decode("utf-8", "replace")
    except UserError:
        return None
    lines: dict[str, set[int]] = {}
    room = _MAX_LINES
    for block in _BLOCK.finditer(text):
        first, last = int(block[2]), int(block[3])
        room -= max(0, last - first)
        if room < 0:
            return None
        if int(block[4]) and module and block[1].startswith(f"{module}/"):
            lines.setdefault(block[1].removeprefix(f"{module}/"), set()).update(range(first, last + 1))
    return {path: tuple(sorted(found)) for path, found in sorted(lines.items())} or None


def _folder(path: str) -> str:
    return path.rpartition("/")[0] if path.endswith(".go") else path
