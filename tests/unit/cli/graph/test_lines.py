"""Lines that are too long for a terminal are broken where people would break them; in a pipe they stay whole."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from yantra_bot.cli.graph.lines import Lines

WHAT = ("shop.orders.Order.take", "  ")
WHERE = ("method  ", "shop/orders.py:12", "  99% binding")


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (70, ["shop.orders.Order.take  method  shop/orders.py:12  99% binding"]),
        (40, ["shop.orders.Order.take", "    method  shop/orders.py:12  99% ", "binding"]),
    ],
)
def test_a_narrow_terminal_gets_the_place_on_a_line_of_its_own(width: int, shown: list[str]) -> None:
    """No path is broken in its middle where there is room for it."""
    out = io.StringIO()
    lines = Lines(Path("/"), Console(file=out, force_terminal=True, color_system=None, width=width))
    lines.say_placed(WHAT, WHERE, indent="    ")
    assert [line.rstrip() for line in out.getvalue().splitlines()] == [line.rstrip() for line in shown]


def test_a_pipe_gets_whole_lines() -> None:
    """Programs read them line by line, however long they are."""
    out = io.StringIO()
    lines = Lines(Path("/"), Console(file=out, width=20))
    lines.say_placed(WHAT, WHERE, indent="    ")
    lines.tell("word " * 20)
    assert len(out.getvalue().splitlines()) == 2
