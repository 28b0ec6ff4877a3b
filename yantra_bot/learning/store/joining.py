"""How lessons come of what happened: counts of stored rows beside what is known from elsewhere. Pure.

Counts are never added to: they are made anew of all rows, so that what is told twice counts once, and a write that was
cut short is made good by the next.
"""

from collections.abc import Iterable, Sequence

from yantra_bot.domain.lessons import Lesson, Occurrence, Standing
from yantra_bot.learning.store.rows import Row, row_of, texts_of
from yantra_bot.learning.texts import join_words, searched_text

_COUNTS = ("frequency", "shown", "helped")


def begin(occurrence: Occurrence, lesson: str) -> Row:
    """Return the row of a lesson that happens for the first time, not counted yet."""
    row = row_of(occurrence.lesson) | {"id": lesson, "is_fixed": occurrence.is_fixed, "texts_at": float("-inf")}
    return row | dict.fromkeys((f"known_{name}" for name in _COUNTS), 0)


def tell(row: Row, occurrence: Occurrence) -> Row:
    """Return a lesson's row with the texts of an occurrence, where that is newer and no less is known of its cure."""
    lesson = occurrence.lesson
    is_newer = lesson.last_seen >= row["texts_at"] and (occurrence.is_fixed or not row["is_fixed"])
    is_better = occurrence.is_fixed and not row["is_fixed"]
    if not (is_newer or is_better):
        return row
    own = {"is_fixed": occurrence.is_fixed, "texts_at": lesson.last_seen, "words": join_words(searched_text(lesson))}
    kept = {name: row[name] for name in ("repository", "signature", "is_shared")}  # whose lesson it is stays
    return row | texts_of(lesson) | own | kept


def count(row: Row, occurrences: Sequence[Row], showings: Sequence[Row]) -> Row:
    """Return a lesson's row counted anew: `occurrences` and `showings` are all that are stored of it."""
    times = [one["at"] for one in occurrences]
    # What happens again is no memory of the past, and nothing that has to be asked about.
    is_back = row["standing"] in (Standing.ARCHIVED, Standing.DOUBTFUL) and max(times, default=0.0) > row["last_seen"]
    return row | {
        "frequency": row["known_frequency"] + len(occurrences),
        "shown": row["known_shown"] + len(showings),
        "helped": row["known_helped"] + sum(one["has_helped"] for one in showings),
        "first_seen": min([*times, row["first_seen"]]),
        "last_seen": max([*times, row["last_seen"]]),
        "standing": str(Standing.ACTIVE) if is_back else row["standing"],
    }


def replace(old: Row | None, lesson: Lesson) -> Row:
    """Return the row of a lesson that somebody has written; of counts, never less than what is known already."""
    new = row_of(lesson)
    if old is None:
        return new
    for name in _COUNTS:
        stored = old[name] - old[f"known_{name}"]
        new[f"known_{name}"] = max(old[f"known_{name}"], new[name] - stored)
        new[name] = new[f"known_{name}"] + stored
    new["first_seen"] = min(old["first_seen"], lesson.first_seen)
    new["last_seen"] = max(old["last_seen"], lesson.last_seen)
    new["texts_at"] = max(old["texts_at"], lesson.last_seen)
    return new | {name: old[name] for name in ("aliases", "model", "vector")}


def confirm(old: Row, lesson: Lesson, at: float) -> Row:
    """Return the row of a lesson that a person says holds: seen now, and judged by what is shown from now on."""
    row = replace(old, lesson) | {"last_seen": max(old["last_seen"], at)}
    for name in ("shown", "helped"):  # known is what the stored ones are set off by: told later, they count from nought
        row |= {name: 0, f"known_{name}": old[f"known_{name}"] - old[name]}
    return row


def merge(old: Row, kept: Lesson, dropped: Iterable[Row]) -> Row:
    """Return the row of a lesson that takes over what others have counted, and answers to their ids from now on.

    Texts and standing are those of `kept`; counts are made of what is stored.
    """
    row = replace(old, kept) | {name: old[name] for one in _COUNTS for name in (one, f"known_{one}")}
    aliases = old["aliases"].split()
    for one in dropped:
        for name in _COUNTS:
            row[f"known_{name}"] += one[f"known_{name}"]
        aliases += [one["id"], *one["aliases"].split()]
        row["first_seen"] = min(row["first_seen"], one["first_seen"])
        row["last_seen"] = max(row["last_seen"], one["last_seen"])
    return row | {"aliases": " ".join(dict.fromkeys(aliases))}
