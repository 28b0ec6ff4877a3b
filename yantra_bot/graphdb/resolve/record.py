"""What a resolution has found, file by file: edges as they appear, before they become a Graph."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from yantra_bot.domain.graph import Evidence
from yantra_bot.graphdb.facts import Site
from yantra_bot.graphdb.resolve.program import File

_RANK = {evidence: rank for rank, evidence in enumerate(Evidence)}

Target = tuple[File, int] | str
"""A symbol of a file, or the dotted name of something outside."""


@dataclass(eq=False, slots=True)
class FileRecord:
    """What the code of one file shows."""

    calls: dict[tuple[int, Site, Target], Evidence] = field(default_factory=dict)
    """By (calling symbol, place, callee)."""
    answered: set[Site] = field(default_factory=set)
    """Places of calls at which something known was found, be it nothing that has an edge."""
    chosen: set[tuple[int, Site]] = field(default_factory=set)
    """(calling symbol, place) of calls that choose among many by name: that they are many makes none doubtful."""
    imports: set[tuple[Site, Any]] = field(default_factory=set)
    """(place, paths of the module or its dotted name)."""
    bases: set[tuple[int, Site, Target]] = field(default_factory=set)
    implements: set[tuple[int, File, int]] = field(default_factory=set)
    """(class, file of the interface, interface), found by structure alone."""


class Record:
    """Calls and other references, each once, with the best evidence."""

    def __init__(self) -> None:
        self.files: defaultdict[File, FileRecord] = defaultdict(FileRecord)

    def call(self, owner: tuple[File, int], site: Site, target: Target, evidence: Evidence) -> None:
        """Note that a place calls something."""
        record = self.files[owner[0]]
        key = (owner[1], site, target)
        before = record.calls.get(key)
        if before is None or _RANK[evidence] < _RANK[before]:
            record.calls[key] = evidence
        record.answered.add(site)

    def answer(self, file: File, site: Site) -> None:
        """Note that a call is known and has no edge."""
        self.files[file].answered.add(site)
