"""Which way out is chosen, and what a model is told of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yantra_bot.agent.recovery.advice import advise, find_subject, own_calls
from yantra_bot.agent.recovery.ladder import LADDERS, Climb, Rung, choose_rung
from yantra_bot.agent.recovery.stuck import Stuck
from yantra_bot.domain.conversation import ToolCall, ToolResult
from yantra_bot.domain.faults import Fault, FaultKind

ERROR = Fault(FaultKind.VALUE, "KeyError", "'a'", "a.py", 3)


def climb(fault: Fault, without: tuple[Rung, ...] = ()) -> list[Rung]:
    """Return what is tried on an error that stays, up to the person."""
    tried: list[Climb] = []
    while not tried or tried[-1].rung is not Rung.ASK:
        tried.append(Climb(fault.fingerprint, choose_rung(fault, tried, without=without)))
    return [one.rung for one in tried]


@pytest.mark.parametrize("kind", FaultKind)
def test_every_kind_has_a_ladder_that_ends_at_a_person(kind: FaultKind) -> None:
    """Each rung once, and every one of the ladder's."""
    rungs = climb(Fault(kind, "E", "m"))
    assert rungs == [*LADDERS[kind], Rung.ASK]
    assert len(set(rungs)) == len(rungs)


def test_every_rung_stands_on_some_ladder() -> None:
    """None is there for show."""
    assert {rung for ladder in LADDERS.values() for rung in ladder} | {Rung.ASK} == set(Rung)


@given(st.lists(st.tuples(st.sampled_from(FaultKind), st.sampled_from("ab")), max_size=60))
def test_no_rung_is_taken_twice_for_the_same_error(errors: list[tuple[FaultKind, str]]) -> None:
    """Whatever the order in which errors come and go."""
    tried: list[Climb] = []
    for kind, message in errors:
        fault = Fault(kind, "E", message)
        one = Climb(fault.fingerprint, choose_rung(fault, tried))
        assert one.rung is Rung.ASK or one not in tried
        tried.append(one)


def test_what_cannot_be_done_is_left_out() -> None:
    """Without a further model and without an edit to take back."""
    assert climb(ERROR, (Rung.OTHER_MODEL, Rung.CHECKPOINT)) == [Rung.HYPOTHESIS, Rung.SIMPLIFY, Rung.ASK]


def test_each_rung_is_told_with_its_error_as_data() -> None:
    """The way is in our words, in a block of its own."""
    for kind, ladder in LADDERS.items():
        fault = Fault(kind, "edit_file", "no module named 'x'", "a.py", 30, hint="h")
        for rung in ladder:
            first, _, error, *more = advise(rung, fault, (ToolResult("1", "shown"),))
            assert first.text.startswith("This time: ")
            assert "no module" not in first.text
            assert "no module" in error.text
            assert [block.text for block in more] == ["shown"]


def test_what_the_run_itself_does_on_a_rung() -> None:
    """It reads the place, goes back, or searches the documents for the name that the error is about."""
    (read,) = own_calls(Rung.SYNTAX, ERROR)
    assert (read.name, read.arguments) == ("read_file", {"path": "a.py", "start_line": 1, "end_line": 11})
    assert [call.name for call in own_calls(Rung.CHECKPOINT, ERROR)] == ["undo"]
    assert find_subject(Fault(FaultKind.ATTRIBUTE, "AttributeError", "module 'calc' has no attribute 'plus'")) == "plus"
    assert find_subject(Fault(FaultKind.VALUE, "Boom", "oh no")) == "Boom"
    assert own_calls(Rung.HYPOTHESIS, ERROR) == ()


def results(content: str, *, is_error: bool = False) -> tuple[list[ToolCall], list[ToolResult]]:
    return [ToolCall("1", "edit_file", {})], [ToolResult("1", content, is_error)]


def test_the_third_failure_of_the_same_kind_is_noticed() -> None:
    """Numbers in it may differ; another failure in between starts no new count, and does not end this one."""
    stuck = Stuck()
    seen = [
        stuck.note(*results(f"not there at line {number}", is_error=True))
        for number in range(6)
        for _ in [stuck.note(*results("fine"))]
    ]
    assert [fault is not None for fault in seen] == [False, False, True, False, False, True]
    assert seen[2] is not None
    assert (seen[2].kind, seen[2].error) == (FaultKind.TOOL, "edit_file")


def test_a_command_that_fails_the_same_way_is_noticed_by_its_error() -> None:
    """Its exit code alone is not enough: there has to be an error in what it printed."""
    stuck, shown = (
        Stuck(),
        'Exit code 1, 0.1 s.\nTraceback (most recent call last):\n  File "a.py", line 1\nKeyError: 1',
    )
    assert [stuck.note(*results(shown)) is not None for _ in range(3)] == [False, False, True]
    assert all(stuck.note(*results("Exit code 1, 0.1 s.\nno match")) is None for _ in range(5))
    assert all(stuck.note(*results(shown.replace("code 1", "code 0"))) is None for _ in range(5))
