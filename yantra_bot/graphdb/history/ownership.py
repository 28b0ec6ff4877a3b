"""How often things change, and whose they are. Pure; times are in seconds since 1970."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from yantra_bot.domain.history import Churn, Commit, Ownership, Touch

HALF_LIFE = 180 * 24 * 3600
"""After this time work counts half."""
MAX_LINES = 1_000
"""Lines of one commit that count: an import or a reformatting owns nothing."""


def count_churn(touches: Iterable[Touch], commits: Mapping[str, Commit]) -> list[Churn]:
    """Return the churn of every file and every symbol that was touched, most often changed first."""
    found: dict[str, list[int]] = {}
    authors: defaultdict[str, set[str]] = defaultdict(set)
    seen: set[tuple[str, str]] = set()
    for key, touch, commit in _each(touches, commits):
        sums = found.setdefault(key, [0, 0, 0, commit.time, commit.time])
        sums[0] += (key, commit.sha) not in seen
        seen.add((key, commit.sha))
        sums[1] += touch.added
        sums[2] += touch.removed
        sums[3], sums[4] = min(sums[3], commit.time), max(sums[4], commit.time)
        authors[key].update((commit.author, *commit.coauthors))
    churn = [
        Churn(key, count, added, removed, len(authors[key]), first, last)
        for key, (count, added, removed, first, last) in found.items()
    ]
    return sorted(churn, key=lambda one: (-one.commits, one.key))


def count_ownership(
    touches: Iterable[Touch], commits: Mapping[str, Commit], *, now: int | None = None
) -> list[Ownership]:
    """Return who owns what, by key and falling share.

    A share is half that of the changed lines, half that of the commits, each halved by every 180 days of age;
    co-authors share a commit evenly. `now` is the newest commit where it is not given.
    """
    now = max((commit.time for commit in commits.values()), default=0) if now is None else now
    lines: defaultdict[str, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
    counts: defaultdict[str, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
    raw: defaultdict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    seen: set[tuple[str, str]] = set()
    for key, touch, commit in _each(touches, commits):
        people = tuple(dict.fromkeys((commit.author, *commit.coauthors)))
        weight = 0.5 ** (max(now - commit.time, 0) / HALF_LIFE) / len(people)
        changed = touch.added + touch.removed
        is_new = (key, commit.sha) not in seen
        seen.add((key, commit.sha))
        for author in people:
            lines[key][author] += weight * min(changed, MAX_LINES)
            counts[key][author] += weight * is_new
            sums = raw[key, author]
            sums[0] += is_new
            sums[1] += changed
            sums[2] = max(sums[2], commit.time)
    found = [
        Ownership(key, author, (_part(lines[key], author) + _part(counts[key], author)) / 2, *raw[key, author])
        for key, people_counts in counts.items()
        for author in people_counts
    ]
    return sorted(found, key=lambda one: (one.key, -one.share, one.author))


def _part(sums: Mapping[str, float], author: str) -> float:
    total = sum(sums.values())
    return sums[author] / total if total else 1 / len(sums)


def _each(touches: Iterable[Touch], commits: Mapping[str, Commit]) -> Iterator[tuple[str, Touch, Commit]]:
    """Yield each touch with its commit, once for the file and once for the symbol."""
    for touch in touches:
        commit = commits.get(touch.commit)
        if commit is None:
            continue
        yield touch.path, touch, commit
        if touch.symbol is not None:
            yield touch.symbol, touch, commit
