"""What people are told of the memory of mistakes: which lessons a run was shown, and what came of that. Pure."""

from collections.abc import Sequence

from yantra_bot.domain.lessons import Came, Lesson, Reminded
from yantra_bot.replies.text import code, fit, inline, link, one_line

_CAME = {
    Came.HELPED: "heeded, and not made again",
    Came.REPEATED: "made again all the same",
    Came.IDLE: "it did not concern this change, as far as is known",
}
WITHOUT = "The memory of mistakes did not help, or not with all of it"


def reminded_text(told: Sequence[Reminded], problem: str = "") -> str:
    """Return the section of a pull request about what its run was reminded of; empty where it was of nothing."""
    lines = [f"- {_words(one)}{_ended(one)}" for one in told]
    if problem:
        lines.append(f"- {WITHOUT}: {one_line(problem, 300)}")
    return "### Earlier mistakes that the run was reminded of\n\n" + "\n".join(lines) if lines else ""


def reminded_lines(told: Sequence[Reminded], problem: str = "") -> list[str]:
    """Return the lines of a run's comment about what it was reminded of."""
    lines = [f"Reminded of a mistake that was made before: {_words(one)}{_ended(one)}" for one in told]
    if problem:
        lines.append(f"{WITHOUT}: {one_line(problem, 300)}")
    return lines


def ask_whether_it_holds(lesson: Lesson, handle: str) -> str:
    """Return the question about a lesson whose code has changed since, or that something speaks against."""
    where = link("learnt here", lesson.source)
    why = (
        f"I remember a mistake that was made here before{f' ({where})' if where else ''}, and left it aside: "
        "the code that it is about has changed since, or somebody disagreed with it. Does it still hold?"
    )
    how = (
        f"A thumb up here within a day, or `@{handle} yes`, and later runs are reminded of it again. "
        f"`@{handle} forget {lesson.id}` deletes it. Without an answer it stays aside."
    )
    shown = code("\n".join(part[:600] for part in (lesson.failed, lesson.worked) if part))
    return fit("\n\n".join((why, shown, how)))


def _words(one: Reminded) -> str:
    where = link("learnt here", one.source)
    return f"{one_line(one.words, 160)} ({f'{where}, ' if where else ''}{inline(one.id)})"


def _ended(one: Reminded) -> str:
    return f": {_CAME[one.came]}" if one.came is not None else ""
