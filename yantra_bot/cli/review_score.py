"""What the learned score of a review in a terminal is worth: by what came of scored changes of that repository here.

The server's records are read and nothing is written: a review in a terminal has no outcome that anybody would know.
"""

import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import Final

from yantra_bot.app.home import Home
from yantra_bot.cli.searching import Repository
from yantra_bot.domain.review import Review
from yantra_bot.domain.scores import JudgedScore, ScoredPast, ScoreStanding
from yantra_bot.errors import YantraError
from yantra_bot.graphdb.history.gitlog import configure
from yantra_bot.runs.records import Records
from yantra_bot.runs.scored import judge_score
from yantra_bot.scoring.standing import judge
from yantra_bot.settings import Settings

_NAME: Final = re.compile(r"[/:]([^/:]+/[^/:]+?)(?:\.git)?/?$")
_URL: Final = "remote.origin.url"


def judge_in_terminal(review: Review, repository: Repository, settings: Settings) -> Review:
    """Return a review with what its score is worth where the folder was cloned from; as nothing where nobody knows."""
    if review.learned is None:
        return review
    score, path = review.learned.change, Home(settings.home).records
    unknown = replace(review, learned=JudgedScore(score, judge(ScoredPast())))
    name = find_name(repository)
    if not name or not path.exists():
        return unknown
    try:
        with closing(Records.open(path, read_only=True)) as records:
            numbers = {known.casefold(): number for number, known in records.repositories().items()}
            number = numbers.get(name.casefold())
            return unknown if number is None else replace(review, learned=judge_score(records, number, score))
    except sqlite3.OperationalError:  # an older version wrote last, which kept no outcome that would count
        return unknown
    except YantraError as problem:  # what a score is worth is a help: the review stands without it
        return replace(review, learned=JudgedScore(score, ScoreStanding(is_earned=False, reason=str(problem))))


def find_name(repository: Repository) -> str:
    """Return `owner/name` of what a repository was cloned from; empty where that is not told."""
    try:
        url = b"".join(repository.git((*configure(), "config", "--get", _URL))).decode("utf-8", "replace").strip()
    except YantraError:  # there is no such remote
        return ""
    found = _NAME.search(url)
    return found[1] if found else ""
