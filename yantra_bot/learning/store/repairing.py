"""Makes good what was cut short: lessons whose counts are not those of what is stored, occurrences without a lesson."""

from collections import Counter

from yantra_bot.learning.store import joining
from yantra_bot.learning.store.opened import Opened
from yantra_bot.learning.store.rows import Row, occurrence_of


def repair(opened: Opened) -> int:
    """Return how many lessons were written again. The writer's lock is held."""
    columns = ("id", "frequency", "known_frequency", "shown", "known_shown")
    stored = {row["id"]: row for row in opened.tables.mistakes.read(columns=columns).to_pylist()}
    made, shown = (
        Counter(map(opened.name_owner, table.read(columns=("lesson",))["lesson"].to_pylist()))
        for table in (opened.tables.fixes, opened.tables.showings)
    )
    wrong = [
        one
        for one, row in stored.items()
        if row["frequency"] - row["known_frequency"] != made[one] or row["shown"] - row["known_shown"] != shown[one]
    ]
    lost = [_begin_again(opened, one) for one in made if one not in stored]
    if wrong or lost:
        old = opened.tables.mistakes.find("id", wrong)
        opened.write(opened.recount([*old, *lost]), old)
    return len(wrong) + len(lost)


def _begin_again(opened: Opened, lesson: str) -> Row:
    """Return the row of a lesson of which only occurrences are stored."""
    told = sorted(
        map(occurrence_of, opened.tables.fixes.find("lesson", [lesson])), key=lambda one: one.lesson.last_seen
    )
    row = joining.begin(told[0], lesson)
    for one in told:
        row = joining.tell(row, one)
    return row
