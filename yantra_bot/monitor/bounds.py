"""An alert within bounds: text of strangers cut, on one line where it is shown on one, and without secrets. Pure.

Whatever heard it, a door or a loop of ours, an alert passes here once, before anything is decided or stored.
"""

import hashlib
import re
from dataclasses import replace
from functools import lru_cache
from typing import Final

from yantra_bot.domain.alerts import MOST_LABELS, MOST_TEXT, Alert
from yantra_bot.domain.log_redaction import redact_log

MOST_NAME: Final = 120
MOST_SUMMARY: Final = 300
MOST_VALUE: Final = 200
MOST_GROUP: Final = 1_000
MOST_URL: Final = 1_000
MOST_COUNT: Final = 1_000_000
_CUT: Final = " […]"
_FINGERPRINT = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
_URL = re.compile(r"https?://[!#-;=?-Z\[\]_a-z~%]+", re.ASCII)
_GAP = re.compile(r"\n(?:[ \t]*\n){2,}")
_HALF_PAIR = re.compile("[\ud800-\udfff]")


def bound(alert: Alert, *, now: float) -> Alert:
    """Return the alert as it may be stored and shown, heard at `now`.

    Times of a sender whose clock is ahead, or who sends none, become `now`.
    """
    started_at = alert.started_at if 0 < alert.started_at <= now else now
    ended_at = None if alert.ended_at is None else min(max(alert.ended_at, started_at), now)
    return replace(
        alert,
        fingerprint=fingerprint(alert),
        name=one_line(alert.name, MOST_NAME) or "an alert without a name",
        summary=one_line(alert.summary, MOST_SUMMARY),
        text=many_lines(alert.text, MOST_TEXT),
        labels=_bound_labels(alert.labels),
        started_at=started_at,
        ended_at=None if alert.is_firing else now if ended_at is None else ended_at,
        group=alert.group if len(alert.group) <= MOST_GROUP else _digest(alert.group),
        url=alert.url if len(alert.url) <= MOST_URL and _URL.fullmatch(alert.url) else "",
        count=min(max(1, alert.count), MOST_COUNT),
        revision=one_line(alert.revision, MOST_VALUE),
    )


def fingerprint(alert: Alert) -> str:
    """Return what an alert is known again by; a sender that gives none is told apart by name and labels."""
    if not alert.fingerprint:
        return _digest(repr((alert.source, alert.service, alert.name, sorted(alert.labels))))[:32]
    given = alert.fingerprint
    return given if _FINGERPRINT.fullmatch(given) else _digest(given)[:32]


def one_line(text: str, limit: int) -> str:
    """Return foreign text on one line of at most `limit` characters, without signs that cannot be seen."""
    # In a storm most labels are the same.
    return _known_line(text, limit) if len(text) <= MOST_VALUE else _line(text, limit)


def _line(text: str, limit: int) -> str:
    # Much more than is kept is looked at, so that a secret that begins within it is known whole.
    shown = redact_log(_visible(text[: 4 * limit]))
    line = " ".join(shown.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


_known_line = lru_cache(maxsize=4_096)(_line)


def many_lines(text: str, limit: int) -> str:
    """Return foreign text of at most `limit` characters, its lines as they were; the middle of a longer one is cut.

    Several blank lines become one.
    """
    if len(text) > 2 * limit:
        text = text[:limit] + _CUT + text[-limit:]
    shown = redact_log(without_gaps(_visible(text)))
    if len(shown) <= limit:
        return shown
    half = (limit - len(_CUT)) // 2
    return shown[:half] + _CUT + shown[-half:]


def without_gaps(text: str) -> str:
    """Return text in which several blank lines are one: they say nothing, and a text may consist of nothing else."""
    return _GAP.sub("\n\n", text)


def _bound_labels(labels: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    kept = sorted(labels)[:MOST_LABELS]
    return tuple((one_line(name, MOST_NAME), one_line(value, MOST_VALUE)) for name, value in kept)


def _visible(text: str) -> str:
    text = _HALF_PAIR.sub("\ufffd", text.replace("\r\n", "\n"))
    return text if text.isprintable() else "".join(one if one in "\n\t" or one.isprintable() else " " for one in text)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
