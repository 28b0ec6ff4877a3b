"""What of a lesson is searched: the text whose meaning is taken, and the words of the index. Pure."""

from yantra_bot.domain.lessons import Lesson
from yantra_bot.retrieval.words import split_words


def embedded_text(lesson: Lesson) -> str:
    """Return what a sentence model is given, the mistake and its error first: it reads no more than a page."""
    return "\n".join(part for part in (lesson.tried, lesson.failed, lesson.worked, lesson.wrong) if part)


def searched_text(lesson: Lesson) -> str:
    """Return what the word index has: every text of the lesson and the names of its code."""
    names = " ".join(node.name for node in lesson.nodes)
    parts = (lesson.tried, lesson.failed, lesson.worked, lesson.wrong, lesson.right, names)
    return "\n".join(part for part in parts if part)


def join_words(text: str) -> str:
    """Return the words of a text as the index has them and is asked for them: split and stemmed, a blank between."""
    return " ".join(split_words(text))
