"""What a prompt's tokens buy, on prompts whose shares can be counted by hand."""

from pathlib import Path

import pytest

from benchmarks.context_tokens import OURS, Buys, Prompt, find_aims, find_shown

SOURCE = """\
class Pager:
    def read(self):
        return 1

    @property
    def width(self):
        return 2


def run():
    return 3
"""


def buys(shown: frozenset[str], tokens: int) -> Buys:
    found = Buys()
    found.add(Prompt("", shown), ["a.py::f", "a.py::g"], tokens)
    return found


def test_shares_are_divided_by_the_tokens_of_the_prompt() -> None:
    """Half of the fix in 2 000 tokens is a quarter for each 1 000; one right of four shown is an eighth."""
    found = buys(frozenset({"a.py::f", "a.py::x", "a.py::y", "a.py::z"}), 2000)
    assert found.shown_per_1000 == pytest.approx(0.25)
    assert found.right_per_1000 == pytest.approx(0.125)
    assert "| 1 | 2000 | 0.500 | 0.250 | 0.2500 | 0.1250 |" in found.row("x")


def test_an_empty_prompt_buys_nothing() -> None:
    """No token and no function is no division by zero."""
    found = buys(frozenset(), 0)
    assert (found.shown_per_1000, found.right_per_1000) == (0, 0)
    assert Buys().row("none")


def test_a_map_shows_the_functions_whose_first_line_it_has(tmp_path: Path) -> None:
    """Aider's form: a file's path with a colon, then its lines behind a bar; a decorator alone shows nothing."""
    (tmp_path / "a.py").write_text(SOURCE)
    text = "\na.py:\n⋮\n│class Pager:\n│    def read(self):\n⋮\n│    @property\n⋮\n\nb.py\n\ngone.py:\n│def run():\n"
    assert list(find_shown(text, tmp_path)) == ["a.py::Pager.read"]
    assert list(find_shown("a.py:\n│def run():\n", tmp_path)) == ["a.py::run"]


def test_the_aim_is_judged_beside_the_best_of_a_rival() -> None:
    """Twice as much for each token as the better map is twice, whatever the worse one shows."""
    everything = frozenset({"a.py::f", "a.py::g"})
    found = {
        f"{OURS}, 8 000 tokens": buys(everything, 1000),
        "aider's map, 1024 tokens": buys(everything, 2000),
        "aider's map, 4096 tokens": buys(everything, 8000),
    }
    aims = {aim.what: aim for aim in find_aims(found)}
    assert aims["shown per 1 000 tokens, beside the best of aider's map"].measured == "2.0×"
    assert aims["shown per 1 000 tokens, beside the best of whole files"].met is None


def test_nothing_is_claimed_where_nothing_was_measured() -> None:
    """Every aim is there, and none is met."""
    assert [aim.met for aim in find_aims({})] == [None] * 4
