"""What the stored past says of one thing: who changed it, when, how often, and what changes together with it.

It asks in Cypher, and only reads.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from yantra_bot.domain.history import Commit, Ownership, Touch, TouchEvidence
from yantra_bot.graphdb.history.ownership import count_ownership

Ask = Callable[[str, Mapping[str, object]], list[list[Any]]]
"""Runs one reading statement and returns its rows."""

_COMMIT = "c.sha, c.author, c.time, c.subject, c.coauthors"
_OF_SYMBOLS = (
    f"MATCH (c:Commit)-[t:TOUCHES]->(s:Symbol) WHERE s.key IN $keys "
    f"RETURN {_COMMIT}, t.added, t.removed, t.confidence, t.evidence ORDER BY c.newer"
)
_OF_FILE = (
    "MATCH (c:Commit)-[t:TOUCHES_FILE]->(f:ChangedFile) WHERE f.path IN $keys "
    f"RETURN {_COMMIT}, t.added, t.removed, 1.0, 'file' ORDER BY c.newer"
)
_WITH_SYMBOLS = (
    "MATCH (a:Symbol)-[e:CHANGES_WITH]-(b:Symbol) WHERE a.key IN $keys AND NOT b.key IN $keys "
    "RETURN b.key, max(e.support) AS support, max(e.lift) ORDER BY support DESC, b.key"
)
_WITH_FILES = (
    "MATCH (a:ChangedFile)-[e:FILES_CHANGE_WITH]-(b:ChangedFile) WHERE a.path IN $keys "
    "RETURN b.path, e.support AS support, e.lift ORDER BY support DESC, b.path"
)


@dataclass(frozen=True, slots=True)
class Change:
    """One commit that changed the thing, with what it did to it."""

    commit: Commit
    added: int
    removed: int
    confidence: float
    evidence: TouchEvidence


@dataclass(frozen=True, slots=True)
class Companion:
    """What changes together with it: `support` commits touch both, `lift` times more often than by chance."""

    key: str
    support: int
    lift: float


@dataclass(frozen=True, slots=True)
class Story:
    """The past of one thing: its changes, newest first, whose it is, and its companions, the most frequent first."""

    changes: tuple[Change, ...]
    owners: tuple[Ownership, ...]
    companions: tuple[Companion, ...]


def tell_symbols(ask: Ask, keys: Collection[str]) -> Story:
    """Return the past of symbols as of one thing."""
    return _tell(ask, _OF_SYMBOLS, _WITH_SYMBOLS, keys)


def tell_file(ask: Ask, path: str) -> Story:
    """Return the past of a file, code or not."""
    return _tell(ask, _OF_FILE, _WITH_FILES, [path])


def _tell(ask: Ask, changes: str, companions: str, keys: Collection[str]) -> Story:
    found: dict[str, Change] = {}
    for sha, author, time, subject, coauthors, added, removed, confidence, evidence in ask(
        changes, {"keys": list(keys)}
    ):
        one = Change(
            Commit(sha, author, time, subject, coauthors=tuple(coauthors or ())),
            added,
            removed,
            confidence,
            TouchEvidence(evidence),
        )
        found[sha] = _added(found[sha], one) if sha in found else one
    commits = {one.commit.sha: one.commit for one in found.values()}
    touches = [
        Touch(one.commit.sha, "", None, one.added, one.removed, one.confidence, one.evidence) for one in found.values()
    ]
    together = [Companion(*row) for row in ask(companions, {"keys": list(keys)})] if found else []
    return Story(tuple(found.values()), tuple(count_ownership(touches, commits)), tuple(together))


def _added(one: Change, other: Change) -> Change:
    """Return what one commit did to two parts of a thing; the surer one tells how that was found."""
    best = max(one, other, key=lambda change: change.confidence)
    return Change(one.commit, one.added + other.added, one.removed + other.removed, best.confidence, best.evidence)
