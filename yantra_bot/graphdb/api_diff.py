"""The public names of two revisions compared: what was added, removed, moved or changed, and whether callers break.

It compares what is declared: names, parameters, kinds. A function that keeps its signature and does something else is
not seen here. What a language lets callers do (name an argument, for instance) decides what breaks them.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from yantra_bot.domain.graph import Language, NodeKind, Symbol, Visibility
from yantra_bot.graphdb.parameters import compare_signatures
from yantra_bot.graphdb.signatures import read_signature

API_KINDS = frozenset({NodeKind.CLASS, NodeKind.TYPE, NodeKind.FUNCTION, NodeKind.METHOD, NodeKind.VARIABLE})
CALLABLE = frozenset({NodeKind.FUNCTION, NodeKind.METHOD})
Pairs = list[tuple[Symbol, Symbol]]

_TEST_PATH = re.compile(
    r"(^|/)(tests?|testing|__tests__|spec|docs|examples?|benchmarks?)/|(^|/)(test_[^/]*|conftest)\.py$"
)
_TEST_FILE = re.compile(r"(_test\.(go|py)|\.(test|spec)\.\w+|Tests?\.java)$")
_BINDING = ("property", "staticmethod", "classmethod", "cached_property")


class ChangeKind(StrEnum):
    """What happened to a public name."""

    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class ApiChange:
    """One public name that is not as it was. `before` is None for an added one, `after` for a removed one."""

    kind: ChangeKind
    name: str
    is_breaking: bool
    reasons: tuple[str, ...]
    before: Symbol | None
    after: Symbol | None


def public_api(symbols: Iterable[Symbol]) -> list[Symbol]:
    """Return what others may use: public symbols inside public ones only, not in functions, tests or examples."""
    known = {symbol.key: symbol for symbol in symbols}
    return [symbol for symbol in known.values() if symbol.kind in API_KINDS and _is_public(symbol, known)]


def is_test_path(path: str) -> bool:
    """Tell whether a file is there for tests, examples or documents, by the customs of its place and name."""
    return bool(_TEST_PATH.search(path) or _TEST_FILE.search(path))


def _is_public(symbol: Symbol, known: dict[str, Symbol]) -> bool:
    if not symbol.path or is_test_path(symbol.path) or not _is_open(symbol):
        return False
    item, seen = known.get(symbol.parent or ""), {symbol.key}
    while item is not None and item.key not in seen:
        if item.kind not in (NodeKind.MODULE, NodeKind.FILE, NodeKind.CLASS, NodeKind.TYPE) or not _is_open(item):
            return False
        seen.add(item.key)
        item = known.get(item.parent or "")
    return True


def _is_open(symbol: Symbol) -> bool:
    if symbol.kind is NodeKind.MODULE:
        parts = symbol.qualified_name.split(".")
        return not any(part.startswith("_") and not part.startswith("__") for part in parts)
    is_special = symbol.name.startswith("__") and symbol.name.endswith("__")
    return is_special or symbol.visibility is Visibility.PUBLIC


def diff_api(before: Iterable[Symbol], after: Iterable[Symbol]) -> list[ApiChange]:
    """Return all changes between two lists of all symbols, breaking ones first, each part by name."""
    before, after = list(before), list(after)
    old, new = _group(public_api(before)), _group(public_api(after))
    imported = {symbol.qualified_name for symbol in after if symbol.kind is NodeKind.IMPORT}
    removed: list[Symbol] = []
    added: list[Symbol] = []
    changes: list[ApiChange] = []
    for name in sorted(old.keys() | new.keys()):
        pairs, gone, come = _pair(old.get(name, []), new.get(name, []))
        removed += gone
        added += come
        changes += [change for one, other in pairs if (change := compare(one, other)) is not None]
    moves = _find_moves(removed, added)
    changes += [_move(one, other, imported) for one, other in moves]
    removed = _outermost(removed, besides=[one for one, _ in moves])
    added = _outermost(added, besides=[other for _, other in moves])
    changes += [_removal(symbol, imported) for symbol in removed]
    changes += [ApiChange(ChangeKind.ADDED, item.qualified_name, False, (), None, item) for item in added]
    return sorted(changes, key=lambda change: (not change.is_breaking, change.kind, change.name))


def compare(before: Symbol, after: Symbol) -> ApiChange | None:
    """Return how two versions of one public symbol differ for those who use it; None when they do not."""
    breaking, harmless = find_differences(before, after)
    if not breaking and not harmless:
        return None
    reasons = (*breaking, *harmless)
    return ApiChange(ChangeKind.CHANGED, after.qualified_name, bool(breaking), reasons, before, after)


def find_differences(before: Symbol, after: Symbol) -> tuple[list[str], list[str]]:
    """Return what breaks those who use a symbol, and what they may feel besides, as sentences without a subject."""
    if before.kind is not after.kind:
        return [f"was a {before.kind}, is a {after.kind}"], []
    if before.kind in CALLABLE:
        breaking, harmless = compare_signatures(
            read_signature(before), read_signature(after), after.language or Language.PYTHON
        )
        return _binding_changes(before, after) + breaking, harmless
    if before.kind in (NodeKind.CLASS, NodeKind.TYPE):
        lost = _bases(before) - _bases(after)
        gained = _bases(after) - _bases(before)
        breaking = [f"no longer inherits from {base}" for base in sorted(lost)]
        return breaking, [f"inherits from {base} now" for base in sorted(gained)]
    return [], []


def _binding_changes(before: Symbol, after: Symbol) -> list[str]:
    old, new = ({name.rpartition(".")[2] for name in symbol.decorators} for symbol in (before, after))
    lost = [f"is no {name} any more" for name in _BINDING if name in old - new]
    return lost + [f"became a {name}" for name in _BINDING if name in new - old]


def _bases(symbol: Symbol) -> set[str]:
    found = re.search(r"\((.*)\)", symbol.signature)
    if symbol.language is not Language.PYTHON or found is None:
        return set()
    return {base.strip() for base in found.group(1).split(",") if base.strip() and "=" not in base}


def _group(symbols: Iterable[Symbol]) -> dict[str, list[Symbol]]:
    groups: dict[str, list[Symbol]] = defaultdict(list)
    for symbol in symbols:
        groups[symbol.qualified_name].append(symbol)
    for name, group in groups.items():
        declared = [item for item in group if "overload" not in {word.rpartition(".")[2] for word in item.decorators}]
        groups[name] = declared or group
    return groups


def _pair(old: list[Symbol], new: list[Symbol]) -> tuple[Pairs, list[Symbol], list[Symbol]]:
    """Match symbols of one name: equal signatures first, then equally many parameters, then by their order."""
    pairs: Pairs = []
    gone, come = list(old), list(new)
    for likeness in (lambda item: item.signature, lambda item: len(read_signature(item).parameters), lambda item: 0):
        for one in list(gone):
            other = next((item for item in come if likeness(item) == likeness(one)), None)
            if other is not None:
                pairs.append((one, other))
                gone.remove(one)
                come.remove(other)
    return pairs, gone, come


def _find_moves(removed: list[Symbol], added: list[Symbol]) -> Pairs:
    """Return pairs of equal name and content; what is inside of a moved one is not named again."""
    by_content = {(symbol.name, symbol.content_hash): symbol for symbol in added if symbol.content_hash}
    pairs = []
    for before in _outermost(removed, besides=[]):
        after = by_content.pop((before.name, before.content_hash), None)
        if after is not None:
            pairs.append((before, after))
    return pairs


def _move(before: Symbol, after: Symbol, imported: set[str]) -> ApiChange:
    is_kept = before.qualified_name in imported
    reason = f"is {after.qualified_name} now" + (", and can still be imported from here" if is_kept else "")
    return ApiChange(ChangeKind.MOVED, before.qualified_name, not is_kept, (reason,), before, after)


def _removal(symbol: Symbol, imported: set[str]) -> ApiChange:
    if symbol.qualified_name in imported:
        reason = "is imported from elsewhere now"
        return ApiChange(ChangeKind.CHANGED, symbol.qualified_name, False, (reason,), symbol, None)
    return ApiChange(ChangeKind.REMOVED, symbol.qualified_name, True, (), symbol, None)


def _outermost(symbols: list[Symbol], *, besides: list[Symbol]) -> list[Symbol]:
    """Return those that stand inside no other of the list and are neither in `besides` nor inside one of it."""
    places = {(symbol.path, symbol.qualified_name) for symbol in [*symbols, *besides]}
    apart = {(symbol.path, symbol.qualified_name) for symbol in besides}
    return [
        symbol
        for symbol in symbols
        if (symbol.path, symbol.qualified_name) not in apart
        and not any((symbol.path, around) in places for around in _around(symbol.qualified_name))
    ]


def _around(name: str) -> Iterator[str]:
    while (name := name.rpartition(".")[0]) != "":
        yield name
