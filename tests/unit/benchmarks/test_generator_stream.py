"""The stream of tasks: what it has learned tells in the next hundred, and one that was stopped goes on."""

from pathlib import Path

from benchmarks.generator_stream import ROUND, shuffled, some, stream
from yantra_bot.codex.reading import read_functions
from yantra_bot.training.generator_samples import Samples

KINDS = (
    'def sort_{0}(rows):\n    "Put the rows of {0} in order."\n    return sorted(rows)\n',
    'def clear_{0}(rows):\n    "Remove all rows of {0} at once."\n    rows.clear()\n',
)


def functions(count: int, *, begin: int = 0) -> Samples:
    found = Samples()
    for place in range(begin, begin + count):
        found.add("toy", read_functions(KINDS[place % 2].format(f"table{place}").encode()))
    return found


def test_each_hundred_is_answered_by_what_was_learned_before(tmp_path: Path) -> None:
    """The first by nobody, so that a model does all; a stream that goes on keeps the rounds that were done."""
    flow, held_out = functions(3 * ROUND), functions(40, begin=5_000)
    first = stream(flow, {}, held_out, tmp_path, rounds=2)
    assert [one.step_f1 for one in first] == [0, 1]
    assert [(one.model_share, one.tried) for one in first] == [(1, 0), (1, 0)]
    went_on = stream(flow, {}, held_out, tmp_path)
    assert went_on[:2] == first
    assert len(went_on) == 3
    assert stream(flow, {}, held_out, tmp_path) == went_on


def test_a_problem_is_in_the_stream_once() -> None:
    """However often it stands among the functions, in the same order each time."""
    twice = functions(30)
    for one in functions(30).written:
        twice.add("toy", [one])
    flow, tasks = shuffled([], twice)
    assert len(flow) == 30
    assert tasks == {}
    assert [one.problem for one in flow.written] == [one.problem for one in shuffled([], twice)[0].written]
    assert [one.problem for one in some(flow, 7).written] == [one.problem for one in flow.written[:7]]
