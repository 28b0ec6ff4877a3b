"""What a resolution has found: edges as they appear, before they become a Graph."""

from typing import Any

from yantra_bot.domain.graph import Evidence
from yantra_bot.graphdb.facts import Site
from yantra_bot.graphdb.resolve.program import File

_RANK = {evidence: rank for rank, evidence in enumerate(Evidence)}

Target = tuple[File, int] | str
"""A symbol of a file, or the dotted name of something outside."""


class Record:
    """Calls and other references, each once, with the best evidence."""

    def __init__(self) -> None:
        self.calls: dict[tuple[File, int, Site, Target], Evidence] = {}
        self.answered: set[tuple[File, Site]] = set()
        """Call sites at which something known was found, be it nothing that has an edge."""
        self.imports: set[tuple[File, Site, Any]] = set()
        self.bases: set[tuple[File, int, Site, Target]] = set()
        self.structural: set[tuple[File, int, File, int]] = set()

    def call(self, owner: tuple[File, int], site: Site, target: Target, evidence: Evidence) -> None:
        """Note that a place calls something."""
        key = (owner[0], owner[1], site, target)
        before = self.calls.get(key)
        if before is None or _RANK[evidence] < _RANK[before]:
            self.calls[key] = evidence
        self.answered.add((owner[0], site))
