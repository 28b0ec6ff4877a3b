"""What 1 024 numbers say of a body, and a problem as 978 numbers."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yantra_bot.codex.features import GROUPS, features_of, words_of
from yantra_bot.codex.pattern import AFTER, BEGIN, LONGEST, SIZE, chances, counts_of, decode, draw
from yantra_bot.codex.problem import Problem, read_parameters, read_type
from yantra_bot.codex.steps import STEPS, Step, flatten, nest
from yantra_bot.scoring.batch import FEATURES

BODY = (Step.NULL_CHECK, Step.RAISE, Step.CLOSE, Step.SORT, Step.RETURN)


def problem(text: str = "Return the words in order.") -> Problem:
    return Problem("sort_words", read_parameters("words: list[str], least: int = 3"), read_type("list[str]"), text)


def test_a_chain_that_knows_a_body_says_it() -> None:
    """Where each step has one that follows it, the answer is the body that was counted."""
    assert decode(chances((counts_of(BODY) * 50).reshape(-1))) == BODY


def test_how_often_step_follows_step() -> None:
    """What follows a raise is no question; the begin, and what follows a block at the top, have rows of their own."""
    counts = counts_of(BODY)
    assert counts.sum() == 4
    assert counts[BEGIN, Step.NULL_CHECK.number] == counts[Step.NULL_CHECK.number, Step.RAISE.number] == 1
    assert counts[AFTER, Step.SORT.number] == counts[Step.SORT.number, Step.RETURN.number] == 1
    inner = counts_of((Step.ITERATE, Step.CONDITION, Step.CLOSE, Step.INSERT, Step.CLOSE))
    assert inner[0, Step.INSERT.number] == inner[AFTER, 0] == 1
    assert counts_of(())[BEGIN, 0] == 1


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.floats(0, 6))
def test_any_numbers_give_an_answer(seed: int, spread: float) -> None:
    """The same numbers give the same steps, none more than the limit, and their blocks are read back."""
    outputs = (np.random.default_rng(seed).normal(size=SIZE * SIZE) * spread).astype(np.float32)
    steps = decode(chances(outputs))
    assert decode(chances(outputs)) == steps
    assert len(steps) <= LONGEST
    assert nest(flatten(nest(steps))) == nest(steps)


def test_the_answer_agrees_best_with_what_is_likely() -> None:
    """Not the likeliest single sequence, which is the shortest, but the one in the middle of all."""
    chain = np.full((SIZE, SIZE), 1e-4)
    chain[BEGIN, 0], chain[BEGIN, Step.ITERATE.number] = 0.3, 0.7
    chain[Step.ITERATE.number, Step.INSERT.number] = 1
    chain[Step.INSERT.number, Step.INSERT.number], chain[Step.INSERT.number, 0] = 0.5, 0.5
    steps = decode((chain / chain.sum(axis=1, keepdims=True)).astype(np.float32))
    assert steps[0] is Step.ITERATE
    assert Step.INSERT in steps


def test_draws_follow_the_chances() -> None:
    """A step that follows in one of four cases is drawn about as often."""
    chain = np.full((SIZE, SIZE), 0.0, dtype=np.float32)
    chain[:, 0] = 1
    chain[BEGIN, 0], chain[BEGIN, Step.RETURN.number] = 0.75, 0.25
    drawn = draw(chain, count=4_000)
    assert np.mean(drawn[:, 0] == Step.RETURN.number) == pytest.approx(0.25, abs=0.03)


def test_features_tell_problems_apart_and_are_bounded() -> None:
    """978 finite numbers, each group of words of length one at most, other words other numbers."""
    first, second = features_of(problem()), features_of(problem("Delete the file."))
    assert first.shape == (FEATURES,)
    assert first.dtype == np.float32
    at = 0
    for name, size in GROUPS[:-1]:
        assert np.linalg.norm(first[at : at + size]) == pytest.approx(1, abs=1e-5), name
        at += size
    assert np.abs(first - second).max() > 0.1
    assert np.array_equal(first, features_of(problem()))


def test_features_do_not_see_examples() -> None:
    """The examples of a docstring are the tests of its body, not words of the problem."""
    one = features_of(problem("Sort.\n\n>>> sort_words(['b'])\n['b']"))
    other = features_of(problem("Sort.\n\n>>> other_words(['q', 'z'])\n['b']"))
    assert np.array_equal(one, other)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60), st.text(max_size=200))
def test_any_text_has_features(name: str, text: str) -> None:
    """Whatever a stranger writes is finite numbers."""
    assert np.isfinite(features_of(Problem(name, (), read_type(""), text))).all()


def test_features_are_the_same_in_another_process() -> None:
    """Nothing hangs on Python's own hashing, which differs from process to process."""
    code = (
        "from yantra_bot.codex.features import features_of; from yantra_bot.codex.problem import Problem;"
        "print(float((features_of(Problem('merge_rows', text='Merge all rows.')) * range(978)).sum()))"
    )
    ran = [subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True) for _ in range(2)]
    assert ran[0].stdout == ran[1].stdout


def test_an_identifier_has_the_words_of_its_style() -> None:
    """Both styles of names say the same."""
    assert words_of("parseHTTPHeader2") == ["parse", "http", "header", "2"]
    assert words_of("read_all_rows") == words_of("readAllRows")


def test_every_step_can_be_told() -> None:
    """Each step has its place in the counts."""
    for step in STEPS[1:]:
        assert counts_of((step,))[BEGIN, step.number] == 1
