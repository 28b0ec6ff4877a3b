"""A review as lines of a terminal: compact, coloured, readable at 80 columns, and in a pipe one line for each thing.

Pure: it makes lines and prints none. Whatever a name of the repository holds is shown, and never acts on a terminal.
"""

import io
import re
from collections.abc import Iterator, Sequence
from typing import Final

from rich.console import Console
from rich.text import Text

from yantra_bot.domain.findings import Evidence, Finding, Severity, Side
from yantra_bot.domain.redaction import redact
from yantra_bot.domain.review import Affected, FileKind, ImpactReport, Review, Risk, RiskLevel, TestSelection
from yantra_bot.domain.scores import JudgedScore
from yantra_bot.replies.review.learned import state_attention, state_learned, why_not_shown
from yantra_bot.replies.review.markdown import visible
from yantra_bot.replies.review.quoting import inside, percent, pieces, place, quote, sureness
from yantra_bot.replies.review.symbols import FileRows, count_kinds, diff_by_symbol, gather, sum_up
from yantra_bot.replies.review.wording import (
    Outcome,
    count_severities,
    judge,
    state_changed_entries,
    state_gap,
    state_impact,
    state_owners,
    state_reading,
    state_risk,
    state_run,
    state_scope,
    state_selection,
    state_skipped,
    state_times,
    state_untested,
)

COLOURS: Final = {
    Severity.CRITICAL: "bold red",
    Severity.ERROR: "red",
    Severity.WARNING: "yellow",
    Severity.INFO: "blue",
}
_HEADLINES: Final = {
    Outcome.BLOCKED: "bold red",
    Outcome.REMARKS: "bold yellow",
    Outcome.CLEAN: "bold green",
    Outcome.NOT_REVIEWED: "bold yellow",
}
_RISKS: Final = {RiskLevel.LOW: "green", RiskLevel.MEDIUM: "yellow", RiskLevel.HIGH: "red"}
_SIGN_STYLES: Final = {"+": "green", "−": "red", "!": "red", "~": "yellow", "→": "cyan"}
_PLACE = re.compile(r".*:\d+")
MAX_FINDINGS: Final = 100
MAX_EVIDENCE: Final = 5
MAX_AFFECTED: Final = 8
MAX_TESTS: Final = 10
MAX_ROWS: Final = 8
MAX_FILES: Final = 12
MAX_GAPS: Final = 15
MAX_CODE: Final = 200
MAX_SENTENCE: Final = 2_000
SCREEN: Final = 20
"""Lines after which the verdict is said again."""
_INDENT: Final = "  "


def review_lines(review: Review, *, width: int | None = None, whole: bool = False) -> list[Text]:
    """Return the lines of a review. `width` is that of the terminal, None for a pipe, where no line is broken.

    `whole` shows every finding, path, test and symbol; otherwise lists are cut and say by how much.
    """
    judged = judge(review)
    lines = [Text(judged.headline, _HEADLINES[judged.outcome])]
    if not review.findings:
        lines.append(_line("", judged.reason))
    lines.append(_line("", state_scope(review)))
    for part in (
        _findings(review, whole=whole),
        _tests(review, whole=whole),
        _impact(review.impact, whole=whole) if review.impact is not None else [],
        _symbols(review, whole=whole),
        _risk(review.risk) if review.risk is not None else [],
        _learned(review.learned),
        _gaps(review, whole=whole),
    ):
        lines += [Text(), *part] if part else []
    if review.reading is not None:
        lines += [
            Text(),
            _line(Text.assemble(("The model's part", "bold underline"), " "), state_reading(review.reading)),
        ]
    # Who scrolls no further than the end is told as well.
    ending = Text(judged.headline, _HEADLINES[judged.outcome])
    if review.timings:
        ending.append(f"  {state_times(review)}", "not bold dim default")
    lines += [Text(), ending] if len(lines) > SCREEN or review.timings else []
    return [piece for line in lines for piece in _fold(line, width)]


def _line(before: str | Text, sentence: str, style: str = "") -> Text:
    """Return one line: what stands before, then a sentence whose quoted parts stand out."""
    line = Text(style=style)
    line.append(before)
    for text, is_quoted in pieces(" ".join(redact(sentence[:MAX_SENTENCE]).split())):
        line.append(visible(text), _style_of(text) if is_quoted and not style else None)
    return line


def _style_of(quoted: str) -> str:
    return "cyan" if _PLACE.fullmatch(quoted) else "bold"


def _fold(line: Text, width: int | None) -> Iterator[Text]:
    """Yield a line broken at words, what follows indented by two more than its beginning."""
    if width is None or line.cell_len <= width:
        yield line
        return
    indent = len(line.plain) - len(line.plain.lstrip()) + 2
    room = max(width - indent, 20)
    console = Console(file=io.StringIO(), width=width)
    first, *_ = line.wrap(console, width)
    rest = line[len(first.plain) :]
    first.rstrip()
    yield first
    rest = rest[len(rest.plain) - len(rest.plain.lstrip()) :]
    for piece in rest.wrap(console, room):
        piece.rstrip()
        yield Text.assemble(" " * indent, piece)


def _heading(text: str) -> Text:
    return Text(text, "bold underline")


def _more(number: int, indent: str = _INDENT) -> list[Text]:
    return [Text(f"{indent}and {number:,} more", "dim")] if number > 0 else []


def _cut(items: Sequence[object], limit: int, *, whole: bool) -> int:
    return len(items) if whole else min(len(items), limit)


def _findings(review: Review, *, whole: bool) -> list[Text]:
    if not review.findings:
        return []
    lines = [_heading(f"Findings: {count_severities(review.findings)}")]
    shown = _cut(review.findings, MAX_FINDINGS, whole=whole)
    for finding in review.findings[:shown]:
        lines += _finding(finding, whole=whole)
    return lines + _more(len(review.findings) - shown, "")


def _finding(finding: Finding, *, whole: bool) -> list[Text]:
    head = Text.assemble((str(finding.severity), COLOURS[finding.severity]), "  ")
    side = " of the base" if finding.side is Side.BASE else ""
    head = _line(head, f"{place(finding.path, finding.line)}{side}")
    head.append(f"  {visible(finding.rule)}, {sureness(finding.confidence)}", "dim")
    lines = [head, _line(_INDENT, finding.message), *_code(finding)]
    shown = _cut(finding.evidence, MAX_EVIDENCE, whole=whole)
    lines += [_evidence(one) for one in finding.evidence[:shown]]
    lines += _more(len(finding.evidence) - shown + finding.more_evidence, _INDENT * 2)
    if finding.fix is not None:
        lines.append(_line(Text(f"{_INDENT}fix: ", "green"), f"it would {finding.fix.title}"))
    return lines


def _code(finding: Finding) -> list[Text]:
    """Return the line of code, with what the finding is about underlined where it stands there once."""
    code = visible(redact(finding.anchor.replace("\t", " ")))[:MAX_CODE]
    if not code:
        return []
    lines = [Text.assemble(_INDENT, ("│ ", "dim"), code)]
    found = _find_once(code, finding.symbol)
    if found is not None:
        marks = "^" * (found.end() - found.start())
        lines.append(Text.assemble(_INDENT, ("│ ", "dim"), " " * found.start(), (marks, "bold red")))
    return lines


def _find_once(code: str, symbol: str) -> re.Match[str] | None:
    """Return where a symbol stands in a line: by its whole name, what follows a colon, or its last part."""
    for name in (symbol, symbol.rpartition(":")[2], re.split(r"[.:#/]", symbol)[-1]):
        found = list(re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", code)) if len(name) > 1 else []
        if len(found) == 1:
            return found[0]
    return None


def _evidence(one: Evidence) -> Text:
    before = f"{place(one.path, one.line)}  " if one.path else ""
    line = _line(_INDENT * 2, f"{before}{one.text}")
    if one.confidence < 1:
        line.append(f"  {percent(one.confidence)}", "dim")
    return line


def _tests(review: Review, *, whole: bool) -> list[Text]:
    tests, report = review.tests, review.test_report
    if tests is None and report is None:
        return []
    lines = [_heading("Tests")]
    if tests is not None:
        lines.append(_line("", state_selection(tests)))
    if report is not None:
        lines.append(_line("", state_run(review)))
    return lines + (_selected(tests, whole=whole) if tests is not None else [])


def _selected(tests: TestSelection, *, whole: bool) -> list[Text]:
    shown = _cut(tests.tests, MAX_TESTS, whole=whole)
    lines = [_line(_INDENT, f"{quote(one.id)} {one.why}") for one in tests.tests[:shown]]
    lines += _more(len(tests.tests) - shown)
    untested = state_untested(tests)
    return [*lines, _line("", untested)] if untested else lines


def _impact(impact: ImpactReport, *, whole: bool) -> list[Text]:
    lines = [_heading("What it reaches"), _line("", state_impact(impact))]
    reached = sorted(impact.affected, key=lambda one: not one.is_entry_point)
    shown = _cut(reached, MAX_AFFECTED, whole=whole)
    for one in reached[:shown]:
        lines += _reached(one)
    lines += _more(max(impact.symbols, len(reached)) - shown)
    said = [sentence for sentence in (state_changed_entries(impact), *state_owners(impact)) if sentence]
    return lines + [_line("", sentence) for sentence in said]


def _reached(one: Affected) -> list[Text]:
    entry = ", an entry point" if one.is_entry_point else ""
    head = f"{quote(inside(one.name, one.path))} {place(one.path, one.line)}{entry}"
    lines = [_line(Text(f"{_INDENT}{percent(one.confidence):>5}  "), head)]
    steps = [f"{quote(inside(step.text, step.path))} {place(step.path, step.line)}" for step in one.via[1:]]
    if len(steps) > 1:
        path = " ← ".join((quote(inside(one.via[0].text, one.via[0].path)), *steps))
        lines.append(_line(f"{_INDENT}       ", path, "dim"))
    return lines


def _symbols(review: Review, *, whole: bool) -> list[Text]:
    files = diff_by_symbol(review)
    if not files:
        return []
    lines = [_heading("What changed"), *([Text(count_kinds(review))] if review.symbols else [])]
    told = [one for one in files if whole or one.is_telling]
    shown = _cut(told, MAX_FILES, whole=whole)
    for one in told[:shown]:
        lines += _file(one, whole=whole)
    rest = [] if whole else [one for one in files if not one.is_telling] + told[shown:]
    return lines + [_line("", sentence) for sentence in gather(rest)]


def _file(one: FileRows, *, whole: bool) -> list[Text]:
    head = Text(visible(redact(one.file.path)), "cyan")
    if one.file.added or one.file.removed:
        head.append_text(Text.assemble((f" +{one.file.added:,}", "green"), (f" −{one.file.removed:,}", "red")))
    lines = [_line(head, f", {one.note}" if one.note else "")]
    if one.file.kind is FileKind.TEST and not whole and one.rows:
        lines[0].append(f": {sum_up(one.rows)}")
        return lines
    shown = _cut(one.rows, MAX_ROWS, whole=whole)
    for row in one.rows[:shown]:
        before = Text.assemble(_INDENT, (row.sign, _SIGN_STYLES.get(row.sign, "")), " ")
        lines.append(_line(before, row.text))
        lines += [_line(f"{_INDENT}    ", more) for more in row.more]
    lines += _more(len(one.rows) - shown, _INDENT * 2)
    return [*lines, _line(f"{_INDENT}· ", one.quiet)] if one.quiet else lines


def _risk(risk: Risk) -> list[Text]:
    head = Text.assemble(("Risk", "bold underline"), " ", (state_risk(risk), _RISKS[risk.level]))
    lines = [head]
    width = max((len(part.name) for part in risk.parts), default=0)
    for part in sorted(risk.parts, key=lambda one: -(one.value or 0) * one.weight):
        value = "   ?" if part.value is None else f"{part.value:.2f}"
        lines.append(_line(f"{_INDENT}{value} × {part.weight:.2f}  {part.name:<{width}}  ", part.reason))
    return lines


def _learned(judged: JudgedScore | None) -> list[Text]:
    said = state_learned(judged)
    if not said:
        why = why_not_shown(judged)
        return [_line("Learned score, not shown: ", why, "dim")] if why else []
    return [_heading("Learned score"), _line(_INDENT, said), *(_line(_INDENT, one) for one in state_attention(judged))]


def _gaps(review: Review, *, whole: bool) -> list[Text]:
    said = [*map(state_gap, review.gaps), *state_skipped(review)]
    if not said:
        return []
    shown = _cut(said, MAX_GAPS, whole=whole)
    return [_heading("Not looked at"), *(_line(_INDENT, one) for one in said[:shown]), *_more(len(said) - shown)]
