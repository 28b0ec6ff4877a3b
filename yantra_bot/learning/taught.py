"""What a person teaches becomes an occurrence of a lesson: sanitised, and known again when it is said again. Pure."""

import hashlib
import re
from dataclasses import dataclass
from typing import Final

from yantra_bot.domain.lessons import Category, Lesson, Occurrence, Scope, Severity, name_lesson, name_occurrence
from yantra_bot.learning.sanitise import sanitise

_WORD: Final = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Taught:
    """What was said, in the person's own words."""

    said: str
    wrong: str = ""
    """What is not to be done; empty where only what is right was said."""
    right: str = ""
    """What is to be done; empty where only the whole sentence says it."""
    category: Category = Category.API
    about: str = ""
    """What it was said about, such as the title of the issue; empty where it is for everything."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """Where and when it was said."""

    key: str
    """The same for the same words, told twice."""
    repository: int
    source: str
    """Address of what was said."""
    at: float
    people: tuple[str, ...]
    """Logins whose names are not to be stored."""
    run: str = ""
    """The run that it was said to or about; empty where none is known."""
    file: str = ""
    language: str = ""
    """Of the file; empty: it is for all."""


def teach(taught: Taught, occasion: Occasion) -> Occurrence:
    """Return what is stored of a person's words, for models of every family; it counts as known to work."""

    def clean(text: str) -> str:
        return sanitise(text.strip(), people=occasion.people, is_prose=True)

    said, wrong, right = clean(taught.said), clean(taught.wrong), clean(taught.right)
    signature = sign_words(wrong, right) if wrong and right else sign_words(said)
    lesson = Lesson(
        id=name_lesson(occasion.repository, signature),
        scope=Scope(occasion.repository, occasion.language, ""),
        category=taught.category,
        severity=Severity.MAJOR,
        tried=wrong or clean(taught.about),
        failed=said if right else "",
        worked=right or said,
        wrong=wrong,
        right=right if wrong else "",
        signature=signature,
        source=occasion.source,
        first_seen=occasion.at,
        last_seen=occasion.at,
    )
    return Occurrence(name_occurrence(occasion.key, signature), lesson, occasion.run, occasion.file)


def sign_words(*texts: str) -> str:
    """Return the signature of people's words, 16 hexadecimal digits: the same words have the same, however written."""
    said = "\x1f".join(" ".join(_WORD.findall(text.casefold())) for text in texts)
    return hashlib.sha256(f"said\x1f{said}".encode("utf-8", "surrogatepass")).hexdigest()[:16]
