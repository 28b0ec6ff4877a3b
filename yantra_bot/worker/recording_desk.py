"""What a worker does to record a suite: runs it once with the recorder, and leaves what each test ran. Child's side.

Recording decides nothing: whatever goes wrong with it, a plain run says what the tests show.
"""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from yantra_bot.domain.proof import TestReport, Verdict
from yantra_bot.errors import UserError
from yantra_bot.sandbox.checkout import Checkout
from yantra_bot.validation.recording_run import record_tests
from yantra_bot.validation.selection.recording import save_recording
from yantra_bot.validation.test_run import TestBench

MAX_SOURCE: Final = 4 * 1024**2
"""Bytes of one file that is looked into."""


def record_suite(
    bench: TestBench, checkout: Checkout, commit: str, folder: Path, *, say: Callable[[str], None]
) -> TestReport | None:
    """Run the whole suite and leave in `folder` what each test ran; return what it showed.

    None, with a line that says why, unless the run passed and was recorded: the recorder runs tests in one process and
    watches them, so that what fails beside it may not fail without it. What tests did to the tree stays.
    """
    try:
        report, made = record_tests(bench, commit, _read_python(checkout).get, on_line=say)
        if made is not None:
            save_recording(folder, made)
    except Exception as problem:  # noqa: BLE001 (nothing about a recording may end a run)
        say(f"What the tests ran could not be recorded: {problem or type(problem).__name__} They are run again.")
        return None
    if made is None:
        say(f"The recorder left nothing that can be read. {report.reason} They are run again without it.")
        return None
    if report.verdict is not Verdict.PASS:
        say(f"With the recorder the tests did not pass: {report.reason} They are run again without it.")
        return None
    return report


def _read_python(checkout: Checkout) -> dict[str, bytes]:
    """Return the files of the tree before tests may change them."""
    found = {}
    for path in checkout.paths():
        if path.endswith(".py"):
            with suppress(UserError):
                found[path] = checkout.tree.read_bytes(path, limit=MAX_SOURCE)
    return found
