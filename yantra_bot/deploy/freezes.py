"""Times in which nothing is deployed, and until when. Pure.

A window is read in its own time zone. Where clocks are set, a time may come twice or not at all: the window then begins
at the earlier and ends at the later of what could be meant.
"""

import datetime as dt
import re
import zoneinfo
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from yantra_bot.domain.environment import FreezeWindow

DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MAX_CHAIN: Final = 64
"""Windows that follow one upon another are told as one; more than these make no difference to anybody."""
_WEEKLY: Final = re.compile(r"([A-Za-z]{3,9}) +([01]?\d|2[0-3]):([0-5]\d)")
_ONCE: Final = re.compile(r"\d{4}-\d\d-\d\d[ T]([01]\d|2[0-3]):[0-5]\d")


@dataclass(frozen=True, slots=True)
class Freeze:
    """A window that is on. `until` is Unix time in seconds: when nothing is frozen any more."""

    window: FreezeWindow
    until: float


def check(window: FreezeWindow) -> str:
    """Return what is wrong with a window, as the end of a sentence; empty where nothing is."""
    try:
        zone = _zone(window.zone)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        return f"names the time zone {window.zone[:60]!a}, which is not known. Cure: one such as Europe/Berlin or UTC"
    begins, ends = (_WEEKLY.fullmatch(text) or _ONCE.fullmatch(text) for text in (window.begins, window.ends))
    if begins is None or ends is None or begins.re is not ends.re:
        return 'has to go `from: "Fri 16:00"` `to: "Mon 08:00"`, or from one `"2026-12-23 12:00"` to another'
    try:
        spans = _spans(window, zone, dt.datetime(2026, 1, 7, tzinfo=dt.UTC))
    except (ValueError, OverflowError):
        return "names a day that there is not"
    if any(begin >= end for begin, end in spans):
        return "ends before it begins, or at once"
    return ""


def frozen(windows: Iterable[FreezeWindow], at: float) -> Freeze | None:
    """Return the window that holds at a moment (Unix seconds) and when the last of those that follow upon it ends.

    Raises ValueError for a window that `check` finds fault with.
    """
    known = tuple(windows)
    first, until = None, at
    for _ in range(MAX_CHAIN):
        found = _latest(known, until)
        if found is None:
            break
        first, until = first or found.window, found.until
    return None if first is None else Freeze(first, until)


def _latest(windows: tuple[FreezeWindow, ...], at: float) -> Freeze | None:
    """Return, of the windows that hold at a moment, the one that ends last."""
    moment = dt.datetime.fromtimestamp(at, dt.UTC)
    holding = [
        Freeze(window, end)
        for window in windows
        for begin, end in _spans(window, _zone(window.zone), moment)
        if begin <= at < end
    ]
    return max(holding, key=lambda one: one.until, default=None)


def _spans(window: FreezeWindow, zone: dt.tzinfo, near: dt.datetime) -> list[tuple[float, float]]:
    """Return when a window begins and ends around a moment, in Unix seconds."""
    if _ONCE.fullmatch(window.begins):
        begin, end = (dt.datetime.fromisoformat(text) for text in (window.begins, window.ends))
        return [(_earliest(begin, zone), _last(end, zone))]
    first, second = _minute_of_week(window.begins), _minute_of_week(window.ends)
    length = (second - first) % (7 * 24 * 60)
    local = near.astimezone(zone).replace(tzinfo=None)
    monday = (local - dt.timedelta(days=local.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
    begins = [monday + dt.timedelta(weeks=week, minutes=first) for week in (-1, 0, 1)]
    return [(_earliest(begin, zone), _last(begin + dt.timedelta(minutes=length), zone)) for begin in begins]


def _minute_of_week(text: str) -> int:
    found = _WEEKLY.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!a} is no time of a week")
    day = next((number for number, name in enumerate(DAYS) if name.startswith(found[1].lower())), None)
    if day is None:
        raise ValueError(f"{found[1]!a} is no day of a week")
    return (day * 24 + int(found[2])) * 60 + int(found[3])


def _earliest(local: dt.datetime, zone: dt.tzinfo) -> float:
    return min(local.replace(tzinfo=zone, fold=fold).timestamp() for fold in (0, 1))


def _last(local: dt.datetime, zone: dt.tzinfo) -> float:
    return max(local.replace(tzinfo=zone, fold=fold).timestamp() for fold in (0, 1))


def _zone(name: str) -> dt.tzinfo:
    return zoneinfo.ZoneInfo(name)
