"""Files of problems and solutions: read with care, and trained on."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

torch = pytest.importorskip("torch", reason="the extra `learned` is not installed")
pytest.importorskip("torch_geometric", reason="the extra `learned` is not installed")

from yantra_bot.cli.codex import codex  # noqa: E402 (torch first)
from yantra_bot.codex.generator import Kind, read_generator  # noqa: E402 (as above)
from yantra_bot.codex.problem import Problem, read_task  # noqa: E402 (as above)
from yantra_bot.codex.steps import Step  # noqa: E402 (as above)
from yantra_bot.codex.tree import ANY  # noqa: E402 (as above)
from yantra_bot.errors import UserError  # noqa: E402 (as above)
from yantra_bot.runs.distilling import Pair, Pairs  # noqa: E402 (as above)
from yantra_bot.training.generator_training import ABOUT, GeneratorTraining, export_generator, train_generator  # noqa: E402 (as above)
from yantra_bot.training.loop import LoopSettings  # noqa: E402 (as above)
from yantra_bot.training.pairs import TrainingPair, read_kept, read_pairs, samples_of, written_of  # noqa: E402 (as above)

GOOD = {"problem": "Sort rows.", "solution": "def sort(rows):\n    return sorted(rows)\n", "tests": ""}


def write(path: Path, *lines: object) -> Path:
    path.write_text("".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines))
    return path


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "line 2: it is no JSON"),
        ("[1]", "line 2: it is no object"),
        ("[" * 100_000, "line 2: it is no JSON"),
        ({"problem": "x", "solution": "def f(): pass"}, "line 2: `tests` is missing"),
        (GOOD | {"problem": 3}, "line 2: `problem` is missing or no text"),
        (GOOD | {"problem": " "}, "line 2: `problem` is empty"),
        (GOOD | {"solution": "def f(:"}, "line 2: `solution` is no Python"),
        (GOOD | {"solution": "x = 1"}, "line 2: `solution` is no Python with a function"),
        (GOOD | {"tests": "x" * 300_000}, "line 2: it has more than"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: object, words: str) -> None:
    """Its number, what is wrong, and the cure; nothing of the file is taken."""
    with pytest.raises(UserError, match=words) as told:
        read_pairs(write(tmp_path / "pairs.jsonl", GOOD, line))
    assert "Cure:" in str(told.value)


def test_many_wrong_lines_are_told_together(tmp_path: Path) -> None:
    """The first few with their reasons, then a count."""
    with pytest.raises(UserError, match=r"line 1: .*line 5: .*and 4 more lines"):
        read_pairs(write(tmp_path / "pairs.jsonl", *["{"] * 9))


def test_no_pairs_and_no_file_are_told(tmp_path: Path) -> None:
    """An empty file, one that is not there, and one that is no text."""
    with pytest.raises(UserError, match="has no pairs"):
        read_pairs(write(tmp_path / "pairs.jsonl", "", ""))
    with pytest.raises(UserError, match="cannot be read"):
        read_pairs(tmp_path / "none.jsonl")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UserError, match="cannot be read"):
        read_pairs(tmp_path / "bytes")


def test_what_a_server_kept_is_not_refused_whole(tmp_path: Path) -> None:
    """Lines of it that teach nothing are counted and passed over; where all are so, there is nothing."""
    path = write(tmp_path / "pairs.jsonl", GOOD, GOOD | {"solution": "return <email>\n"}, "{", "", GOOD)
    kept = read_kept(path)
    assert kept.pairs == [TrainingPair(**GOOD)] * 2
    assert kept.passed_over == 2
    with pytest.raises(UserError, match="line 2: `solution` is no Python"):
        read_pairs(path)
    with pytest.raises(UserError, match="has no pairs"):
        read_kept(write(path, "{"))


def test_a_pair_is_a_problem_with_its_steps() -> None:
    """The function that the problem names, else the last; its words are the problem's."""
    solution = "def clean(x):\n    return x.strip()\n\ndef order(rows: list[str]):\n    return sorted(rows)\n"
    last = written_of(TrainingPair("Put rows in order.", solution))
    assert (last.problem.name, last.problem.text, last.steps) == (
        "order", "Put rows in order.", (Step.SORT, Step.RETURN)
    )  # fmt: skip
    named = written_of(TrainingPair("Add a function `clean(x)`", solution))
    assert named.problem.name == "clean"
    assert read_task("Add a function `clean(x)`") is not None


def test_a_problem_is_on_one_side(tmp_path: Path) -> None:
    """The same problem twice is never trained on and judged by."""
    pairs = [TrainingPair(f"Sort the rows of table {number % 40}.", GOOD["solution"]) for number in range(120)]
    train, held_out = samples_of(pairs)
    texts = [{one.problem.text for one in part.written} for part in (train, held_out)]
    assert not texts[0] & texts[1]
    assert len(train) + len(held_out) == 120
    assert len(held_out) > 6


def test_what_a_server_keeps_can_be_trained_on(tmp_path: Path) -> None:
    """The file that runs write is the file that training reads, and a generator comes of it."""
    kept = Pairs(tmp_path / "pairs.jsonl")
    for number in range(100):
        kept.keep(Pair(f"r{number}", f"Add a function that sorts the rows of table {number}.", GOOD["solution"], 3, 0))
    torch.set_num_threads(1)
    widths = (32, 24, 16)
    how = GeneratorTraining(LoopSettings(epochs=12, rate=1e-2, device="cpu", about=ABOUT), widths, 8)
    into = tmp_path / "generator.safetensors"
    parts = samples_of(read_kept(tmp_path / "pairs.jsonl").pairs)
    export_generator(train_generator(*parts, tmp_path / "run", how), parts[1], into, widths=widths)
    task = read_task("Add a function `sort(rows)` that sorts the rows of table 99.")
    assert task is not None
    assert read_generator(into).answer(task).steps == (Step.SORT, Step.RETURN)


def test_the_network_can_be_trained_by_the_command(tmp_path: Path) -> None:
    """One epoch of the whole of it, on a file: the product reads it as it reads the other kind."""
    lines = [GOOD | {"problem": f"Sort the rows of table {place}."} for place in range(80)]
    data, into = write(tmp_path / "pairs.jsonl", *lines), tmp_path / "into"
    asked = ["train", "--data", str(data), "--into", str(into), "--network", "--epochs", "1", "--device", "cpu"]
    told = CliRunner().invoke(codex, asked, catch_exceptions=False)
    assert "YANTRA_CODEX_FILE=" in told.output
    generator = read_generator(into / "generator.safetensors")
    assert generator.about.kind is Kind.NETWORK
    assert 0 < generator.answer(Problem("sort", (), ANY, "Sort the rows.")).confidence < 1
