"""Two signatures of one callable compared: which calls that worked before cannot work any more, and what is new.

Where arguments can be named (Python) a name is part of the contract; elsewhere the position and the type are.
"""

from yantra_bot.domain.graph import Language
from yantra_bot.graphdb.signatures import Parameter, Passing, Signature

NAMED = frozenset({Language.PYTHON})
"""Languages whose callers can name an argument."""
TYPED = frozenset({Language.GO, Language.JAVA, Language.RUST, Language.TYPESCRIPT})
"""Languages in which a caller with another type is refused."""
_STARS = (Passing.STAR, Passing.DOUBLE_STAR)
_BY_PLACE = (Passing.ANY, Passing.POSITION)

Changes = tuple[list[str], list[str]]
"""(what breaks callers, what does not), as sentences without a subject."""


def compare_signatures(before: Signature, after: Signature, language: Language) -> Changes:
    """Return the differences that callers may feel. Nothing is said where a signature could not be read."""
    if not before.is_known or not after.is_known:
        return [], []
    compare = _compare_named if language in NAMED else _compare_placed
    breaking, harmless = compare(before, after, language)
    if before.is_async != after.is_async:
        breaking.append("is async now" if after.is_async else "is not async any more")
    if before.returns != after.returns:
        told = f"returns {after.returns or 'nothing stated'} instead of {before.returns or 'nothing stated'}"
        (breaking if language in TYPED else harmless).append(told)
    return breaking, harmless


def _compare_named(before: Signature, after: Signature, language: Language) -> Changes:
    old, new = _plain(before), _plain(after)
    breaking, harmless = _compare_stars(before, after)
    renamed = _find_renamed(old, new)
    takes_names = any(item.passing is Passing.DOUBLE_STAR for item in after.parameters)
    for name, one in old.items():
        if name in renamed:
            if one.passing is Passing.POSITION:
                harmless.append(f"parameter {name} is named {renamed[name]}")
            else:
                breaking.append(f"parameter {name} was renamed to {renamed[name]}")
        other = new.get(renamed.get(name, name))
        if other is None:
            kept = takes_names and one.passing is Passing.NAME
            (harmless if kept else breaking).append(f"parameter {name} was removed")
        else:
            _compare_one(one, other, breaking, harmless)
    come = [item for name, item in new.items() if name not in old and name not in renamed.values()]
    for item in come:
        told = f"{'optional' if item.has_default else 'required'} parameter {item.name} was added"
        (harmless if item.has_default else breaking).append(told)
    breaking += _reordered(old, new, renamed)
    return breaking, harmless


def _plain(signature: Signature) -> dict[str, Parameter]:
    return {item.name: item for item in signature.parameters if item.passing not in _STARS}


def _compare_stars(before: Signature, after: Signature) -> Changes:
    breaking: list[str] = []
    harmless: list[str] = []
    for passing, sign in ((Passing.STAR, "*"), (Passing.DOUBLE_STAR, "**")):
        old, new = (
            next((item.name for item in side.parameters if item.passing is passing), None) for side in (before, after)
        )
        if old is not None and new is None:
            breaking.append(f"parameter {sign}{old} was removed")
        elif old is None and new is not None:
            harmless.append(f"parameter {sign}{new} was added")
    return breaking, harmless


def _find_renamed(old: dict[str, Parameter], new: dict[str, Parameter]) -> dict[str, str]:
    """Return new names by old ones: a parameter that is gone, where a new one stands at its place."""
    renamed = {}
    for (name, one), (other_name, other) in zip(old.items(), new.items(), strict=False):
        is_pair = name not in new and other_name not in old and one.passing in _BY_PLACE and other.passing in _BY_PLACE
        if is_pair and (one.annotation == other.annotation or not one.annotation or not other.annotation):
            renamed[name] = other_name
    return renamed


def _compare_one(one: Parameter, other: Parameter, breaking: list[str], harmless: list[str]) -> None:
    if one.has_default and not other.has_default:
        breaking.append(f"parameter {other.name} has no default any more")
    elif other.has_default and not one.has_default:
        harmless.append(f"parameter {other.name} has a default now")
    if one.passing is not other.passing:
        wider = other.passing is Passing.ANY
        (harmless if wider else breaking).append(f"parameter {other.name} is given {_passing(other)}")
    if one.annotation != other.annotation:
        old, new = one.annotation or "nothing", other.annotation or "nothing"
        harmless.append(f"parameter {other.name} is declared {new} instead of {old}")


def _passing(parameter: Parameter) -> str:
    return "by position or name" if parameter.passing is Passing.ANY else str(parameter.passing)


def _reordered(old: dict[str, Parameter], new: dict[str, Parameter], renamed: dict[str, str]) -> list[str]:
    """Return the first parameter that another one stands before now, among those that can be given by position."""
    was = [renamed.get(name, name) for name, item in old.items() if item.passing in _BY_PLACE]
    now = [name for name, item in new.items() if item.passing in _BY_PLACE]
    left = [name for name in was if name in now]
    for place, name in enumerate(left):
        if place < len(now) and now[place] != name:
            return [f"parameter {name} is not at place {place + 1} any more"]
    return []


def _compare_placed(before: Signature, after: Signature, language: Language) -> Changes:
    breaking: list[str] = []
    harmless: list[str] = []
    old, new = before.parameters, after.parameters
    for place, (one, other) in enumerate(zip(old, new, strict=False), start=1):
        if language in TYPED and one.annotation != other.annotation:
            breaking.append(f"parameter {place} is {other.annotation or 'untyped'} instead of {one.annotation}")
        elif one.has_default and not other.has_default:
            breaking.append(f"parameter {place} ({other.name}) can no longer be left out")
        elif one.name != other.name:
            harmless.append(f"parameter {place} is named {other.name} instead of {one.name}")
    breaking += [f"parameter {item.name or item.annotation} was removed" for item in old[len(new) :]]
    for item in new[len(old) :]:
        fits = item.has_default and language not in (Language.GO, Language.RUST)
        told = f"{'optional' if item.has_default else 'required'} parameter {item.name or item.annotation} was added"
        (harmless if fits or item.passing is Passing.STAR else breaking).append(told)
    return breaking, harmless
