"""Units of a Python file: what is one, what changes it, which old statements notice a change."""

from yantra_bot.validation.selection.unit_changes import UnitChange, compare_units
from yantra_bot.validation.selection.units import MODULE, UnitKind, read_units

BEFORE = '''"""Says hello."""
LIMIT = 3


def greet(name, times=1):
    """Greet."""
    if not name:
        raise ValueError(name)
    for _ in range(times):
        print(name)
    return times


class Box:
    size = 2

    def fill(self):
        return self.size
'''


def changes(before: str, after: str) -> dict[str, UnitChange]:
    """Return what differs by the names of the units."""
    old, new = read_units(before), read_units(after)
    assert old is not None
    assert new is not None
    return {change.unit.name: change for change in compare_units(old, new)}


def test_a_file_is_its_module_classes_and_functions() -> None:
    """Each has its own statements; the head of a function is one of the unit around it."""
    units = read_units(BEFORE)
    assert units is not None
    assert {name: unit.kind for name, unit in units.items()} == {
        MODULE: UnitKind.MODULE,
        "greet": UnitKind.FUNCTION,
        "Box": UnitKind.CLASS,
        "Box.fill": UnitKind.FUNCTION,
    }
    assert [one.function for one in units[MODULE].statements] == ["", "greet", ""]


def test_comments_layout_and_plain_docstrings_change_nothing() -> None:
    """What the compiler does not see calls for no test."""
    after = BEFORE.replace("Greet.", "Greet somebody.").replace("range(times)", "range( times )")
    assert changes(BEFORE, "# new\n\n" + after) == {}


def test_examples_in_a_docstring_count() -> None:
    """They may be run as tests."""
    assert set(changes(BEFORE, BEFORE.replace("Greet.", "Greet.\n\n    >>> greet('x')\n    "))) == {"greet"}


def test_a_changed_statement_is_noticed_by_those_who_ran_it() -> None:
    """And not by those who ran only other statements of the function."""
    found = changes(BEFORE, BEFORE.replace("return times", "return times + 1"))["greet"]
    assert found.touched == frozenset({4})
    assert found.old is not None
    assert found.old.statements[4].line == 11


def test_an_added_statement_is_noticed_by_those_who_ran_the_one_before() -> None:
    """Whoever comes to the new one has run the one before it in its block."""
    after = BEFORE.replace("        print(name)\n", "        print(name)\n        print()\n")
    assert changes(BEFORE, after)["greet"].touched == frozenset({3})


def test_a_first_statement_in_a_block_is_noticed_by_those_who_ran_its_head() -> None:
    """There is none before it in its block."""
    after = BEFORE.replace("        print(name)\n", "        name = 1\n        print(name)\n")
    assert changes(BEFORE, after)["greet"].touched == frozenset({2})


def test_a_first_statement_of_a_function_is_noticed_by_all_who_ran_it() -> None:
    """Nothing before it tells."""
    assert changes(BEFORE, BEFORE.replace("    if not", "    name = 1\n    if not"))["greet"].touched is None


def test_a_default_changes_the_unit_around_the_function() -> None:
    """It is worked out where the function is defined."""
    found = changes(BEFORE, BEFORE.replace("times=1", "times=2"))
    assert set(found) == {MODULE}
    assert {one.function for one in found[MODULE].changed} == {"greet"}


def test_functions_come_and_go() -> None:
    """A unit that one version lacks is a change of all of it."""
    found = changes(BEFORE, BEFORE.replace("def fill", "def pour"))
    assert set(found) == {"Box", "Box.fill", "Box.pour"}
    assert found["Box.fill"].new is None


def test_what_does_something_while_it_is_imported_is_told_from_what_binds_names() -> None:
    """Calls whose result is dropped, items that are set and star imports have effects."""
    units = read_units("A = f()\nf()\nD[1] = 2\nfrom m import *\nimport os\n")
    assert units is not None
    assert [one.has_effects for one in units[MODULE].statements] == [False, True, True, True, False]


def test_every_kind_of_block_is_read() -> None:
    """Handlers, else branches, match cases, and what leaves no trace."""
    source = """
def f(x):
    global G
    try:
        G = x
    except ValueError as problem:
        raise
    else:
        pass
    finally:
        x = 1
    match x:
        case 1 if G:
            return 2
    with open(x) as file:
        return file
"""
    units = read_units(source)
    assert units is not None
    assert [one.line for one in units["f"].statements] == [3, 4, 5, 6, 7, 9, 11, 12, 13, 14, 15, 16]
    assert units["f"].statements[0].is_silent
    found = changes(source, source.replace("global G", "global G, H"))
    assert found["f"].touched is None


def test_what_does_not_parse_has_no_units() -> None:
    """It is told by None; two functions of one name are two units."""
    assert read_units("def f(:") is None
    assert read_units(b"\xff\x00") is None
    assert set(read_units("def f(): pass\ndef f(): pass\n") or ()) == {MODULE, "f", "f#2"}


def test_equal_bytes_in_another_encoding_are_another_unit() -> None:
    """The lines are compared only where they mean the same in both files."""
    old, new = (read_units(b"# coding: %s\ndef f():\n    return '\xe9'\n" % name) for name in (b"latin-1", b"cp1251"))
    assert old is not None
    assert new is not None
    assert old["f"].text == new["f"].text
    assert [change.unit.name for change in compare_units(old, new)] == ["f"]


def test_a_statement_is_the_same_where_it_stands_and_says_the_same() -> None:
    """However often a file is read; layout is no part of it."""
    first, again, other = (read_units(text) for text in ("a = 1\n", "a  =  1\n", "a = 2\n"))
    assert first is not None
    assert again is not None
    assert other is not None
    assert first[MODULE].statements == again[MODULE].statements
    assert len({*first[MODULE].statements, *again[MODULE].statements}) == 1
    assert first[MODULE].statements != other[MODULE].statements
    assert first[MODULE].statements[0] != "a = 1"
