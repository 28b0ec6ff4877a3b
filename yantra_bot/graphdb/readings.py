"""What was read beside the code, at which state, and why something is absent: one row for each source.

The row is a node `Reading` of the stored graph, so that `stats` can say why there is nothing.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from yantra_bot.graphdb.schema import NodeTable
from yantra_bot.graphdb.store_records import Records

READING: Final = NodeTable(
    "Reading", {"name": "STRING", "mark": "STRING", "absence": "STRING", "counts": "STRING", "problems": "STRING[]"}
)
PAST: Final = "history"
PAGES: Final = "documents"
FORGE: Final = "forge"
NOT_ASKED: Final = "no issues: the forge was not asked"


@dataclass(frozen=True, slots=True)
class Reading:
    """One source beside the code. `mark` names the state that was read; `absence` is empty where there is something."""

    name: str
    mark: str = ""
    absence: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


def reading_records(readings: Iterable[Reading]) -> Records:
    """Return the table of readings."""
    rows = [
        {
            "name": one.name,
            "mark": one.mark,
            "absence": one.absence,
            "counts": json.dumps(one.counts),
            "problems": list(one.problems),
        }
        for one in readings
    ]
    return Records.of(READING, rows)


def find_readings(records: Iterable[Records]) -> dict[str, Reading]:
    """Return the readings among tables, by name."""
    rows = [row for one in records if one.table.name == READING.name for row in one.rows.to_pylist()]
    return {
        row["name"]: Reading(
            row["name"], row["mark"], row["absence"], json.loads(row["counts"]), tuple(row["problems"] or ())
        )
        for row in rows
    }
