"""How a run's page shows what the memory of mistakes gave and was given."""

from yantra_bot.dashboard.entries import Entry, Line, count
from yantra_bot.domain.lessons import Recalled, Reminder
from yantra_bot.runs.codec import decode_envelope

MAX_SHOWN = 1_000


def show_recalled(name: str, seconds: float | None, envelope: str) -> Entry:
    """Show each lesson that fitted, with how much, and those that a person is asked about first."""
    found: Recalled = decode_envelope(envelope, Recalled)
    nearest = "" if found.nearest is None else f", the closest {found.nearest:.0%} alike"
    lines = [_line(one, "shown to the model") for one in found.reminders]
    lines += [_line(one, "not shown: it may not hold any more") for one in found.doubtful]
    if found.problem:
        lines.append(Line("error", "not all of the memory", found.problem))
    note = (
        f"{count(len(found.reminders), 'mistake')} of before{nearest}" if lines or nearest else "nothing more is known"
    )
    return Entry(name, seconds, note, tuple(lines))


def show_learnt(name: str, seconds: float | None, envelope: str) -> Entry:
    """Show how many mistakes of this run were kept."""
    learnt: int = decode_envelope(envelope, int)
    return Entry(name, seconds, f"{count(learnt, 'mistake')} kept for later runs")


def _line(one: Reminder, what: str) -> Line:
    lesson = one.lesson
    shown = f"{lesson.failed}\nWhat worked: {lesson.worked}"[:MAX_SHOWN]
    return Line("part", f"{lesson.id}, {one.similarity:.0%} alike, {lesson.category}: {what}", shown)
