"""The past as tables beside the code graph, for Cypher, and back again. Pure.

Nodes: `Commit`, `Author` (a name, and nothing that leads to a person's address), `ChangedFile` and `Churn` (how often a
symbol changed). Relations: `WROTE`, `TOUCHES`, `TOUCHES_FILE`, `CHURN_OF`, `OWNS`, `OWNS_FILE`, `CHANGES_WITH`,
`FILES_CHANGE_WITH`. Times are in seconds since 1970; a commit's `newer` counts the commits that were read before it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any, Final

from yantra_bot.domain.history import Author, Commit, History, Touch, TouchEvidence
from yantra_bot.graphdb.history.cochange import count_files, count_symbols
from yantra_bot.graphdb.history.ownership import count_churn, count_ownership
from yantra_bot.graphdb.schema import SYMBOL, NodeTable, RelationTable
from yantra_bot.graphdb.store_records import FROM, TO, Records, Row

_CHANGES: Final = {
    "commits": "INT32",
    "added": "INT32",
    "removed": "INT32",
    "authors": "INT32",
    "first": "INT64",
    "last": "INT64",
}
_TOUCH: Final = {"added": "INT32", "removed": "INT32", "confidence": "DOUBLE", "evidence": "STRING"}
_SHARE: Final = {"share": "DOUBLE", "commits": "INT32", "lines": "INT32", "last": "INT64"}
_PAIR: Final = {"support": "INT32", "confidence": "DOUBLE", "reverse": "DOUBLE", "lift": "DOUBLE"}

COMMIT: Final = NodeTable(
    "Commit",
    {
        "sha": "STRING",
        "newer": "INT32",
        "author": "STRING",
        "time": "INT64",
        "subject": "STRING",
        "parents": "STRING[]",
        "coauthors": "STRING[]",
        "references": "STRING[]",
        "fixes": "STRING[]",
        "files": "INT32",
        "added": "INT32",
        "removed": "INT32",
    },
)
AUTHOR: Final = NodeTable("Author", {"name": "STRING", "is_bot": "BOOL"})
FILE: Final = NodeTable("ChangedFile", {"path": "STRING", **_CHANGES})
"""Every file that was ever changed as far as the past was read, by its name today; code or not, there or gone."""
CHURN: Final = NodeTable("Churn", {"key": "STRING", **_CHANGES})
WROTE: Final = RelationTable("WROTE", AUTHOR.name, COMMIT.name, {"role": "STRING"})
TOUCHES: Final = RelationTable("TOUCHES", COMMIT.name, SYMBOL.name, _TOUCH)
TOUCHES_FILE: Final = RelationTable("TOUCHES_FILE", COMMIT.name, FILE.name, {"added": "INT32", "removed": "INT32"})
CHURN_OF: Final = RelationTable("CHURN_OF", CHURN.name, SYMBOL.name, {})
OWNS: Final = RelationTable("OWNS", AUTHOR.name, SYMBOL.name, _SHARE)
OWNS_FILE: Final = RelationTable("OWNS_FILE", AUTHOR.name, FILE.name, _SHARE)
CHANGES_WITH: Final = RelationTable("CHANGES_WITH", SYMBOL.name, SYMBOL.name, _PAIR)
FILES_CHANGE_WITH: Final = RelationTable("FILES_CHANGE_WITH", FILE.name, FILE.name, _PAIR)
TABLES: Final = (
    *(COMMIT, AUTHOR, FILE, CHURN, WROTE, TOUCHES, TOUCHES_FILE),
    *(CHURN_OF, OWNS, OWNS_FILE, CHANGES_WITH, FILES_CHANGE_WITH),
)


def history_records(history: History) -> list[Records]:
    """Return the tables of a past, all of them, empty where there is none."""
    commits = {commit.sha: commit for commit in history.commits}
    paths = {touch.path for touch in history.touches}
    churn = [{**asdict(one), "path": one.key} for one in count_churn(history.touches, commits)]
    owned = [{**asdict(one), FROM: one.author, TO: one.key} for one in count_ownership(history.touches, commits)]
    rows: dict[str, Sequence[Row]] = {
        COMMIT.name: [{**asdict(commit), "newer": place} for place, commit in enumerate(history.commits)],
        AUTHOR.name: [{"name": author.key, "is_bot": author.is_bot} for author in history.authors],
        FILE.name: [row for row in churn if row["key"] in paths],
        CHURN.name: [row for row in churn if row["key"] not in paths],
        WROTE.name: [row for commit in history.commits for row in _writers(commit)],
        TOUCHES.name: [
            {**asdict(touch), FROM: touch.commit, TO: touch.symbol} for touch in history.touches if touch.symbol
        ],
        TOUCHES_FILE.name: _file_rows(history.touches),
        CHURN_OF.name: [{FROM: row["key"], TO: row["key"]} for row in churn if row["key"] not in paths],
        OWNS.name: [row for row in owned if row["key"] not in paths],
        OWNS_FILE.name: [row for row in owned if row["key"] in paths],
        CHANGES_WITH.name: [{**asdict(one), FROM: one.a, TO: one.b} for one in count_symbols(history.touches)],
        FILES_CHANGE_WITH.name: [{**asdict(one), FROM: one.a, TO: one.b} for one in count_files(history.touches)],
    }
    return [Records.of(table, rows[table.name]) for table in TABLES]


def _writers(commit: Commit) -> list[Row]:
    names = [(commit.author, "author"), *((name, "co-author") for name in commit.coauthors)]
    return [{FROM: name, TO: commit.sha, "role": role} for name, role in names]


def _file_rows(touches: Iterable[Touch]) -> list[Row]:
    """Return what each commit did to each file as a whole."""
    sums: defaultdict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for touch in touches:
        found = sums[touch.commit, touch.path]
        found[0] += touch.added
        found[1] += touch.removed
    return [
        {FROM: commit, TO: path, "added": added, "removed": removed}
        for (commit, path), (added, removed) in sums.items()
    ]


def read_history_records(records: Iterable[Records], paths: dict[str, str]) -> History:
    """Return the past that tables hold, newest commit first; `paths` gives the file of each symbol by key.

    What the graph no longer has a symbol for is the file's alone. Identities are not kept: authors are names.
    """
    rows: dict[str, list[dict[str, Any]]] = {one.table.name: one.rows.to_pylist() for one in records}
    ordered = [_commit(row) for row in sorted(rows.get(COMMIT.name, []), key=lambda row: row["newer"])]
    left = {(row[FROM], row[TO]): [row["added"], row["removed"], True] for row in rows.get(TOUCHES_FILE.name, [])}
    touches: defaultdict[str, list[Touch]] = defaultdict(list)
    for row in rows.get(TOUCHES.name, []):
        path = paths.get(row[TO], "")
        rest = left.get((row[FROM], path))
        if rest is None:
            continue
        rest[:] = [rest[0] - row["added"], rest[1] - row["removed"], False]
        evidence = TouchEvidence(row["evidence"])
        touches[row[FROM]].append(
            Touch(row[FROM], path, row[TO], row["added"], row["removed"], row["confidence"], evidence)
        )
    for (sha, path), (added, removed, is_untouched) in left.items():
        if is_untouched or added > 0 or removed > 0:
            touches[sha].append(Touch(sha, path, None, max(added, 0), max(removed, 0), 1.0, TouchEvidence.FILE))
    authors = tuple(Author(row["name"], row["name"], row["is_bot"]) for row in rows.get(AUTHOR.name, []))
    return History(tuple(ordered), authors, tuple(touch for commit in ordered for touch in touches[commit.sha]))


def _commit(row: dict[str, Any]) -> Commit:
    lists = {name: tuple(row[name] or ()) for name in ("parents", "coauthors", "references", "fixes")}
    return Commit(**{name: value for name, value in row.items() if name != "newer"} | lists)
