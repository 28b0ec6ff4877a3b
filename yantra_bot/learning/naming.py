"""Which lessons are meant by an id, or by words that somebody remembers of them. Pure."""

from yantra_bot.domain.lessons import Lesson
from yantra_bot.learning.texts import searched_text
from yantra_bot.retrieval.words import split_words


def is_meant(lesson: Lesson, words: str) -> bool:
    """Say whether a text is the lesson's id, or all of its words stand in the lesson, as the search splits them."""
    given = words.strip().strip("`")
    if given.casefold() == lesson.id:
        return True
    wanted = set(split_words(given))
    return bool(wanted) and wanted <= set(split_words(searched_text(lesson)))
