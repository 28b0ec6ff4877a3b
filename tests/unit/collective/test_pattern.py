"""What may leave of a change."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yantra_bot.codex.steps import Step
from yantra_bot.collective.pattern import (
    COMPLEXITIES,
    EMBEDDING,
    LANGUAGES,
    LEVELS,
    MOST_BITS,
    STEPS,
    Pattern,
    is_sound,
    make_pattern,
    read_embeddings,
    read_inputs,
    read_targets,
)
from yantra_bot.errors import UserError

ROW = tuple(float(number) for number in np.random.default_rng(1).normal(size=EMBEDDING))


def make(row: tuple[float, ...] = ROW, *, steps: tuple[str, ...] = ("return",), language: str = "go") -> Pattern:
    return make_pattern(row, steps=steps, language=language, complexity=3, is_passing=True)


def test_of_an_embedding_only_levels_leave() -> None:
    """Sign, and whether it is large; how long it was and all digits stay."""
    told = np.asarray(make().embedding)
    row = np.asarray(ROW) / np.linalg.norm(ROW)
    assert set(told.tolist()) == set(LEVELS)
    assert np.array_equal(np.sign(told), np.sign(row))
    assert np.array_equal(np.abs(told) == 3, np.abs(row) > 128**-0.5)
    assert make(tuple(8 * number for number in ROW)) == make()


def test_levels_point_where_the_embedding_does() -> None:
    """What is learned from is still there: the direction, to a cosine above 0.9, at about its length."""
    row = np.asarray(ROW) / np.linalg.norm(ROW)
    (read,) = read_embeddings([make()])
    assert np.linalg.norm(read) == pytest.approx(1.0, abs=0.1)
    assert row @ read / np.linalg.norm(read) > 0.9


def test_a_pattern_has_so_many_bits_and_no_more() -> None:
    """Counted from the closed lists: what the documentation says of it is what there is."""
    ways = len(LEVELS) ** EMBEDDING * 2 ** len(STEPS) * len(LANGUAGES) * COMPLEXITIES * 2
    assert 2 ** (MOST_BITS - 1) < ways <= 2**MOST_BITS
    assert f"{MOST_BITS} bits" in (Path(__file__).parents[3] / "docs" / "collective.md").read_text()


@given(st.lists(st.one_of(st.sampled_from(STEPS), st.text(max_size=20)), max_size=30))
def test_only_words_of_the_list_are_told_as_steps(steps: list[str]) -> None:
    """Another word is left out, whatever it is; each is told once, in the list's order."""
    told = make(steps=tuple(steps)).steps
    assert told == tuple(step for step in STEPS if step in steps)


@pytest.mark.parametrize(
    "row", [ROW[:-1], (*ROW, 1.0), (math.nan, *ROW[1:]), (math.inf, *ROW[1:]), (0.0,) * EMBEDDING, (1e308,) * EMBEDDING]
)
def test_an_embedding_that_is_none_is_refused(row: tuple[float, ...]) -> None:
    """Another length, what is no number, and what has no direction."""
    with pytest.raises(UserError):
        make(row)


def test_a_language_that_is_on_no_list_is_refused() -> None:
    """No word of anybody's own gets into the field."""
    with pytest.raises(UserError):
        make(language="/home/ann/secret.py")


def test_what_comes_from_elsewhere_has_to_be_as_if_made_here() -> None:
    """Numbers off the grid, other words, another order: nobody is believed."""
    sound = make(steps=("query", "return"))
    assert is_sound(sound)
    for wrong in (
        replace(sound, embedding=tuple(2 * number for number in sound.embedding)),
        *(replace(sound, embedding=(odd, *sound.embedding[1:])) for odd in (0, 2, -2, 5, True, 1.0, 3.0000001, "1")),
        replace(sound, embedding=sound.embedding[:-1]),
        replace(sound, embedding=(math.nan, *sound.embedding[1:])),
        replace(sound, steps=("return", "query")),
        replace(sound, steps=("return", "password")),
        replace(sound, language="cobol"),
        replace(sound, complexity=6),
    ):
        assert not is_sound(wrong)


def test_what_is_read_of_patterns_has_a_row_each() -> None:
    """Inputs end with the constant; targets begin with passing."""
    patterns = [make(), make(steps=("query",))]
    assert read_inputs(patterns)[:, -1].tolist() == [1.0, 1.0]
    targets = read_targets(patterns)
    assert targets[:, 0].tolist() == [1.0, 1.0]
    assert targets[1, 1 + STEPS.index("query")] == 1.0
    assert targets[1].sum() == 2.0


def test_the_closed_list_is_the_generators() -> None:
    """What is told of code are its steps, less those that only say where a block ends or goes on."""
    assert tuple(step.label for step in Step if step not in (Step.CLOSE, Step.OTHERWISE)) == STEPS
