"""Lessons and occurrences as rows of tables, and back. Pure; a row is a dict by the names of `layout`."""

import hashlib
import json
from typing import Any, Final

from yantra_bot.domain.lessons import (
    Category,
    CodeNode,
    Lesson,
    Occurrence,
    Scope,
    Severity,
    Showing,
    Standing,
    name_lesson,
)
from yantra_bot.learning.texts import embedded_text, join_words, searched_text

Row = dict[str, Any]


LESSON: Final = (
    *("id", "repository", "language", "family", "category", "severity", "tried", "failed", "worked", "wrong_example"),
    *("right_example", "nodes", "signature", "source", "is_shared", "first_seen", "last_seen", "frequency", "shown"),
    *("helped", "standing"),
)
"""The columns of a lesson's row that a lesson is made of."""


def own_id(lesson: Lesson) -> str:
    """Return the id that a lesson is stored under: that of its signature; its own where it has none."""
    return name_lesson(lesson.scope.repository, lesson.signature) if lesson.signature else lesson.id


def texts_of(lesson: Lesson) -> Row:
    """Return the columns that lessons and occurrences share."""
    return {
        "repository": lesson.scope.repository,
        "language": lesson.scope.language,
        "family": lesson.scope.family,
        "category": str(lesson.category),
        "severity": str(lesson.severity),
        "tried": lesson.tried,
        "failed": lesson.failed,
        "worked": lesson.worked,
        "wrong_example": lesson.wrong,
        "right_example": lesson.right,
        "nodes": json.dumps([[node.name, node.digest, node.before] for node in lesson.nodes]),
        "signature": lesson.signature,
        "source": lesson.source,
        "is_shared": lesson.is_shared,
    }


def row_of(lesson: Lesson) -> Row:
    """Return a lesson's row, all counts as if they were known from elsewhere; no vector yet."""
    return texts_of(lesson) | {
        "id": lesson.id,
        "first_seen": lesson.first_seen,
        "last_seen": lesson.last_seen,
        "frequency": lesson.frequency,
        "shown": lesson.shown,
        "helped": lesson.helped,
        "standing": str(lesson.standing),
        "known_frequency": lesson.frequency,
        "known_shown": lesson.shown,
        "known_helped": lesson.helped,
        "aliases": "",
        "texts_at": lesson.last_seen,
        "is_fixed": True,
        "words": join_words(searched_text(lesson)),
        "model": "",
        "vector": None,
        "stamp": 0,
    }


def lesson_of(row: Row) -> Lesson:
    """Return the lesson of a row of either table; counts are those of one occurrence where the row has none."""
    return Lesson(
        id=row.get("lesson") or row["id"],
        scope=Scope(row["repository"], row["language"], row["family"]),
        category=Category(row["category"]),
        severity=Severity(row["severity"]),
        tried=row["tried"],
        failed=row["failed"],
        worked=row["worked"],
        wrong=row["wrong_example"],
        right=row["right_example"],
        nodes=tuple(CodeNode(*one) for one in json.loads(row["nodes"])),
        signature=row["signature"],
        source=row["source"],
        first_seen=row["first_seen"] if "first_seen" in row else row["at"],
        last_seen=row["last_seen"] if "last_seen" in row else row["at"],
        frequency=row.get("frequency", 1),
        shown=row.get("shown", 0),
        helped=row.get("helped", 0),
        standing=Standing(row.get("standing", Standing.ACTIVE)),
        is_shared=row["is_shared"],
    )


def occurrence_row(occurrence: Occurrence, owner: str) -> Row:
    """Return an occurrence's row; `owner` is the lesson that it counts for."""
    return texts_of(occurrence.lesson) | {
        "id": occurrence.id,
        "lesson": owner,
        "run": occurrence.run,
        "file": occurrence.file,
        "is_fixed": occurrence.is_fixed,
        "at": occurrence.lesson.last_seen,
    }


def occurrence_of(row: Row) -> Occurrence:
    return Occurrence(row["id"], lesson_of(row), run=row["run"], file=row["file"], is_fixed=row["is_fixed"])


def showing_row(showing: Showing, owner: str) -> Row:
    """Return a showing's row: one for each run and lesson."""
    return {
        "id": hashlib.sha256(f"{showing.run}\x1f{owner}".encode()).hexdigest()[:32],
        "lesson": owner,
        "run": showing.run,
        "has_helped": showing.has_helped,
        "at": showing.at,
    }


def text_to_embed(row: Row) -> str:
    """Return the text of a lesson's row that a sentence model is given."""
    return embedded_text(lesson_of(row))


def stamp(row: Row) -> Row:
    """Return the row with a number, 63 bits, of all that is searched in memory: others see by it what changed."""
    said = [row[name] for name in ("repository", "language", "category", "standing", "is_shared", "model", "aliases")]
    digest = hashlib.sha256(json.dumps([*said, text_to_embed(row)]).encode()).digest()
    return row | {"stamp": int.from_bytes(digest[:8], "big") >> 1}
