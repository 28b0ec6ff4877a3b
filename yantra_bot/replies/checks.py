"""What a pull request says of the checks beside the tests: which were made, and what they came to. Pure."""

from collections.abc import Sequence
from typing import Final

from yantra_bot.domain.checks import CheckResult, CheckState
from yantra_bot.replies.text import one_line, plain

_WORDS: Final = {
    CheckState.PASSED: "passed",
    CheckState.FAILED: "**failed**",
    CheckState.SKIPPED: "not made",
    CheckState.ERROR: "**could not be made**",
}
_MOST: Final = 20


def checks_text(checks: Sequence[CheckResult]) -> str:
    """Return the section of the checks; empty where none was made."""
    if not checks:
        return ""
    rows = ["| check | result | seconds | |", "|---|---|---|---|"]
    rows += [f"| {one.kind} | {_WORDS[one.state]} | {one.seconds:.1f} | {one_line(one.reason)} |" for one in checks]
    notes = [f"- {one.kind}: {plain(line)}" for one in checks for line in one.details[:_MOST]]
    return "### Checks\n\n" + "\n".join(rows) + ("\n\n" + "\n".join(notes) if notes else "")
