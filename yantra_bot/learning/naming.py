"""Which lessons are meant by an id, or by words that somebody remembers of them. Pure."""

import re
from typing import Final

from yantra_bot.domain.lessons import Lesson
from yantra_bot.learning.texts import searched_text
from yantra_bot.retrieval.words import split_words

_ID: Final = re.compile(r"[0-9a-f]{16}")


def find_id(words: str) -> str:
    """Return the id of a lesson that a text consists of, empty where it is none."""
    given = words.strip().strip("`").casefold()
    return given if _ID.fullmatch(given) else ""


def is_meant(lesson: Lesson, words: str) -> bool:
    """Say whether a text is the lesson's id, or all of its words stand in the lesson, as the search splits them.

    Digits that an id is made of are never looked for as words.
    """
    if named := find_id(words):
        return named == lesson.id
    wanted = set(split_words(words))
    return bool(wanted) and wanted <= set(split_words(searched_text(lesson)))
