"""Which paths a pattern means: `*` and `?` inside a name, `**` over folders, `{a,b}` for either. Pure, and bounded."""

import fnmatch
import re
from collections.abc import Iterable
from itertools import islice

from yantra_bot.errors import UserError

MAX_LENGTH = 200
MAX_ALTERNATIVES = 50
_BRACES = re.compile(r"\{([^{}]*)\}")


def select(paths: Iterable[str], pattern: str) -> list[str]:
    """Return the paths that match; a pattern without a slash is held against the last name of each path."""
    alternatives = [_split(part) for part in expand(check_pattern(pattern))]
    return [path for path in paths if any(_matches(path.split("/"), parts) for parts in alternatives)]


def matches_any(path: str, patterns: Iterable[str]) -> bool:
    """Tell whether a path is meant by one of the patterns, as `select` takes them."""
    return any(select([path], pattern) for pattern in patterns)


def check_pattern(pattern: str) -> str:
    """Return the pattern without a leading `./`; UserError when it is none that we take."""
    pattern = pattern.removeprefix("./")
    if not pattern or len(pattern) > MAX_LENGTH or pattern.startswith(("/", "!")) or "\0" in pattern:
        raise UserError("The glob is none. Give one relative to the root of the repository, such as src/**/*.py.")
    return pattern


def expand(pattern: str) -> list[str]:
    """Return the patterns that the braces of one stand for, at most `MAX_ALTERNATIVES`."""
    done: list[str] = []
    waiting = [pattern]
    while waiting and len(done) + len(waiting) <= MAX_ALTERNATIVES:
        first = waiting.pop()
        found = _BRACES.search(first)
        if found is None:
            done.append(first)
            continue
        choices = islice(found.group(1).split(","), MAX_ALTERNATIVES)
        waiting += [first[: found.start()] + choice + first[found.end() :] for choice in choices]
    if waiting:
        raise UserError(f"The glob stands for more than {MAX_ALTERNATIVES} patterns. Use a simpler one.")
    return done


def _split(pattern: str) -> list[str]:
    names = [name for name in pattern.split("/") if name]
    return names if "/" in pattern.rstrip("/") else ["**", *names]


def _matches(names: list[str], parts: list[str]) -> bool:
    # Positions in `parts` that the names so far can have led to.
    reached = _skip_stars({0}, parts)
    for name in names:
        reached = _skip_stars(
            {
                at if parts[at] == "**" else at + 1
                for at in reached
                if at < len(parts) and (parts[at] == "**" or fnmatch.fnmatchcase(name, parts[at]))
            },
            parts,
        )
        if not reached:
            return False
    return len(parts) in reached


def _skip_stars(positions: set[int], parts: list[str]) -> set[int]:
    reached = set(positions)
    for at, part in enumerate(parts):
        if at in reached and part == "**":
            reached.add(at + 1)
    return reached
