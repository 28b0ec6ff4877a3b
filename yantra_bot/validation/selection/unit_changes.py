"""What differs between two versions of a file's units, and which old statements notice it when they run. Pure.

A statement that is new is noticed by whoever came to its place before: in the place of an old one, behind the one
before it in its block, or inside of the one around it.
"""

import difflib
from dataclasses import dataclass

from yantra_bot.validation.selection.units import Statement, Unit


@dataclass(frozen=True, slots=True)
class UnitChange:
    """A unit that is not as it was. `touched` are the old statements whose runs notice it; None: all of the unit."""

    old: Unit | None
    new: Unit | None
    touched: frozenset[int] | None = None
    changed: tuple[Statement, ...] = ()
    """The statements themselves, old and new."""

    @property
    def unit(self) -> Unit:
        found = self.new or self.old
        assert found is not None  # noqa: S101 (one of them is always there)
        return found


def compare_units(old: dict[str, Unit], new: dict[str, Unit]) -> list[UnitChange]:
    """Return the units that are not as they were, whatever lies between them."""
    changes = []
    for name in [*old, *(name for name in new if name not in old)]:
        before, after = old.get(name), new.get(name)
        if before is None or after is None:
            found = before or after
            changes.append(UnitChange(before, after, None, found.statements if found else ()))
        elif not before.is_same(after):
            changes.append(_compare(before, after))
    return changes


def _compare(old: Unit, new: Unit) -> UnitChange:
    """Return what differs between two versions of a unit."""
    sides = [[f"{_depth(unit, at)} {one.digest}" for at, one in enumerate(unit.statements)] for unit in (old, new)]
    touched: set[int] = set()
    changed: list[Statement] = []
    is_whole = False
    for tag, first, last, new_first, new_last in difflib.SequenceMatcher(
        None, sides[0], sides[1], autojunk=False
    ).get_opcodes():
        if tag == "equal":
            continue
        changed += [*old.statements[first:last], *new.statements[new_first:new_last]]
        touched.update(range(first, last))
        for at in range(new_first, new_last):
            if tag == "replace" and _stands_for(old, first, new, new_first, at):
                continue  # whoever comes to it came to the one that stood there
            anchor = _anchor(old, new, at, sides)
            is_whole |= anchor is None
            touched.update(() if anchor is None else [anchor])
    is_whole |= not touched or any(one.is_silent for one in changed)
    return UnitChange(old, new, None if is_whole else frozenset(touched), tuple(changed))


def _stands_for(old: Unit, first: int, new: Unit, new_first: int, at: int) -> bool:
    """Tell whether a new statement is in the place of an old one, or inside of such a one."""
    while new.statements[at].section[0] >= new_first:
        at = new.statements[at].section[0]
    section = new.statements[at].section
    is_same = section[1] == old.statements[first].section[1] and _depth(new, at) == _depth(old, first)
    return is_same and section == new.statements[new_first].section


def _depth(unit: Unit, at: int) -> int:
    depth, around = 0, unit.statements[at].section[0]
    while around >= 0:
        depth, around = depth + 1, unit.statements[around].section[0]
    return depth


def _anchor(old: Unit, new: Unit, at: int, sides: list[list[str]]) -> int | None:
    """Return an old statement that ran whenever control comes to a new one; None where none surely did.

    It is the one before it in its block, else the one around it.
    """
    section = new.statements[at].section
    before = [place for place in range(at) if new.statements[place].section == section]
    for place in [*reversed(before), *([section[0]] if section[0] >= 0 else [])]:
        found = [other for other, text in enumerate(sides[0]) if text == sides[1][place]]
        if len(found) == 1:
            return found[0]
    return None
