"""Runs a project's tests in the product's sandbox: no network, its limits, a tree that it cannot write to.

What runs there is other people's code, so that what it leaves is read with limits, and only an exit code is believed.
"""

import json
import os
import shutil
import sysconfig
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from runners import read_source
from yantra_bot.domain.proof import TestStatus
from yantra_bot.errors import UserError
from yantra_bot.sandbox.bubblewrap import Sandbox
from yantra_bot.sandbox.contract import RUNNERS_FOLDER, WORKSPACE, Finished, Job, Mount
from yantra_bot.sandbox.interpreter import find_interpreter
from yantra_bot.sandbox.limits import GIB, SNIPPET
from yantra_bot.sandbox.tree import Tree
from yantra_bot.training.outcomes.suites import LaidOut
from yantra_bot.validation import junit
from yantra_bot.validation.recording_run import MAX_BYTES, RECORDER, SEEN
from yantra_bot.validation.selection.recording import Recording, make_recording

PROJECT: Final = "/project"
SITE: Final = "/site"
FIRST_SECONDS: Final = 120.0
"""For a whole suite that is recorded, which takes several times as long as it does alone."""
_SETTINGS: Final = f"{RUNNERS_FOLDER}/pytest.ini"
_ORDERS: Final = f"{RUNNERS_FOLDER}/orders.json"
TRIER: Final = "try_variants.py"
_START_SECONDS: Final = 30.0
_OPTIONS: Final = (
    *("-c", _SETTINGS, "--rootdir", PROJECT, "-q", "--tb=no", "--color=no", "--assert=plain"),
    *("-p", "no:cacheprovider", "-o", "junit_family=xunit1"),
)
"""The project's own settings may ask for plug-ins that are not here; assertions need no explanation."""
_NOBODY: Final = 65534


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a whole suite showed."""

    recording: Recording
    passed: frozenset[str]
    """Tests as functions: all of their cases that were not skipped passed."""
    failed: frozenset[str]


@dataclass(frozen=True, slots=True)
class Try:
    """Tests to be run on the project, or on a variant of one of its files."""

    tests: Iterable[str]
    path: str = ""
    source: bytes = b""


@dataclass(frozen=True, slots=True)
class TryLimits:
    """What one variant may take; what takes more has failed."""

    cpu_seconds: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of one."""

    number: int
    passed: bool
    seconds: float
    """Of processor time."""


class Bench:
    """Where suites run."""

    def __init__(self, sandbox: Sandbox, site: Path) -> None:
        self._sandbox = sandbox
        self._site = site
        """Folder of the installed packages that suites may import: pytest, coverage, what projects need."""

    def record(self, laid: LaidOut) -> Recorded:
        """Run the whole suite; return which tests passed and what each ran.

        Raises UserError where it wrote nothing down that can be read.
        """
        script = f"{RUNNERS_FOLDER}/{RECORDER}"
        with TemporaryDirectory(prefix="yantra-suite-") as folder:
            results = Path(folder)
            results.chmod(0o755)
            _give(results, self._sandbox)
            words = (script, WORKSPACE, *_OPTIONS, "--continue-on-collection-errors", *laid.suite.tests)
            files = {script: read_source(RECORDER)}
            done = self._run(laid, words, files, FIRST_SECONDS, results)
            tree = Tree(results)
            if not tree.exists(SEEN) or not tree.exists("junit.xml"):
                raise UserError(f"its suite wrote nothing down ({done.limit or done.exit_code}): {done.output[-99:]!r}")
            shown = junit.parse_junit(tree.read_bytes("junit.xml", limit=junit.MAX_BYTES))
            seen = tree.read_bytes(SEEN, limit=MAX_BYTES)
        by_status = {
            is_wrong: {
                one.name.partition("[")[0]
                for one in shown
                if (one.status in (TestStatus.FAILED, TestStatus.ERROR)) is is_wrong
                and one.status is not TestStatus.SKIPPED
            }
            for is_wrong in (True, False)
        }
        failed = frozenset(by_status[True])
        recording = make_recording(seen, commit=laid.suite.project.version, read=lambda path: _read(laid.root, path))
        return Recorded(recording, frozenset(by_status[False]) - failed, failed)

    def run_tests(self, laid: LaidOut, tries: Sequence[Try], limits: TryLimits) -> list[Tried]:
        """Run tests on each variant until the first fails; return what came of them, in order, without what is left.

        Less than all come back where a limit of the whole sandbox ended it.
        """
        variants = [
            {
                "path": f"{_source(laid)}/{one.path}" if one.path else "",
                "source": one.source.decode(),
                "tests": sorted(one.tests),
            }
            for one in tries
        ]
        orders = {"cpu_seconds": limits.cpu_seconds, "seconds": limits.seconds, "variants": variants}
        script = f"{RUNNERS_FOLDER}/{TRIER}"
        files = {script: read_source(TRIER), _ORDERS: json.dumps(orders).encode()}
        places = [Mount(laid.place(path), f"{_source(laid)}/{path}", writable=True) for path in _paths(tries)]
        for one in places:
            _give(one.source, self._sandbox)
        seconds = _START_SECONDS + limits.seconds * len(tries)
        try:
            done = self._run(laid, (script, _ORDERS, "-x", *_OPTIONS), files, seconds, None, places)
        finally:
            for path in _paths(tries):
                laid.place(path).write_bytes(laid.files[path])
        return _read_tried(done.output, len(tries))

    def _run(
        self,
        laid: LaidOut,
        words: Sequence[str],
        files: dict[str, bytes],
        seconds: float,
        results: Path | None,
        places: Sequence[Mount] = (),
    ) -> Finished:
        environment = {
            "PYTHONPATH": f"{_source(laid)}:{SITE}",
            "PYTHONHASHSEED": "0",
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "TZ": "UTC",
        }
        job = Job(
            argv=(self._sandbox.interpreter.executable, *words),
            workspace=results,
            limits=replace(SNIPPET, wall_seconds=seconds, cpu_seconds=seconds, workspace_bytes=4 * GIB),
            environment=environment,
            mounts=(Mount(laid.root, PROJECT), Mount(self._site, SITE), *places),
            directory=PROJECT,
            files={_SETTINGS: b"[pytest]\n", **files},
        )
        return self._sandbox.run(job)


def _read(root: Path, path: str) -> bytes | None:
    """Return a file of the copy, which no sandbox can write to."""
    place = (root / path).resolve()
    return place.read_bytes() if place.is_relative_to(root.resolve()) and place.is_file() else None


def _source(laid: LaidOut) -> str:
    """Return where the project's sources are in the sandbox."""
    return f"{PROJECT}/{laid.suite.source}".rstrip("/")


def _paths(tries: Sequence[Try]) -> list[str]:
    return sorted({one.path for one in tries if one.path})


def _give(place: Path, sandbox: Sandbox) -> None:
    """Let the sandbox's user write to a file or folder."""
    if os.geteuid() == 0:
        shutil.chown(place, sandbox.user)


def _read_tried(output: str, count: int) -> list[Tried]:
    """Return what the trier said, as long as it is what it would say."""
    found: list[Tried] = []
    for line in output.splitlines():
        try:
            told = json.loads(line)
            one = Tried(int(told["variant"]), told["code"] == 0, float(told["seconds"]))
        except (ValueError, KeyError, TypeError):
            continue
        if one.number == len(found) < count:
            found.append(one)
    return found


def open_bench(folder: Path) -> Bench:
    """Return a bench whose interpreter is kept below a folder. Raises SandboxUnavailable where there is no sandbox."""
    is_root = os.geteuid() == 0
    interpreter = find_interpreter(folder / "python", is_for_other_user=is_root)
    sandbox = Sandbox(interpreter=interpreter, user=_NOBODY if is_root else None)
    return Bench(sandbox, Path(sysconfig.get_path("purelib")))
