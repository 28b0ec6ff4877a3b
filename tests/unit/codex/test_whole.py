"""When the generator's own code may go first: whole, sure enough, and with one file that it belongs in."""

from pathlib import Path

import pytest

from tests.fakes.generators import write_fixed_generator
from yantra_bot.codex.generator import read_generator
from yantra_bot.codex.steps import Step
from yantra_bot.codex.whole import file_of, write_whole

SUM = (Step.DEFAULT, Step.ITERATE, Step.ACCUMULATE, Step.CLOSE, Step.RETURN)
TASK = "Add a function `total(prices: list[float]) -> float` to calc.py."
FILES = "README.md\nsrc/calc.py\ntests/test_calc.py\n"


def test_a_whole_function_is_offered_with_its_file(tmp_path: Path) -> None:
    """Its code does what its steps say, and its confidence is the generator's."""
    generator = read_generator(write_fixed_generator(tmp_path / "a", SUM, confidence=2.0))
    whole = write_whole(generator, TASK, FILES, threshold=0.7)
    assert whole is not None
    names: dict[str, object] = {}
    exec(whole.source, names)
    total = names["total"]
    assert callable(total)
    assert total([1.0, 2.0]) == 3.0
    assert (whole.path, whole.name, whole.version) == ("src/calc.py", "total", generator.version)
    assert 0.87 < whole.confidence < 0.89


@pytest.mark.parametrize(
    ("steps", "task", "threshold"),
    [
        (SUM, TASK, 0.9),
        ((Step.COMPUTE, Step.RETURN), TASK, 0.5),
        ((Step.LOG, *SUM), TASK, 0.5),
        (SUM, TASK.replace("calc.py", "the module"), 0.5),
        (SUM, "`total(prices)` in calc.py is wrong.", 0.5),
    ],
)
def test_it_declines(tmp_path: Path, steps: tuple[Step, ...], task: str, threshold: float) -> None:
    """Below the threshold, with a hole, with an import, without a file, and where no function is asked for."""
    generator = read_generator(write_fixed_generator(tmp_path / "a", steps, confidence=2.0))
    assert write_whole(generator, task, FILES, threshold=threshold) is None


@pytest.mark.parametrize(
    ("task", "files", "found"),
    [
        ("in calc.py", "calc.py", "calc.py"),
        ("in ./a/calc.py, and a test in tests/test_calc.py", "a/calc.py\nb/calc.py\ntests/test_calc.py", "a/calc.py"),
        ("in calc.py", "a/calc.py\nb/calc.py", ""),
        ("in a.py and b.py", "a.py\nb.py", ""),
        ("in tests/test_a.py", "tests/test_a.py", ""),
        ("in ../calc.py or /etc/calc.py", "calc.txt", ""),
    ],
)
def test_the_file_is_one_that_is_there(task: str, files: str, found: str) -> None:
    """Several, none, one of tests or one that is elsewhere are no answer."""
    assert file_of(task, files) == found
