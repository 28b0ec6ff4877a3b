"""What an imported lesson becomes beside what is stored already: counts grow, and what is newer here stays. Pure."""

from dataclasses import replace

from yantra_bot.domain.lessons import Lesson


def take(lesson: Lesson, stored: Lesson | None) -> Lesson | None:
    """Return an imported lesson as it is to be stored; None where another one that is stored has taken it over.

    `stored` answers to its id. Whether it is shown here was decided here: by time, by what it was good for, by people.
    """
    if stored is None:
        return lesson
    if stored.id != lesson.id:
        return None
    if stored.last_seen > lesson.last_seen:
        return replace(stored, frequency=lesson.frequency, first_seen=lesson.first_seen)
    return replace(lesson, standing=stored.standing)
