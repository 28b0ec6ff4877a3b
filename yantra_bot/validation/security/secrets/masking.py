"""Takes secrets out of findings, whoever made them: a line of code that is quoted may hold one. Pure."""

import re
from collections.abc import Collection
from dataclasses import replace

from yantra_bot.domain.findings import Finding
from yantra_bot.domain.redaction import REDACTED, redact
from yantra_bot.validation.security.secrets.assignments import find_assignments

_SETTINGS = ".env"
"""What text of an unknown kind is looked at as: there a value may stand without quotes."""
_CODE = re.compile(r"[A-Za-z_][\w.]*(?:\([\w.,]*\)|\[\w*\])[\w.()\[\];,]*")
"""A value without quotes that calls or looks up something, and is none itself."""


def mask_text(text: str, values: Collection[str]) -> str:
    """Return a text without these values, and without what looks like a secret."""
    for value in sorted(values, key=len, reverse=True):
        if value:
            text = text.replace(value, REDACTED)
    return redact(text)


def mask_assignments(text: str) -> str:
    """Return a text, of whatever kind, without what its lines give to names of secrets."""
    return "\n".join(map(_mask_line, text.split("\n")))


def _mask_line(line: str) -> str:
    while True:
        found = list(find_assignments(_SETTINGS, line, takes_words=True))
        spans = sorted(((one.start, one.end) for one in found if not _CODE.fullmatch(one.value)), reverse=True)
        if not spans:
            return line
        start, end = spans[0]
        line = line[:start] + REDACTED + line[end:]


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
