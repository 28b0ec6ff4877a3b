"""Errors of a log, grouped by what they have in common; many like ones make an alert. Pure but for what it remembers.

What it remembers is bounded, however much is logged: so many groups, one example each. A group is an alert from a
threshold on, and over when it was quiet for a while.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from yantra_bot.domain.alerts import MOST_TEXT, Alert, AlertSource, Service, Severity
from yantra_bot.monitor.log_records import Record, read_records
from yantra_bot.monitor.rules import fingerprint_of
from yantra_bot.monitor_ports import LogLine

MOST_GROUPS: Final = 200
MOST_FIRING: Final = 20
"""Groups of a service that are alerts at once; all others beyond are one alert together."""
QUIET_SECONDS: Final = 300.0
"""After so long without its like, a group's alert is over."""
LIKE: Final = 0.7
"""Share of their words that two errors have at the same places, for them to be of one group."""
MOST_WORDS: Final = 40
_FRAMES: Final = 3
"""Lines of a trace that it is told by, next to where it was thrown."""
OTHERS: Final = "ManyErrors"
_CHANGING: Final = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[\d.,]{0,10}(?:Z|[+-]\d\d:?\d\d)?"
    r"|\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b|\b0x[0-9a-fA-F]+\b|\b(?=[a-f]*\d)[0-9a-f]{6,64}\b|\d+"
)
_QUOTED: Final = re.compile(r"(?<!=)(?:'[^'\n]{0,200}'|\"[^\"\n]{0,200}\")")
"""What is quoted differs each time, but for the value of a key: `msg="…"` is what is said."""
_FRAME: Final = re.compile(r"\s+(?:File \"|at |/\S+:\d|\d{1,3}: )")
_ERROR: Final = re.compile(
    r"(?:Caused by: |Exception in thread \S{1,80} )?((?:\w{1,80}[.:]{1,2}){0,8}[A-Za-z_]\w{0,80})(?::\s|$)"
)
_NAME: Final = re.compile(r"(?:^|[\s:.$])([A-Z]\w{0,80}(?:Error|Exception))\b")


@dataclass(slots=True)
class Group:
    """Errors that are alike. Times are Unix time in seconds."""

    words: tuple[str, ...]
    name: str
    example: Record
    first_at: float
    last_at: float
    count: int = 0
    """In the look that is at work, and then in the last one that found any."""
    is_firing: bool = False


class LogGroups:
    """The errors of one service, from look to look."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._groups: list[Group] = []
        self._by_words: dict[tuple[str, ...], Group] = {}
        self._others = Group((OTHERS,), OTHERS, Record(0.0, "", [""]), 0.0, 0.0)

    def look(self, lines: Sequence[LogLine], *, threshold: int, now: float) -> list[Alert]:
        """Return the alerts of what was logged since the look before: what fires, also again, and what is over."""
        errors = [record for record in read_records(lines) if record.is_error]
        seen: list[Group] = []
        beyond: list[Record] = []
        for record in errors:
            group = self._group_of(record, now)
            if group is None:
                beyond.append(record)
                continue
            if group not in seen:
                seen.append(group)
                group.count = 0
            group.count, group.last_at = group.count + 1, now
        alerts = [self._alert(group) for group in seen if self._may_fire(group, threshold, beyond)]
        alerts += self._fire_others(beyond, threshold, now)
        return alerts + self._end(now)

    def end(self) -> list[Alert]:
        """Return the ends of all that fires: nobody looks any more."""
        return self._end(math.inf)

    def __len__(self) -> int:
        return len(self._groups)

    def _group_of(self, record: Record, now: float) -> Group | None:
        name, words = shape_of(record)
        known = self._by_words.get(words) or self._closest(words)
        if known is not None:
            return known
        if len(self._groups) >= MOST_GROUPS:
            oldest = min((one for one in self._groups if not one.is_firing), key=lambda one: one.last_at)
            if oldest.last_at >= now:
                return None  # all of them are of this very look
            self._groups.remove(oldest)
            del self._by_words[oldest.words]
        group = Group(words, name, record, now, now)
        self._groups.append(group)
        self._by_words[words] = group
        return group

    def _closest(self, words: tuple[str, ...]) -> Group | None:
        """Return the group that has most words at the same places, where these are enough."""
        best, fewest = None, math.inf
        for group in self._groups:
            longest = max(len(group.words), len(words))
            unlike = count_unlike(group.words, words, most=math.floor(longest * (1 - LIKE) + 1e-9))
            if unlike is not None and unlike / longest < fewest:
                best, fewest = group, unlike / longest
        return best

    def _may_fire(self, group: Group, threshold: int, beyond: list[Record]) -> bool:
        if group.is_firing:
            return True
        if group.count < threshold:
            return False
        if sum(one.is_firing for one in self._groups) >= MOST_FIRING:
            beyond += [group.example] * group.count
            return False
        group.is_firing, group.first_at = True, group.last_at
        return True

    def _fire_others(self, beyond: Sequence[Record], threshold: int, now: float) -> list[Alert]:
        others = self._others
        if not beyond or (len(beyond) < threshold and not others.is_firing):
            return []
        if not others.is_firing:
            others.is_firing, others.first_at, others.example = True, now, beyond[0]
        others.count, others.last_at = len(beyond), now
        return [self._alert(others)]

    def _end(self, now: float) -> list[Alert]:
        over = [
            one
            for one in (*self._groups, self._others)
            if one.is_firing and not one.last_at <= now < one.last_at + QUIET_SECONDS
        ]
        for one in over:
            one.is_firing = False
        return [self._alert(one) for one in over]

    def _alert(self, group: Group) -> Alert:
        service = self._service
        return Alert(
            source=AlertSource.LOGS,
            fingerprint=fingerprint_of("logs", service.name, *group.words),
            service=service.name,
            name=group.name,
            is_firing=group.is_firing,
            severity=Severity.ERROR,
            summary=_headline(group),
            text=group.example.text[:MOST_TEXT],
            labels=tuple(sorted({"service": service.name, "pod": group.example.pod}.items())),
            started_at=group.first_at,
            ended_at=None if group.is_firing else group.last_at,
            count=max(1, group.count),
        )


def shape_of(record: Record) -> tuple[str, tuple[str, ...]]:
    """Return what an error is called, and the words that it shares with its like: without numbers, ids, quotations.

    One with a trace is told by the error and the frames next to where it was thrown, whatever its message says.
    """
    first = record.lines[0]
    if not record.has_trace:
        found = _NAME.search(first[:400])
        return found[1] if found else "LoggedErrors", _words(first)
    if "panicked at " in first:
        return "panic", ("panic", *_words(" ".join(record.lines[:2])))
    frames = [line.strip() for line in record.lines if _FRAME.match(line[:200])]
    error = _error_of(record)
    is_python = any("Traceback (most recent" in line for line in record.lines)
    near = frames[-_FRAMES:] if is_python else frames[:_FRAMES]
    return error.rpartition(".")[2] or "Crash", (error, *(" ".join(_words(one)) for one in near))


def count_unlike(one: Sequence[str], other: Sequence[str], *, most: float) -> int | None:
    """Return how many places have different words, those of the longer one counted; None for more than `most`."""
    unlike = abs(len(one) - len(other))
    for mine, theirs in zip(one, other, strict=False):
        if unlike > most:
            return None
        unlike += mine != theirs
    return unlike if unlike <= most else None


def _error_of(record: Record) -> str:
    """Return the name of the error: of Python's below the trace, of others' above it."""
    lines = [line for line in record.lines if line[:1].strip() and not line.startswith("Traceback")]
    named = [found[1] for line in lines if (found := _ERROR.match(line[:300])) or (found := _NAME.search(line[:300]))]
    telling = [name for name in named if re.search(r"Error|Exception|panic|Fault|Exit", name)]
    return (telling or named or [""])[-1 if any("Traceback" in line for line in record.lines) else 0]


def _words(line: str) -> tuple[str, ...]:
    steady = _CHANGING.sub("#", _QUOTED.sub("'…'", line[:2_000]))
    return tuple(re.findall(r"[\w#…./-]+", steady)[:MOST_WORDS])


def _headline(group: Group) -> str:
    if group.name == OTHERS and group.words == (OTHERS,):
        return f"{group.count} errors of many kinds are in the log within one look."
    lines = [line for line in group.example.lines if line.strip()]
    line = lines[-1] if group.example.has_trace and not lines[-1].startswith((" ", "\t")) else lines[0]
    return f"{group.count} × in the log: {line[:240].strip()}"
