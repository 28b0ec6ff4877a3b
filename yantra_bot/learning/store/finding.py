"""The search: lessons near a question by meaning, by words, and the one of its very error. It judges nothing."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from yantra_bot.domain.lessons import Question, name_lesson
from yantra_bot.learning.candidates import Candidate, Found
from yantra_bot.learning.store.engine import among
from yantra_bot.learning.store.opened import Opened
from yantra_bot.learning.store.rows import LESSON, lesson_of
from yantra_bot.learning.store.shelf import SHOWN, Floats, View, meanings, nearest
from yantra_bot.learning.texts import join_words

WORDS_EACH: Final = 4
"""How many are looked for by words for each that is asked for, so that those found by meaning have a score by words."""
QUESTION_WORDS: Final = 200
"""How many words of a question are looked for; a sentence model has a limit of its own."""


def find(opened: Opened, question: Question, *, most: int) -> Found:
    """Return the nearest lessons that fit, `most` by meaning and `most` by words; those found both ways once."""
    view = opened.view()
    fits = opened.shelf.fits(view, question)
    cosines = _measure(opened, view, fits, question)
    words = _search(opened, question, most * WORDS_EACH)
    wanted = [view.ids[row] for row in nearest(cosines, most).tolist()]
    own = opened.name_owner(name_lesson(question.repository, question.signature)) if question.signature else ""
    for lesson in (own, *list(words)[:most]):
        row = view.rows.get(lesson, view.count)
        if row < view.count and fits[row]:
            wanted.append(lesson)
    stored = {row["id"]: lesson_of(row) for row in opened.tables.mistakes.find("id", wanted, LESSON)}
    candidates = (
        Candidate(stored[one], _cosine(cosines, view.rows.get(one, view.count)), words.get(one, 0.0), one == own)
        for one in dict.fromkeys(wanted)
        if one in stored
    )
    return Found(tuple(candidates), opened.describe_problem())


def _measure(opened: Opened, view: View, fits: NDArray[np.bool_], question: Question) -> Floats:
    """Return the cosine of each row of a view with a question, NaN where it does not fit or has none."""
    cosines = np.full(view.count, np.nan, np.float32)
    rows = np.flatnonzero(fits)
    if opened.embedder is not None and len(rows):
        query = opened.embedder.embed_query(question.text)
        cosines[rows] = meanings(view, rows, query)
    return cosines


def _search(opened: Opened, question: Question, most: int) -> dict[str, float]:
    words = " ".join(join_words(question.text).split()[:QUESTION_WORDS])
    if not words:
        return {}
    return dict(opened.tables.mistakes.search(words, _condition(question), most))


def _condition(question: Question) -> str:
    """Return in SQL what `Shelf.fits` says."""
    own = f"repository = {int(question.repository)}"
    parts = [f"({own} or is_shared)" if question.takes_shared else own, among("standing", [str(one) for one in SHOWN])]
    if question.languages:
        parts.append(among("language", ["", *question.languages]))
    if question.categories_off:
        parts.append(f"not {among('category', sorted(map(str, question.categories_off)))}")
    return " and ".join(parts)


def _cosine(cosines: Floats, row: int) -> float | None:
    found = cosines[row] if row < len(cosines) else np.nan
    return None if np.isnan(found) else float(found)
