"""One line of a stranger's log, as it may be kept: cut, without what cannot be seen, its secrets hidden. Pure."""

from typing import Final

from yantra_bot.domain.redaction import redact

MOST: Final = 8_000
"""Signs of a line that are kept: a stack trace within JSON has room."""


def clean(text: str) -> str:
    """Return a line of bounded length, tabs and line breaks as they were."""
    cut = text[:MOST]
    if not cut.isprintable():
        cut = "".join(sign if sign in "\t\n" or sign.isprintable() else " " for sign in cut)
    return redact(cut)
