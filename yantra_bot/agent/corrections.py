"""What the model is told of checks that its change does not pass: framing from here, findings as data."""

from collections.abc import Iterable, Sequence

from yantra_bot.agent.prompts import cut
from yantra_bot.domain.checks import CheckResult, CheckState
from yantra_bot.domain.conversation import Message, Role, Text
from yantra_bot.domain.findings import Finding

MAX_EVIDENCE = 6_000
MAX_FINDINGS = 20
MAX_EACH = 5
"""Pieces of evidence, and parts of a fix, that are shown of one finding."""
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


def describe_findings(findings: Sequence[Finding]) -> str:
    """Return findings with what shows them and what may mend them: text that quotes the repository, so it is data."""
    blocks = []
    for one in findings[:MAX_FINDINGS]:
        shown = [f"  {part.path}:{part.line}: {part.text}" for part in one.evidence[:MAX_EACH] if part.path]
        blocks.append("\n".join([describe_place(one), *shown, *_describe_fix(one)]))
    if len(findings) > MAX_FINDINGS:
        blocks.append(f"And {len(findings) - MAX_FINDINGS} more.")
    return "\n".join(blocks)


def describe_place(one: Finding) -> str:
    """Return a finding in one line, its place first."""
    place = f"{one.path}:{one.line}" if one.line else one.path
    return f"{place}: {one.message} [{one.rule}]"


def _describe_fix(one: Finding) -> list[str]:
    if one.fix is None:
        return []
    lines = [f"  This would {one.fix.title}:"]
    for part in one.fix.replacements[:MAX_EACH]:
        lines.append(f"  {part.path}, lines {part.line} to {part.end_line} become:")
        lines += [f"    {line}" for line in part.text.split("\n")]
    return lines
