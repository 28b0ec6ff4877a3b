"""What a pull request says of changed lines that tests run, and of tests that were written for the others. Pure."""

from collections.abc import Sequence
from typing import Final

from yantra_bot.domain.coverage import ChangedLines, Generated, JudgedTest
from yantra_bot.replies.text import inline, one_line, plain

MAX_NAMED: Final = 15
MAX_WHY: Final = 300
MAX_LEFT: Final = 8


def covered_text(lines: ChangedLines | None, generated: Generated) -> str:
    """Return how many of the changed lines tests run, and what came of the tests that were asked for."""
    parts = [_share(lines, generated), _left(lines) if lines is not None else ""]
    parts += [_asked(generated), _list("Kept", generated.kept), _list("Dropped", generated.dropped)]
    if generated.put_back:
        named = ", ".join(map(inline, generated.put_back[:MAX_NAMED]))
        parts.append(f"What was changed beside tests while they were written was put back: {named}.")
    return "\n\n".join(part for part in parts if part)


def share_line(lines: ChangedLines) -> str:
    """Return how many of the changed lines are run, as half a sentence."""
    return f"{lines.covered} of {lines.executable} changed lines of code ({lines.share:.0%})"


def _share(lines: ChangedLines | None, generated: Generated) -> str:
    before, after = generated.before, generated.after
    if before is not None and after is not None:
        return f"Tests run {share_line(after)}; {share_line(before)} before tests were written for it."
    if lines is None:
        return ""
    if not lines.executable:
        return "The change has no line of code whose run could be measured."
    return f"Tests run {share_line(lines)}."


def _left(lines: ChangedLines) -> str:
    places = [f"{gap.path}:{first}" for gap in lines.gaps for first, _ in gap.spans]
    if not places:
        return ""
    more = f" and {len(places) - MAX_LEFT} more places" if len(places) > MAX_LEFT else ""
    return f"No test runs {', '.join(map(inline, places[:MAX_LEFT]))}{more}."


def _asked(generated: Generated) -> str:
    if not generated.rounds:
        return plain(generated.problem)
    times = "once" if generated.rounds == 1 else f"{generated.rounds} times"
    counts = f"{len(generated.kept)} kept, {len(generated.dropped)} dropped"
    told = f"The model was asked {times} for tests of lines that none ran: {counts}."
    return f"{told} {plain(generated.problem)}".strip()


def _list(title: str, tests: Sequence[JudgedTest]) -> str:
    if not tests:
        return ""
    lines = [f"- {inline(one.name)}: {one_line(one.why, MAX_WHY)}" for one in tests[:MAX_NAMED]]
    more = [f"- and {len(tests) - MAX_NAMED} more"] if len(tests) > MAX_NAMED else []
    return "\n".join([f"{title}:", "", *lines, *more])
