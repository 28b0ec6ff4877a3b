"""What the bot answers to who teaches it, or has it forget: what was kept, as it was kept. Pure."""

from collections.abc import Sequence
from typing import Final

from yantra_bot.domain.lessons import Category, Lesson
from yantra_bot.replies.text import fit, inline, one_line, plain

MOST_NAMED: Final = 10
"""Lessons that are named where words fit several."""


def kept(lesson: Lesson, handle: str, *, is_changed: bool, is_shared: bool) -> str:
    """Say what was kept, and how to undo it."""
    undo = f"{inline(f'@{handle} forget {lesson.id}')} deletes it."
    changed = " What looks like a secret, somebody's data or a long text was left out." if is_changed else ""
    shared = " An anonymised copy may be used in other repositories." if is_shared else ""
    words = _quote(lesson.failed or lesson.worked)
    return fit(
        f"Kept as {inline(lesson.id)}, a lesson about *{lesson.category}*:\n\n{words}\n\n"
        f"Later runs here are shown it where it fits, as advice and not as an order.{changed}{shared} {undo}"
    )


def confirmed(lesson: Lesson, handle: str) -> str:
    """Say that a lesson is shown again."""
    undo = f"{inline(f'@{handle} forget {lesson.id}')} deletes it."
    return fit(
        f"Later runs are reminded of {inline(lesson.id)} again, and no longer of what says the contrary:\n\n"
        f"{_quote(tell(lesson))}\n\n{undo}"
    )


def nothing_to_confirm(handle: str) -> str:
    """Say that no lesson of this repository has the id that was told, and that the id is not kept as one."""
    return (
        "There is no lesson of this repository with that id, so nothing was kept. "
        f"{inline(f'@{handle} remember')} takes words to keep, or the id of a lesson that is there."
    )


def forgotten(lesson: Lesson) -> str:
    """Say what was deleted."""
    return fit(f"Forgotten, {inline(lesson.id)}:\n\n{_quote(tell(lesson))}")


def nothing_to_forget(handle: str) -> str:
    """Say that no lesson of this repository is meant."""
    return (
        "There is no lesson of this repository with that id, or with all of these words in it. "
        f"{inline(f'@{handle} forget')} takes an id, as I tell it where something is kept, or words of the lesson."
    )


def which_to_forget(found: Sequence[Lesson], handle: str) -> str:
    """Ask which of several lessons is meant."""
    lines = [f"- {inline(one.id)}: {one_line(tell(one), 160)}" for one in found[:MOST_NAMED]]
    if len(found) > MOST_NAMED:
        lines.append(f"- and {len(found) - MOST_NAMED} more")
    id_of_one = inline(f"@{handle} forget {found[0].id}")
    return "These words stand in several lessons, so nothing was forgotten. Name one: " + "\n".join(
        [f"{id_of_one}.", "", *lines]
    )


def switched_off(category: Category | None) -> str:
    """Say that the repository's own rules keep something from being remembered."""
    what = f"lessons about {category}" if category else "the memory of mistakes"
    return f"{inline('.github/yantra.yml')} switches {what} off here, so nothing was kept."


def no_words() -> str:
    """Say that nothing is left of what was to be kept."""
    return "There are no words in that which I could keep: what is hidden, or a secret, is not. Nothing was kept."


def no_memory() -> str:
    """Say that this installation keeps no lessons."""
    return "This installation keeps no memory of mistakes, so nothing was done."


def not_kept(problem: str) -> str:
    """Say that the repository's own rules are wrong, so that nobody knows what they allow."""
    return f"Nothing was kept: {one_line(problem, 300)}"


def tell(lesson: Lesson) -> str:
    """Return a lesson in one sentence: what it says in a person's words, or what failed and what worked."""
    if lesson.failed and lesson.worked and lesson.worked not in lesson.failed:
        return f"{lesson.failed} → {lesson.worked}"
    return lesson.failed or lesson.worked


def _quote(text: str) -> str:
    return "\n".join(f"> {line}" for line in plain(text).splitlines())
