"""Following lines back: against a plain model of lists of lines."""

import difflib

from hypothesis import given, settings
from hypothesis import strategies as st

from yantra_bot.domain.graph import NodeKind, Span, Symbol
from yantra_bot.graphdb.history import lines as module
from yantra_bot.graphdb.history.gitlog import Hunk
from yantra_bot.graphdb.history.lines import FileSymbols, LineMap

VERSION = st.lists(st.sampled_from("abcdefgh"), max_size=12)


def hunks_between(old: list[str], new: list[str]) -> list[Hunk]:
    """Return the hunks from one version to the next as git would number them."""
    found = []
    for tag, first, last, begin, end in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            old_start = first + 1 if last > first else first
            found.append(Hunk(old_start, last - first, begin + 1 if end > begin else begin, end - begin))
    return found


@given(st.lists(VERSION, min_size=2, max_size=6))
@settings(max_examples=300, deadline=None)
def test_a_line_is_followed_to_the_same_line_of_today(versions: list[list[str]]) -> None:
    """Whatever was edited in between, a line that is found today has its text, and the order of lines is kept."""
    today, lines = versions[-1], LineMap()
    for old, new in zip(versions[-2::-1], versions[:0:-1], strict=True):
        lines.undo(hunks_between(old, new))
        found = [lines.today(number, 1) for number in range(1, len(old) + 1)]
        places = [ranges[0][0] for ranges in found if ranges]
        assert places == sorted(set(places))
        assert all(today[ranges[0][0] - 1] == old[number] for number, ranges in enumerate(found) if ranges)
        for number in range(1, len(old) + 1):
            above = [place for place, ranges in zip(range(1, number), found, strict=False) if ranges]
            assert lines.before(number) == (found[above[-1] - 1][0][0] if above else None)


def test_a_map_with_too_many_pieces_is_given_up() -> None:
    """Memory is bounded: such a file is known as a file alone from there on."""
    lines = LineMap()
    lines.undo([Hunk(number * 2, 1, number * 2, 1) for number in range(1, module.MAX_SEGMENTS + 5)])
    assert lines.is_lost
    assert lines.today(1, 100) == []


def test_lines_belong_to_the_innermost_symbol() -> None:
    """A method's line is the method's, a class's own line the class's; a variable counts outside of functions."""

    def symbol(name: str, kind: NodeKind, first: int, last: int) -> Symbol:
        return Symbol(name, kind, name.rsplit(".", 1)[-1], name, "a.py", Span(first, 0, last, 0))

    symbols = FileSymbols(
        [
            symbol("C", NodeKind.CLASS, 3, 12),
            symbol("C.x", NodeKind.VARIABLE, 4, 4),
            symbol("C.f", NodeKind.METHOD, 6, 9),
            symbol("C.y", NodeKind.VARIABLE, 7, 7),
            symbol("C.f.g", NodeKind.FUNCTION, 8, 8),
            symbol("V", NodeKind.VARIABLE, 1, 1),
            symbol("os", NodeKind.IMPORT, 2, 2),
        ]
    )
    assert symbols.split(1, 14) == {"V": 1, None: 3, "C": 5, "C.x": 1, "C.f": 3, "C.f.g": 1}
    assert symbols.around(6, 9) is symbols.by_name["f"][0]
    assert symbols.around(6, 11) is symbols.by_name["C"][0]
    assert symbols.around(1, 11) is None
    assert symbols.around(None, 3) is None
    assert symbols.named("def f(x):", ["def", "f", "x"]) is symbols.by_name["f"][0]
    assert symbols.named("nothing", ["nothing"]) is None
