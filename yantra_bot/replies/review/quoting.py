"""Sentences that quote a repository: names stand between backticks, so that each format can show them as code.

Pure. It makes nothing harmless: whoever shows a sentence does that, piece by piece.
"""

import re
from collections.abc import Sequence

MAX_NAME = 160
_QUOTED = re.compile(r"`([^`\n]+)`")


def quote(name: str, limit: int = MAX_NAME) -> str:
    """Return a name between backticks, as one line, with its own backticks replaced; `?` for an empty one."""
    line = " ".join(name.replace("`", "'").split()) or "?"
    return f"`{line if len(line) <= limit else line[: limit - 1] + '…'}`"


def place(path: str, line: int = 0) -> str:
    """Return a quoted `path:line`. The end of a long path is what tells it apart: it is kept."""
    shown = path if len(path) <= MAX_NAME else f"…{path[-MAX_NAME + 1 :]}"
    return quote(f"{shown}:{line}" if line > 0 else shown, MAX_NAME + 12)


def inside(name: str, path: str) -> str:
    """Return a qualified name without its module where the path beside it says that: `Cart.total` in `shop/cart.py`.

    The module itself, which is its code outside of functions, is `<module>`.
    """
    module = path.rpartition(".")[0].replace("/", ".")
    for begin in (module, module.removesuffix(".__init__"), module.removesuffix(".index")):
        if begin and name == begin:
            return "<module>"
        if begin and name.startswith(f"{begin}.") and len(name) > len(begin) + 1:
            return name[len(begin) + 1 :]
    return name


def pieces(sentence: str) -> list[tuple[str, bool]]:
    """Return the parts of a sentence, each with whether it was quoted; the backticks are gone."""
    found: list[tuple[str, bool]] = []
    for number, text in enumerate(_QUOTED.split(sentence)):
        if text:
            found.append((text, number % 2 == 1))
    return found


def count(number: int, what: str) -> str:
    """Return a number with its noun: `1 file`, `2 files`, `3 classes`, `4 entries`."""
    if number == 1:
        return f"1 {what}"
    if what.endswith("y"):
        return f"{number:,} {what[:-1]}ies"
    return f"{number:,} {what}{'es' if what.endswith(('s', 'ch')) else 's'}"


def listed(items: Sequence[str], limit: int = 5, *, total: int = 0) -> str:
    """Return items in a row, with how many more there are; `total` is how many there are where not all are given."""
    more = max(total, len(items)) - limit
    return ", ".join(items[:limit]) + (f" and {more:,} more" if more > 0 else "")


def names(items: Sequence[str], limit: int = 5) -> str:
    """Return names in a row, quoted."""
    return listed([quote(item) for item in items[:limit]], limit, total=len(items))


def percent(value: float) -> str:
    """Return a confidence as people read it; only certainty is 100 %."""
    return f"{min(round(value * 100), 99 if value < 1 else 100)} %"


def sureness(value: float) -> str:
    """Return a confidence in words."""
    for bar, word in ((1.0, "certain"), (0.9, "almost certain"), (0.7, "likely"), (0.4, "possible")):
        if value >= bar:
            return word
    return "a guess"
