"""What people are shown of a trace ends where it ends: what other pods wrote behind it is no part of it."""

import pytest

from tests.unit.monitor import test_traces as printed
from yantra_bot.monitor.shown_trace import MOST_TRACE, show_trace
from yantra_bot.monitor.traces import find_traces

BEFORE = "shop-1 ready\nValueError: an old word of another pod\n" + "served\n" * 15
BEHIND = "shop-2 token=abc logged in\nshop-3: price(tea) is 3\n    indented words of another pod\n"


@pytest.mark.parametrize(
    ("text", "begin", "end"),
    [
        (printed._PYTHON, "Traceback (most", "shop.errors.NotHere: nothing of that name"),
        (printed._NODE, "Error: cannot price", "(/srv/src/cart.js:3:7)"),
        (printed._JAVA, "Exception in thread", "... 2 more"),
        (printed._RUST, "thread 'main' panicked", "src/main.rs:3:28"),
        (printed._GO, "2026/11/29 01:02:03 http: panic", "/build/main.go:30 +0x45"),
    ],
)
def test_a_trace_is_shown_whole_and_alone(text: str, begin: str, end: str) -> None:
    shown = show_trace(f"{BEFORE}{text}{BEHIND}")
    assert shown.startswith(begin)
    assert shown.endswith(end)
    assert [one.frames for one in find_traces(shown)] == [one.frames for one in find_traces(text)]


def test_what_another_pod_wrote_between_two_traces_is_left_out_and_the_tie_of_a_chain_stays() -> None:
    first = 'Traceback (most recent call last):\n  File "/app/a.py", line 2, in go\n    go()\nKeyError: 1\n'
    other = first.replace("a.py", "b.py").replace("KeyError", "shop.Gone")
    assert show_trace(first + BEHIND + other + BEHIND) == (first + "\n" + other).replace("\n\n", "\n").rstrip()
    assert "direct cause of the following exception:" in show_trace(printed._PYTHON + BEHIND)


def test_a_trace_without_its_error_ends_with_its_last_frame() -> None:
    text = 'Traceback (most recent call last):\n  File "/app/a.py", line 2, in go\n    go()\n'
    assert show_trace(f"{text}KeyError: 1\n{text}shop-2 token=abc").endswith("KeyError: 1")


def test_a_text_without_a_frame_and_a_long_trace() -> None:
    assert show_trace("it fails") == "it fails"
    frames = '  File "/app/a.py", line 2, in go\n    go()\n' * 1_000
    shown = show_trace(f"Traceback (most recent call last):\n{frames}RecursionError: too deep\n{BEHIND}")
    assert shown.endswith("RecursionError: too deep")
    assert len(shown) == MOST_TRACE + 2
