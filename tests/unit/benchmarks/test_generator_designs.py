"""What the table of designs counts: agreement of bodies, and bodies that stand for many."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the extra `learned` is not installed")
pytest.importorskip("torch_geometric", reason="the extra `learned` is not installed")

from benchmarks.generator_designs import consensus, ridge  # noqa: E402 (torch first)
from benchmarks.generator_tasks import step_f1  # noqa: E402 (as above)
from yantra_bot.codex.reading import read_functions  # noqa: E402 (as above)
from yantra_bot.codex.recall import agreement, tallies  # noqa: E402 (as above)
from yantra_bot.codex.steps import Step, telling  # noqa: E402 (as above)
from yantra_bot.training.generator_samples import Samples  # noqa: E402 (as above)
from yantra_bot.training.recall import choose_bodies  # noqa: E402 (as above)

BODIES = (
    (Step.RETURN,),
    (Step.CALL, Step.CALL, Step.RETURN),
    (Step.CONDITION, Step.CALL, Step.CLOSE, Step.CALL, Step.RETURN),
)


def test_agreement_is_step_f1() -> None:
    """Of each with each, as the benchmark of the generator counts it."""
    found = agreement(tallies(BODIES), tallies(BODIES))
    expected = [[step_f1(telling(one), telling(other)) for other in BODIES] for one in BODIES]
    assert found == pytest.approx(np.array(expected))


def test_words_that_tell_bodies_apart_lead_to_them() -> None:
    """The nearest problems and the linear map both find which body goes with which word."""
    sources = {"sort": "return sorted(rows)", "remove": "rows.clear()"}
    train, asked = Samples(), Samples()
    for samples, nouns in ((train, [f"tables{number}" for number in range(80)]), (asked, ["prices", "names"])):
        for verb, body in sources.items():
            for noun in nouns:
                text = f'def {verb}_rows(rows):\n    "{verb} all of the {noun}"\n    {body}\n'
                samples.add("one", read_functions(text.encode()))
    bodies = choose_bodies(train)
    assert set(bodies) == set(asked.answers)
    worth = agreement(tallies(train.answers), tallies(bodies))
    for values in (consensus(train, asked, worth), ridge(train, asked, worth, 1.0)):
        assert [bodies[place] for place in values.argmax(1)] == asked.answers
