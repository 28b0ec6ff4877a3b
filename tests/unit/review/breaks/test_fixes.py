"""A rename that can be followed is followed; one of which a place may be overlooked is not."""

from collections.abc import Callable, Mapping

from yantra_bot.domain.findings import Finding, Replacement

Breaks = Callable[[Mapping[str, str], Mapping[str, str]], list[Finding]]
LIBRARY = "def old(a):\n    return a\n"


def fixes(breaks: Breaks, use: str) -> tuple[Replacement, ...] | None:
    """Return the replacements that a rename of `old` to `new` is told with."""
    before = {"m.py": LIBRARY, "use.py": use}
    found = breaks(before, {**before, "m.py": LIBRARY.replace("old", "new")})
    assert len(found) == 1
    return None if found[0].fix is None else found[0].fix.replacements


def test_each_place_gets_the_new_name(breaks: Breaks) -> None:
    """Whole lines are replaced, each once."""
    assert fixes(breaks, "from m import old\nprint('é', old(old(1)))\n") == (
        Replacement("use.py", 1, 1, "from m import new"),
        Replacement("use.py", 2, 2, "print('é', new(new(1)))"),
    )


def test_a_name_that_stands_for_something_else_too_is_left_alone(breaks: Breaks) -> None:
    """A place that the graph does not tie to the rename may or may not be meant."""
    assert fixes(breaks, "from m import old\nold(1)\nx = thing()\nx.old(1)\n") is None


def test_another_local_name_is_left_alone(breaks: Breaks) -> None:
    """Where it is imported under another name, the places differ in what they say."""
    assert fixes(breaks, "from m import old as f\nf(1)\n") is None
