"""Lines of a log to what was said: a stack trace is one record with the line that announces it. Pure.

Lines are text of strangers. Every pattern looks at a bounded part of a line, and a record has bounded lines.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from yantra_bot.monitor_ports import LogLine

MOST_LINES: Final = 200
"""Lines of one record that are kept; the middle of a longer trace is left out."""
LOOKED_AT: Final = 400
"""Signs of a line that are looked at."""
_GOES_ON: Final = re.compile(
    r"\s|Caused by:|During handling of the above|The above exception|"
    r"\.\.\. \d{1,5} (?:more|common frames)|goroutine \d{1,9} \[|created by |exit status \d|stack backtrace:|"
    r"note: run with|\}|\]\)?;?$|\[signal "
)
"""How a line begins that belongs to the one before."""
_GO_FRAME: Final = re.compile(r"[\w./*(){}\[\]-]{1,300}\((?:0x|\.\.\.|\{|\)|\S*\)?$)")
_ERROR_LINE: Final = re.compile(r"(?:[\w$]{1,80}\.){0,10}[A-Za-z_$][\w$]{0,120}(?::\s|:?$)")
_TRACE: Final = re.compile(
    r"Traceback \(most recent call last\)|^panic: |^fatal error: |panicked at |^goroutine \d|^Exception in thread"
    r"|^\s+at [\w$.<>/]{1,200}[ (]|^Caused by: |^\s{1,20}at .{1,300}:\d{1,7}:\d{1,7}\)?$"
)
_LEVEL: Final = re.compile(
    r"(?<![A-Za-z_])(?:(?P<bad>ERROR|FATAL|CRITICAL|SEVERE|PANIC|EMERG(?:ENCY)?|ALERT)"
    r"|(?P<fine>TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?))(?![A-Za-z_])"
)
_KEYED: Final = re.compile(
    r"""["']?(?:level|lvl|severity|levelname|log\.level)["']?\s{0,3}[=:]\s{0,3}["']?(?P<level>[A-Za-z]{3,10}|\d\d)""",
    re.IGNORECASE,
)
_BAD_LEVELS: Final = frozenset(
    {*("error", "err", "fatal", "critical", "crit", "severe", "panic", "emerg", "emergency", "alert"), *("50", "60")}
)
_STARTS_BAD: Final = re.compile(r"\W{0,10}(?:(?:error|fatal|critical|panic)\b\W|[EF]\d{4} \d\d:\d\d:)", re.IGNORECASE)
_NAMED: Final = re.compile(r"(?:^|[\s:.])[A-Z]\w{0,80}(?:Error|Exception)(?:\b|:)")


_LEVEL_KEYS: Final = ("level", "severity", "levelname", "lvl", "log.level")
_TEXT_KEYS: Final = ("message", "msg", "event", "error", "err")
_TRACE_KEYS: Final = (
    *("stack", "stacktrace", "stack_trace", "traceback", "exc_info", "exception", "error.stack_trace"),
    *("error", "err"),
)


@dataclass(slots=True)
class Record:
    """What was said at once; `lines` are as they were written."""

    at: float
    pod: str
    lines: list[str] = field(default_factory=list)
    has_trace: bool = False
    is_in_go: bool = False
    is_in_python: bool = False
    """Whether a trace of Python has begun whose error has not been named."""

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def is_error(self) -> bool:
        """Whether it tells of an error: a level says so, or a trace."""
        return self.has_trace or tells_error(self.lines[0])

    def add(self, line: str) -> None:
        """Take one more line; of a long record, the beginning and the end stay."""
        self.has_trace = self.has_trace or _TRACE.search(line[:LOOKED_AT]) is not None
        self.is_in_python = line.startswith("Traceback") or (self.is_in_python and line[:1] in (" ", "\t"))
        self.is_in_go = self.is_in_go or line.startswith("goroutine ")
        if len(self.lines) >= MOST_LINES:
            del self.lines[MOST_LINES // 2]
        self.lines.append(line)


def read_records(lines: Sequence[LogLine]) -> list[Record]:
    """Return what was said, in the order of its first lines. Pods write at the same time: each is read by itself."""
    records: list[Record] = []
    open_by_pod: dict[str, Record] = {}
    for line in lines:
        first, *rest = unfold(line.text)
        before = open_by_pod.get(line.pod)
        if before is not None and not rest and _belongs(before, first):
            before.add(first)
        elif first.strip():
            record = Record(line.at, line.pod)
            for one in (first, *rest):
                record.add(one)
            open_by_pod[line.pod] = record
            records.append(record)
    return records


def unfold(line: str) -> list[str]:
    """Return a line that is an object of JSON as its level and message, its trace below; any other as it is.

    What some services call a line has several.
    """
    try:
        found = json.loads(line) if line.startswith("{") else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        return line.splitlines() or [line]
    text = _first(found, _TEXT_KEYS)
    if not text.strip():
        return line.splitlines()
    level = str(next((found[key] for key in _LEVEL_KEYS if found.get(key) is not None), "")).upper()[:20]
    trace = _first(found, _TRACE_KEYS, needs="\n")
    known = "ERROR" if level.lower() in _BAD_LEVELS else level
    head, *rest = text.splitlines()
    return [f"{known} {head}".strip(), *rest, *trace.splitlines()]


def _first(found: dict[str, Any], keys: Sequence[str], *, needs: str = "") -> str:
    """Return the first of these texts, also one level deeper where an error is an object of its own."""
    for key in keys:
        value = found.get(key)
        texts = value.values() if isinstance(value, dict) else (value,)
        for text in texts:
            if isinstance(text, str) and text.strip() and needs in text:
                return text
    return ""


def _belongs(record: Record, line: str) -> bool:
    part = line[:LOOKED_AT]
    if not part.strip():
        return record.has_trace
    if part.startswith("Traceback"):
        # Below the line that announces it, or as the cause of the one above.
        is_cause = any(one.startswith(("During handling", "The above exc")) for one in record.lines[-3:])
        return is_cause if record.has_trace else tells_error(record.lines[0])
    if _GOES_ON.match(part):
        return True
    last = record.lines[-1]
    if record.is_in_go and _GO_FRAME.match(part):
        return True
    if "panicked at " in last[:LOOKED_AT] and len(record.lines) < MOST_LINES:
        return True  # Rust says where first, and what on the next line
    # Python names the error below its trace, at the margin.
    return record.is_in_python and last.startswith("  ") and _ERROR_LINE.match(part) is not None and not _levelled(part)


def tells_error(line: str) -> bool:
    """Whether a line says by itself that it is of an error: by its level, else by how it begins or what it names."""
    part = line[:LOOKED_AT]
    keyed = _KEYED.search(part)
    if keyed is not None:
        return keyed["level"].lower() in _BAD_LEVELS
    level = _LEVEL.search(part[:160])
    if level is not None:
        return level["bad"] is not None
    return _STARTS_BAD.match(part) is not None or _TRACE.search(part) is not None or _NAMED.search(part) is not None


def _levelled(part: str) -> bool:
    return _LEVEL.search(part[:160]) is not None
