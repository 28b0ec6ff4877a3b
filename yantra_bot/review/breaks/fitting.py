"""Whether a call's arguments fit a list of parameters. Pure; what is unpacked is given the benefit of the doubt."""

from collections.abc import Sequence

from yantra_bot.domain.graph import Language
from yantra_bot.graphdb.signatures import Parameter, Passing
from yantra_bot.review.breaks.calls import Shape

_BY_PLACE = (Passing.ANY, Passing.POSITION)
_BY_NAME = (Passing.ANY, Passing.NAME)
LENIENT = frozenset({Language.JAVASCRIPT})
"""Languages that take any number of arguments."""


def misfit(shape: Shape, parameters: Sequence[Parameter], given: int = 0) -> str:
    """Return why a call cannot work, as a sentence without a subject; empty where it may.

    `given` is how many arguments are passed besides those that are written (a bound receiver).
    """
    placed = [one for one in parameters if one.passing in _BY_PLACE]
    takes_many = any(one.passing is Passing.STAR for one in parameters)
    takes_names = any(one.passing is Passing.DOUBLE_STAR for one in parameters)
    count = len(shape.positional) + given
    if count > len(placed) and not takes_many:
        return f"passes {len(shape.positional)} by position, {_at_most(len(placed) - given)}"
    known = {one.name for one in parameters if one.passing in _BY_NAME}
    for name in shape.names:
        if name not in known and not takes_names:
            return f"passes `{name}`, which there is no parameter for"
    filled = {one.name for one in placed[:count]}
    for name in shape.names:
        if name in filled & known:
            return f"passes `{name}` by position and by name"
    return _missing(shape, parameters, filled)


def _at_most(count: int) -> str:
    return f"at most {count} {'is' if count == 1 else 'are'} taken" if count > 0 else "none is taken"


def _missing(shape: Shape, parameters: Sequence[Parameter], filled: set[str]) -> str:
    if shape.has_double_star:
        return ""
    for one in parameters:
        if one.has_default or one.passing in (Passing.STAR, Passing.DOUBLE_STAR):
            continue
        if one.name in filled or (one.name in shape.names and one.passing in _BY_NAME):
            continue
        if not (shape.has_star and one.passing in _BY_PLACE):
            return f"does not pass `{one.name or one.annotation}`"
    return ""


def misplaced(shape: Shape, before: Sequence[Parameter], after: Sequence[Parameter], given: int = 0) -> str:
    """Return which argument would reach another parameter than before, though both are still there; else nothing."""
    if shape.has_star:
        return ""
    old = [one.name for one in before if one.passing in _BY_PLACE]
    new = [one.name for one in after if one.passing in _BY_PLACE]
    names = {one.name for one in after}
    for place in range(given, len(shape.positional) + given):
        if place >= len(old) or place >= len(new) or old[place] == new[place] or not old[place]:
            continue
        if old[place] in names:
            return f"passes `{old[place]}` where `{new[place]}` is now"
    return ""
