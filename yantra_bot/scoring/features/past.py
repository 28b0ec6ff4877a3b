"""The features that are a symbol's past: what commits did to it and to its file. Pure, from a history that was read."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import numpy as np

from yantra_bot.domain.history import Commit, History, Touch
from yantra_bot.graphdb.history.fixes import is_fix
from yantra_bot.scoring.batch import Floats
from yantra_bot.scoring.layout import HISTORY

DAY: Final = 86_400
RECENT: Final = 90 * DAY


class Past:
    """A history, by symbol and by file."""

    def __init__(self, history: History | None) -> None:
        """Without a history, or with one that is absent, every symbol's past is unknown."""
        known = history if history is not None and history.commits else History()
        self._commits: Mapping[str, Commit] = {commit.sha: commit for commit in known.commits}
        self._fixes = frozenset(commit.sha for commit in known.commits if is_fix(commit.subject) or commit.fixes)
        self._newest = max((commit.time for commit in known.commits), default=0)
        self._symbols: dict[str, list[Touch]] = {}
        self._files: dict[str, set[str]] = {}
        for touch in known.touches:
            if touch.commit in self._commits:
                self._files.setdefault(touch.path, set()).add(touch.commit)
                if touch.symbol is not None:
                    self._symbols.setdefault(touch.symbol, []).append(touch)

    def of(self, keys: Sequence[str], paths: Sequence[str]) -> Floats:
        """Return [s, 14] for symbols by key and path; one that no commit is known to have touched is unknown too."""
        table = np.zeros((len(keys), len(HISTORY)), np.float32)
        for row, (key, path) in enumerate(zip(keys, paths, strict=True)):
            touches = self._symbols.get(key)
            if touches is None:
                table[row, 0] = 1
            else:
                table[row] = self._measure(touches, self._files.get(path, ()))
        return table

    def _measure(self, touches: Sequence[Touch], around: Iterable[str]) -> Floats:
        commits = [self._commits[sha] for sha in sorted({touch.commit for touch in touches})]
        of_file = [self._commits[sha] for sha in around]
        authors = Counter(commit.author for commit in commits)
        times = [commit.time for commit in commits]
        fixes = sum(commit.sha in self._fixes for commit in commits)
        counts = [
            len(commits),
            sum(touch.added for touch in touches),
            sum(touch.removed for touch in touches),
            len(authors),
        ]
        days = [max(self._newest - time, 0) / DAY for time in (min(times), max(times))]
        recent = sum(self._newest - time <= RECENT for time in times)
        in_file = [
            len(of_file),
            len({commit.author for commit in of_file}),
            sum(commit.sha in self._fixes for commit in of_file),
        ]
        return np.array(
            [
                0,
                *np.log1p(counts) / 4,
                *np.log1p(days) / 8,
                np.log1p(recent) / 4,
                np.log1p(fixes) / 4,
                fixes / len(commits),
                max(authors.values()) / len(commits),
                *np.log1p(in_file) / 4,
            ],
            np.float32,
        )
