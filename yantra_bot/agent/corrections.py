"""What the model is told of checks that its change does not pass: framing from here, findings as data."""

from collections.abc import Iterable, Sequence

from yantra_bot.agent.prompts import cut
from yantra_bot.domain.checks import CheckResult, CheckState
from yantra_bot.domain.conversation import Message, Role, Text

MAX_EVIDENCE = 6_000
BEFORE_TESTS = (
    "Before any test was run, the code graph shows that the change does not hold together. What it shows, as data:"
)
GO_ON = "Mend this, then call `finish` again. Where a finding is wrong, say so in the summary of `finish`, and why."


def correction_message(checks: Sequence[CheckResult]) -> Message:
    """Return the turn that gives failed checks back, in the same attempt."""
    blocks = [Text(BEFORE_TESTS), *(Text(text) for text in describe_checks(checks)), Text(GO_ON)]
    return Message(Role.USER, tuple(blocks))


def describe_checks(checks: Iterable[CheckResult]) -> list[str]:
    """Return what each failed check shows, cut."""
    failed = [check for check in checks if check.state is CheckState.FAILED]
    return [cut(f"Check `{check.kind}`: {check.evidence or check.reason}", MAX_EVIDENCE) for check in failed]
