"""How what was found is shown to a model: numbered, cut with a note of what is missing, nothing invisible. Pure.

Everything here came from a repository or a program, so it is data: controls and invisible characters are written as
escapes. Marks that look like a protocol's are left as they are: a result travels as one JSON string.
"""

import re
import unicodedata
from collections.abc import Sequence

from yantra_bot.domain.proof import TestOutcome, TestReport, TestStatus, Verdict

MAX_RESULT = 60_000
MAX_LINE = 2_000
MAX_FAILURES = 15
MAX_OLD = 20
MAX_REASON = 200
MAX_MESSAGE = 3_000
MAX_TAIL = 8_000

_PLAIN = re.compile(r"[\t\n\x20-\x7e]*")
# What terminals print around text: colours, cursor moves, titles.
_TERMINAL = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]{0,4096}(?:\x07|\x1b\\)|[@-Z\\^_])")
_HIDDEN = re.compile(
    r"(^ *(?P<fence>```+|~~~+).*?(?:^ *(?P=fence)|\Z)|`[^`\n]*`)|<!--.*?(?:-->|\Z)", re.MULTILINE | re.DOTALL
)
# Joiners are part of scripts and of emoji; the other formats only hide things.
_KEPT = frozenset("\t\n\u200c\u200d")
_ESCAPED = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def escape(text: str) -> str:
    """Return `text` with every control and invisible character as an escape; tabs and line feeds stay."""
    if _PLAIN.fullmatch(text):
        return text
    return "".join(_escape_one(character) for character in text)


def _escape_one(character: str) -> str:
    if character in _KEPT or unicodedata.category(character) not in _ESCAPED:
        return character
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")


def show_visible(text: str) -> str:
    """Return what a person sees of Markdown: no comments of HTML but in code, and what is invisible as escapes."""
    return escape(_HIDDEN.sub(lambda found: found[1] or "", text))


def clean_output(text: str) -> str:
    """Return what a program printed without terminal codes, with CRLF as LF, and escaped."""
    return escape(_TERMINAL.sub("", text).replace("\r\n", "\n"))


def cut_middle(text: str, limit: int) -> str:
    """Return `text`, with lines out of its middle left out when it has more than `limit` characters, and saying so."""
    if len(text) <= limit:
        return text
    head, tail = text[: limit // 2], text[-(limit - limit // 2) :]
    head, tail = head[: head.rfind("\n") + 1] or head, tail[tail.find("\n") + 1 :] or tail
    left_out = text[len(head) : len(text) - len(tail)]
    note = f"[… {left_out.count(chr(10))} lines, {len(left_out):,} characters left out …]"
    return f"{head.rstrip(chr(10))}\n{note}\n{tail}"


def cut_line(line: str, limit: int = MAX_LINE) -> str:
    """Return a line, cut at its end when it is long, and saying so."""
    if len(line) <= limit:
        return line
    return f"{line[:limit]}[… {len(line) - limit:,} characters left out]"


def number_lines(lines: Sequence[str], first: int) -> str:
    """Return lines with their numbers, from `first`, a tab between."""
    return "\n".join(f"{number:>6}\t{escape(cut_line(line))}" for number, line in enumerate(lines, start=first))


def show_report(report: TestReport, *, failed_before: frozenset[str] = frozenset()) -> str:
    """Return what a test run showed: the verdict first, then each failure, then what explains an error.

    Of tests that failed before any change too, one line is shown.
    """
    counts = [f"{len(report.names(status))} {status}" for status in TestStatus if report.names(status)]
    ended = "did not end" if report.exit_code is None else f"exit code {report.exit_code}"
    parts = [f"{report.verdict.upper()}: {', '.join(counts) or 'no test'} in {report.seconds:.1f} s ({ended})."]
    if report.reason:
        parts.append(escape(report.reason))
    failing = [outcome for outcome in report.outcomes if outcome.status in {TestStatus.FAILED, TestStatus.ERROR}]
    bad = [outcome for outcome in failing if outcome.name not in failed_before]
    parts += [_show_failure(outcome) for outcome in bad[:MAX_FAILURES]]
    if len(bad) > MAX_FAILURES:
        names = "\n".join(f"- {escape(outcome.name)}" for outcome in bad[MAX_FAILURES : MAX_FAILURES + 50])
        parts.append(f"{len(bad) - MAX_FAILURES} more did not pass:\n{names}")
    if old := [_show_old(outcome) for outcome in failing if outcome.name in failed_before]:
        more = [f"- and {len(old) - MAX_OLD} more"] if len(old) > MAX_OLD else []
        parts.append("\n".join(["Failed before any change too:", *old[:MAX_OLD], *more]))
    is_explained = report.verdict is Verdict.PASS or (failing and report.verdict is Verdict.FAIL)
    if report.output_tail and not is_explained:
        parts.append(f"The end of the output:\n{cut_middle(clean_output(report.output_tail), MAX_TAIL)}")
    return cut_middle("\n\n".join(parts), MAX_RESULT)


def find_reason(message: str) -> str:
    """Return the line of a failure that says what went wrong: the first that pytest marks, else the last one."""
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    marked = [line[2:].strip() for line in lines if line.startswith("E ")]
    return cut_line((marked or lines[-1:] or ["no message"])[0], MAX_REASON)


def _show_old(outcome: TestOutcome) -> str:
    return f"- {escape(outcome.name)}: {escape(find_reason(clean_output(outcome.message)))}"


def _show_failure(outcome: TestOutcome) -> str:
    message = cut_middle(clean_output(outcome.message), MAX_MESSAGE)
    return f"{outcome.status.upper()} {escape(outcome.name)}\n{message}".rstrip()
