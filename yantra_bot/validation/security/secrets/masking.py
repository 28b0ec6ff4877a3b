"""Takes secrets out of findings, whoever made them: a line of code that is quoted may hold one. Pure."""

from collections.abc import Collection
from dataclasses import replace

from yantra_bot.domain.findings import Finding
from yantra_bot.domain.redaction import REDACTED, redact


def mask_text(text: str, values: Collection[str]) -> str:
    """Return a text without these values, and without what looks like a secret."""
    for value in sorted(values, key=len, reverse=True):
        if value:
            text = text.replace(value, REDACTED)
    return redact(text)


def mask(finding: Finding, values: Collection[str]) -> Finding:
    """Return a finding that quotes none of these values. A fix whose text holds one is left out: it cannot be shown."""
    fix = finding.fix
    if fix is not None and any(mask_text(one.text, values) != one.text for one in fix.replacements):
        fix = None
    return replace(
        finding,
        message=mask_text(finding.message, values),
        anchor=mask_text(finding.anchor, values),
        symbol=mask_text(finding.symbol, values),
        evidence=tuple(replace(one, text=mask_text(one.text, values)) for one in finding.evidence),
        fix=fix,
    )
