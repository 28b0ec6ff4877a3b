"""Bodies that are recalled: by words that were seen with them, from a file that is refused where it is damaged."""

from pathlib import Path

import numpy as np
import pytest

from yantra_bot.codex.generator import AboutGenerator, Kind, holds_generator, read_generator, write_generator
from yantra_bot.codex.problem import Problem, read_parameters, read_type
from yantra_bot.codex.reading import read_functions
from yantra_bot.codex.recall import Floats, Recall, Size, agreement, shapes, tallies, write_bodies
from yantra_bot.codex.steps import Step, telling
from yantra_bot.errors import UserError
from yantra_bot.training.generator_samples import Samples
from yantra_bot.training.recall import choose_bodies, train_recall

SORT, CHECK = (Step.SORT, Step.RETURN), (Step.NULL_CHECK, Step.RAISE, Step.CLOSE)
SOURCE = '''
def sort_{noun}(rows: list[str]) -> list[str]:
    """Return the rows of the {noun} in order."""
    return sorted(rows)

def check_{noun}(value: str | None) -> None:
    """Check that the {noun} is there and refuse it otherwise."""
    if value is None:
        raise ValueError("missing")
'''
NOUNS = ["file", "user", "order", "price", "letter", "town", "team", "page", "note", "train", "song", "river"]


def samples(nouns: list[str]) -> Samples:
    found = Samples()
    for noun in nouns:
        found.add(noun, read_functions(SOURCE.format(noun=noun).encode()))
    return found


def test_what_was_learned_is_recalled_by_words(tmp_path: Path) -> None:
    """From a file, for problems that were not seen; the same problem gets the same, and it is sure of it."""
    path = tmp_path / "deep" / "generator.safetensors"
    about = train_recall(samples(NOUNS[:6]), samples(NOUNS[6:]), path, note="a toy")
    generator = read_generator(path)
    assert generator.about == about
    assert (about.kind, about.figures["step F1"], about.figures["exactly right"]) == (Kind.RECALL, 1, 1)
    sort = Problem("sort_stars", read_parameters("rows: list[str]"), read_type("list[str]"), "Return stars in order.")
    check = Problem("check_star", read_parameters("value: str | None"), read_type("None"), "Check the star is there.")
    assert [generator.answer(one).steps for one in (sort, check, sort)] == [SORT, CHECK, SORT]
    assert generator.answer(sort) == generator.answer(sort)
    assert generator.answer(check).complexity == 0
    assert generator.answer(sort).confidence > 0.5
    assert holds_generator(path)


def test_too_little_to_learn_from_is_told(tmp_path: Path) -> None:
    """A handful of functions is no training set."""
    with pytest.raises(UserError, match="functions without a docstring"):
        train_recall(samples(NOUNS[:2]), samples(NOUNS[2:3]), tmp_path / "generator.safetensors")


def test_bodies_stand_for_all_of_training() -> None:
    """Each is real, none is there twice, and a rare one is kept where nothing else is near."""
    bodies = choose_bodies(samples(NOUNS), 2)
    assert sorted(bodies, key=len) == [SORT, CHECK]


def test_agreement_is_step_f1() -> None:
    """Of each with each; `CLOSE` counts nothing, a step as often as it stands there."""
    found = agreement(tallies([SORT, CHECK]), tallies([SORT, (Step.SORT, Step.SORT, Step.CLOSE), ()]))
    assert found == pytest.approx(np.array([[1, 0.5, 0], [0, 0, 0]]))
    assert telling(CHECK) == (Step.NULL_CHECK, Step.RAISE)


def arrays() -> dict[str, Floats]:
    found = {name: np.zeros(shape, np.float32) for name, shape in shapes(Size(2, 3, 4)).items()}
    return found | {"bodies": write_bodies([SORT, CHECK])}


@pytest.mark.parametrize("wrong", [-2, 32, 0.5, 1e4])
def test_bodies_of_steps_that_are_none_are_refused(tmp_path: Path, wrong: float) -> None:
    """A number that no step has, or half a number."""
    bad = arrays()
    bad["bodies"][1, 1] = wrong
    with pytest.raises(ValueError, match="steps that are none"):
        Recall(bad)
    path = tmp_path / "generator.safetensors"
    write_generator(path, bad, AboutGenerator(size=Size(2, 3, 4)))
    with pytest.raises(UserError, match="Cure:"):
        read_generator(path)


@pytest.mark.parametrize("name", ["bodies", "linear", "axes", "known", "tallies"])
def test_numbers_that_are_none_are_refused(tmp_path: Path, name: str) -> None:
    """In each of the arrays."""
    bad = arrays()
    bad[name][0] = np.nan
    path = tmp_path / "generator.safetensors"
    write_generator(path, bad, AboutGenerator(size=Size(2, 3, 4)))
    with pytest.raises(UserError, match="no numbers"):
        read_generator(path)


def test_numbers_too_large_are_no_reason_to_be_sure(tmp_path: Path) -> None:
    """Finite numbers whose product is none: an answer of some kind, with no confidence, so that it never goes first."""
    path = tmp_path / "generator.safetensors"
    huge = arrays()
    huge["linear"][-1] = 6e4
    write_generator(path, huge, AboutGenerator(size=Size(2, 3, 4), scale=1e308))
    answer = read_generator(path).answer(Problem("f"))
    assert (answer.steps, answer.confidence) == (SORT, 0.0)
