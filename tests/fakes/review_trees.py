"""Two commits of a real bare repository, opened as a review opens them: `open_pair(folder, before, after)`."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.fakes.mirror import MirrorMaker
from yantra_bot.domain.review import Review, ReviewRules
from yantra_bot.review.assembly import Compared, review_change
from yantra_bot.review.changes.diff import LIMITS, Limits, compare_trees
from yantra_bot.review.changes.files import Changes, read_changes
from yantra_bot.review.engine import Part
from yantra_bot.review.trees import Trees, open_trees

Files = Mapping[str, bytes | tuple[str, bytes]]
"""Content by path; a pair is (mode, content)."""


@dataclass(frozen=True)
class Pair:
    """Two versions of one repository."""

    trees: Trees
    base: str
    head: str
    scratch: Path

    def changes(self, rules: ReviewRules | None = None, limits: Limits = LIMITS) -> Changes:
        base, head = self.trees.open(self.base), self.trees.open(self.head)
        raw = compare_trees(self.trees, self.base, self.head, limits)
        return read_changes(raw, base, head, rules or ReviewRules(), limits)

    def review(self, *, parts: tuple[Part, ...] = (), rules: ReviewRules | None = None) -> Review:
        compared = Compared(self.base, self.head)
        return review_change(self.trees, compared, scratch=self.scratch, parts=parts, rules=rules)


@contextmanager
def open_pair(folder: Path, before: Files, after: Files, *, hash_kind: str = "sha1") -> Iterator[Pair]:
    """Commit both into a new repository and open it."""
    maker = MirrorMaker(folder / "repository", hash_kind=hash_kind)
    base, head = maker.commit(before), maker.commit(after)
    with open_commits(folder, maker, base, head) as pair:
        yield pair


@contextmanager
def open_commits(folder: Path, maker: MirrorMaker, base: str, head: str) -> Iterator[Pair]:
    """Open two commits of a repository."""
    scratch = folder / "scratch"
    scratch.mkdir()
    descriptor = maker.open()
    try:
        with open_trees(descriptor, scratch, base) as trees:
            yield Pair(trees, base, head, scratch)
    finally:
        os.close(descriptor)
