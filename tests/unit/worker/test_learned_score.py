"""What a run's worker says of a change by a learned model, and that nothing about it can end a run."""

import base64
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.fakes.scoring import make_batch
from tests.unit.scoring.score_files import write_model
from tests.unit.scoring.scores import SCORE, FakeScorer, symbol
from tests.unit.worker.test_guide import SHOP, Make, Scene, make
from yantra_bot.domain.checks import CheckState
from yantra_bot.domain.graph import Language
from yantra_bot.domain.scores import ChangeScore, ChangeSize, Lesson, ScoreModel, SuspectPlace
from yantra_bot.errors import UserError
from yantra_bot.scoring.numbers import write_numbers
from yantra_bot.scoring.scorer import LESSONS, MOST, NO_FILE, NO_NUMBER, NOTHING, NoScorer, Scorer
from yantra_bot.worker.edit_check import validate_edits
from yantra_bot.worker.protocol import ProtocolError
from yantra_bot.worker.score_check import check_model, check_score
from yantra_bot.worker.scorers import find_scorer, keep_scorer

__all__ = ["make"]
NUMBERS = write_numbers(make_batch(1, scored=1, nodes=(3,)), np.full(128, 128**-0.5, np.float32))
assert NUMBERS is not None
LESSON = Lesson(Language.PYTHON, 2, ("query", "return"), base64.b64encode(NUMBERS).decode(), "0" * 16)
TWO = b"RATE = 0.2\n\n\ndef add_tax(price):\n    return price + price * RATE\n\n\ndef less(a, b):\n    return a < b\n"


@pytest.fixture
def shop(make: Make) -> Scene:
    return make(SHOP)


def score(shop: Scene, scorer: Scorer | NoScorer) -> ChangeScore:
    result = validate_edits(shop.knowledge, None, scorer)
    assert result.state is CheckState.PASSED
    assert result.score is not None
    return result.score


def test_the_changed_functions_are_scored_the_most_suspicious_first(shop: Scene) -> None:
    """What was not changed is not asked about."""
    shop.edit("shop/tax.py", TWO)
    found = score(shop, FakeScorer({"add_tax": 0.4, "less": 0.9}))
    assert [(one.name, one.faulty) for one in found.symbols] == [("less", 0.9), ("add_tax", 0.4)]
    assert (found.faulty, found.baseline, found.left_out, found.problem) == (0.9, 0.3, 0, "")


def test_a_change_without_a_function_has_nothing_to_score(shop: Scene) -> None:
    """A comment, a test: the model is not asked."""
    shop.edit("shop/tax.py", SHOP["shop/tax.py"] + b"\n# the end\n")
    scorer = FakeScorer()
    assert score(shop, scorer) == ChangeScore(scorer.model, problem=NOTHING)
    assert scorer.asked == []


def test_of_a_large_change_most_is_left_out_and_counted(shop: Scene) -> None:
    """The limit holds, a few at a time."""
    many = b"".join(b"def f%d(a):\n    return a + %d\n\n\n" % (number, number) for number in range(MOST + 9))
    shop.edit("shop/many.py", many)
    scorer = FakeScorer()
    found = score(shop, scorer)
    assert (len(found.symbols), found.left_out) == (MOST, 9)
    assert max(scorer.asked) <= 8


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -0.1, 1.1])
def test_what_is_no_probability_is_left_out(shop: Scene, number: float) -> None:
    """Features or weights that overflow leave no number that anybody could read."""
    shop.edit("shop/tax.py", TWO)
    found = score(shop, FakeScorer({"add_tax": number, "less": 0.5}))
    assert [one.name for one in found.symbols] == ["less"]
    assert found.left_out == 1
    found = score(shop, FakeScorer({"add_tax": number, "less": number}))
    assert (found.symbols, found.problem) == ((), NO_NUMBER)


@pytest.mark.parametrize(
    ("error", "told"),
    [(UserError("It is of other features. Cure: export anew."), "Cure: export anew."), (ZeroDivisionError(), "a bug")],
)
def test_a_model_that_fails_ends_nothing(shop: Scene, error: Exception, told: str) -> None:
    """The check passes, and the score says why there is none."""
    shop.edit("shop/tax.py", TWO)
    found = score(shop, FakeScorer(fails=error))
    assert told in found.problem
    assert found.symbols == ()


def test_without_a_file_it_is_said_that_there_is_none(shop: Scene) -> None:
    """Nobody set one up: the run goes on."""
    shop.edit("shop/tax.py", TWO)
    assert score(shop, find_scorer(None)) == ChangeScore(problem=NO_FILE)


@pytest.mark.parametrize("content", [None, b"", b"\xff" * 8, b"\x08" + b"\0" * 7 + b"{}      ", b"\0" * 4096])
def test_a_file_that_is_none_is_told_with_the_cure(tmp_path: Path, shop: Scene, content: bytes | None) -> None:
    """Missing, empty, cut off, a header that lies: the sentence says what to do."""
    file = tmp_path / "model.safetensors"
    if content is not None:
        file.write_bytes(content)
    shop.edit("shop/tax.py", TWO)
    found = score(shop, find_scorer(ScoreModel(file)))
    assert found.problem.startswith("There is no learned score: ")
    assert "Cure: " in found.problem


def test_lessons_are_given_where_the_operator_lets_it_learn(tmp_path: Path, shop: Scene) -> None:
    """Of the functions of which most lines changed, with their steps; else none."""
    file = write_model(tmp_path / "model.safetensors")
    shop.edit("shop/tax.py", TWO)
    assert score(shop, find_scorer(ScoreModel(file))).lessons == ()
    found = score(shop, find_scorer(ScoreModel(file), gives_lessons=True))
    assert sorted(lesson.steps for lesson in found.lessons) == [("compare", "return"), ("compute", "return")]
    check_score(found)


@pytest.mark.case("P13")
def test_weights_that_overflow_give_no_lesson(tmp_path: Path, shop: Scene) -> None:
    """Control would take such numbers for a lie, and end the run's worker."""
    shop.edit("shop/tax.py", TWO)
    found = score(
        shop, find_scorer(ScoreModel(write_model(tmp_path / "m.safetensors", scale=20_000.0)), gives_lessons=True)
    )
    assert found.lessons == ()
    check_score(found)


def test_a_file_is_read_once_and_again_where_another_lies_there(tmp_path: Path) -> None:
    """A new version is taken by the next worker, at the cost of one reading."""
    file = tmp_path / "model.safetensors"
    file.write_bytes(b"one")
    assert keep_scorer(ScoreModel(file))
    assert not keep_scorer(ScoreModel(file))
    other = tmp_path / "new"
    other.write_bytes(b"another")
    other.replace(file)
    assert keep_scorer(ScoreModel(file))
    file.unlink()
    assert keep_scorer(ScoreModel(file))


@pytest.mark.parametrize(
    "lie",
    [
        replace(SCORE, symbols=(replace(symbol(), faulty=float("nan")),)),
        replace(SCORE, symbols=(replace(symbol(), path="../outside"),)),
        replace(SCORE, symbols=(replace(symbol(), name="x" * 10_000),)),
        replace(SCORE, symbols=(replace(symbol(), places=(SuspectPlace(1, 0, 2.0),)),)),
        replace(SCORE, symbols=(symbol(),) * (MOST + 1)),
        replace(SCORE, left_out=-1),
        replace(SCORE, problem="x" * 10_000),
        replace(SCORE, symbols=(replace(symbol(), line=-1),)),
        replace(SCORE, lessons=(LESSON,) * (LESSONS + 1)),
        replace(SCORE, lessons=(replace(LESSON, complexity=6),)),
        replace(SCORE, lessons=(replace(LESSON, steps=("my password",)),)),
        replace(SCORE, lessons=(replace(LESSON, steps=("return",) * 100),)),
        replace(SCORE, lessons=(replace(LESSON, origin="../../etc/passwd"),)),
        replace(SCORE, lessons=(replace(LESSON, numbers="no base64"),)),
        replace(SCORE, lessons=(replace(LESSON, numbers=LESSON.numbers[:-8]),)),
        replace(SCORE, lessons=(replace(LESSON, numbers="A" * 10_000_000),)),
        replace(SCORE, shared=0.5),
        replace(SCORE, size=ChangeSize(added=-1)),
        replace(SCORE, size=ChangeSize(lines=2**31)),
    ],
)
def test_control_believes_no_worker_that_answers_what_no_model_says(lie: ChangeScore) -> None:
    """Whoever broke into one can fill nobody's page, and name no file outside."""
    check_score(SCORE)
    check_score(None)
    check_score(replace(SCORE, lessons=(LESSON,) * LESSONS))
    with pytest.raises(ProtocolError):
        check_score(lie)


def test_a_file_that_is_not_the_pinned_one_gives_no_score(tmp_path: Path) -> None:
    """The run goes on, and is told what is wrong."""
    found = find_scorer(ScoreModel(write_model(tmp_path / "m.safetensors"), "0" * 64))
    assert isinstance(found, NoScorer)
    assert "YANTRA_SCORE_SHA256" in found.problem


def test_a_score_is_by_the_model_that_the_worker_was_handed() -> None:
    """What a version has earned, no worker claims for another one."""
    handed = ScoreModel(Path("m"), SCORE.model + "0" * 52)
    check_model(SCORE, handed)
    check_model(ChangeScore(problem=NO_FILE), None)
    check_model(None, None)
    for score, model in ((replace(SCORE, model="ab" * 6), handed), (SCORE, None), (replace(SCORE, model="0"), handed)):
        with pytest.raises(ProtocolError, match="another model"):
            check_model(score, model)
