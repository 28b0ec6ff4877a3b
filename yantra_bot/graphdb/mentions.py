"""How often names stand in the files themselves: the last look before code is called dead.

A graph sees what it can resolve; a name that is passed on, stored or looked up as text is seen here.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable

_WORD = re.compile(rb"[A-Za-z_$\x80-\xff][\w$\x80-\xff]*")


def count_mentions(read: Callable[[str], bytes | None], paths: Iterable[str], names: Iterable[str]) -> dict[str, int]:
    """Return how often each of the names is written as a word of its own in the files. `read` gives their bytes."""
    wanted = {name.encode(errors="replace"): name for name in names}
    found: Counter[bytes] = Counter()
    for path in paths:
        words = _WORD.findall(read(path) or b"")
        found.update(word for word in words if word in wanted)
    return {wanted[word]: number for word, number in found.items()}
