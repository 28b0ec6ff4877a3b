"""Where names stand in the files themselves: the last look before code is called dead.

A graph sees what it can resolve; a name that is passed on, stored or looked up as text is seen here.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet

Place = tuple[str, int]
"""A file's path and a line in it, from 1."""
Mentions = Callable[[AbstractSet[str]], Mapping[str, Mapping[Place, int]]]
"""Gives of each of some names how often it stands in each line that has it."""

_WORD = re.compile(rb"[A-Za-z_$\x80-\xff][\w$\x80-\xff]*")


def find_mentions(
    read: Callable[[str], bytes | None], paths: Iterable[str], names: Iterable[str]
) -> dict[str, Counter[Place]]:
    """Return where each of the names is written as a word of its own. `read` gives the bytes of a file."""
    wanted = {name.encode(errors="replace"): name for name in names}
    found: dict[str, Counter[Place]] = {name: Counter() for name in wanted.values()}
    for path in paths:
        data = read(path) or b""
        if wanted.keys().isdisjoint(_WORD.findall(data)):
            continue
        for number, line in enumerate(data.split(b"\n"), start=1):
            for word in _WORD.findall(line):
                if word in wanted:
                    found[wanted[word]][path, number] += 1
    return found
