"""The pages of the learned score are made of what trainings left: all of it, and nothing that is of other samples."""

import json
from argparse import Namespace
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from benchmarks import learned_numbers
from benchmarks.aims import count_aims
from benchmarks.learned_designs import FULL, TRIALS, UNSEEN
from benchmarks.learned_kept import FIGURES, Answers, Truth, slug, write_arrays
from benchmarks.learned_runs import STEPS, jobs_of
from benchmarks.learned_score import BEGIN, END, read, sections, write_page
from yantra_bot.domain.scores import BugClass
from yantra_bot.errors import UserError
from yantra_bot.training.baselines import make_baselines

COUNT = 240
pytestmark = pytest.mark.usefixtures("few_draws")


@pytest.fixture
def few_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    """An interval of twenty draws is none to publish, and the same to print."""
    monkeypatch.setattr(learned_numbers, "DRAWS", 20)


BUGS = tuple(BugClass)


def leave(work: Path, *, outcomes: int = 0) -> None:
    """Leave what `learned_runs` leaves, made up: a network that tells most faults, and baselines that tell few."""
    chance = np.random.default_rng(0)
    bugs = np.full(COUNT, -1)
    bugs[1::2] = [BUGS.index(UNSEEN[place % 4]) for place in range(COUNT // 2)]
    tried = np.where(np.arange(COUNT) < outcomes, bugs < 0, -1)
    used = (chance.random((COUNT, 50)) < 0.05).astype(np.float32)
    truth = Truth(
        bugs, used, tried, np.arange(COUNT) // 40, np.arange(COUNT) // 10, np.arange(COUNT) // 2, used.mean(axis=0),
        used + 0.1, np.full(COUNT, 0.5), np.array([900, 12]),
    )  # fmt: skip
    write_arrays(work / "truth.npz", asdict(truth))
    for name in make_baselines(0):
        work.joinpath("baselines").mkdir(exist_ok=True)
        np.save(work / "baselines" / f"{slug(name)}-0.npy", chance.random(COUNT))
    folders = {"seeds/0": FULL, "seeds/1": FULL, "without": FULL} | {f"designs/{name}": name for name in TRIALS}
    for folder, name in folders.items():
        leave_training(work / folder, name, bugs, used, chance)


def leave_training(folder: Path, name: str, bugs: np.ndarray, used: np.ndarray, chance: np.random.Generator) -> None:
    faulty = (bugs >= 0) * 1.5 + chance.standard_normal(len(bugs))
    Answers(faulty, -faulty, used, used, np.ones(len(bugs) // 2, bool)).write(folder)
    line = {"scale": 1.0, "shift": -0.7}
    figures = {"design": name, "without": [one.value for one in UNSEEN], "seconds": 60.0, "batches": 9,
               "line": line, "passing": line}  # fmt: skip
    folder.joinpath(FIGURES).write_text(json.dumps(figures))


def test_every_table_is_made_of_what_was_left(tmp_path: Path) -> None:
    leave(tmp_path, outcomes=220)
    text = "\n\n".join(sections(read(tmp_path), tmp_path, (900, 9_000)))
    for one in (*make_baselines(0), *(one.title for one in TRIALS.values()), *(one.value for one in UNSEEN)):
        assert one in text
    assert "whether tests pass, 220 samples" in text
    assert "| 1% |" in text
    assert "9 batches in 1 minutes" in text
    assert "5 functions or 48 syntax nodes a second" in text
    total, missed = count_aims(text)
    assert total == 4
    assert not [one for one in missed if "AUROC" in one]
    assert [one for one in missed if "imports" in one]  # the network says what the counted table says, and no more
    assert tmp_path.joinpath("learned-classes.svg").exists()


def test_of_few_outcomes_nothing_is_said(tmp_path: Path) -> None:
    leave(tmp_path, outcomes=60)
    assert "run on 60 of the test samples; below 200" in "\n".join(sections(read(tmp_path), None, (900, 9_000)))


def test_what_is_missing_or_of_other_samples_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="learned_runs"):
        read(tmp_path)
    leave(tmp_path)
    answers = Answers.read(tmp_path / "seeds" / "1")
    write_arrays(tmp_path / "seeds" / "1" / "told.npz", {name: value[:10] for name, value in asdict(answers).items()})
    with pytest.raises(UserError, match="other test samples"):
        read(tmp_path)


def test_a_page_keeps_what_stands_around_its_figures() -> None:
    page = write_page(f"before\n{BEGIN}\nold\n{END}\nafter", "new")
    assert page == f"before\n{BEGIN}\n\nnew\n\n{END}\nafter"
    with pytest.raises(UserError, match="marks"):
        write_page("no marks", "new")


def test_what_was_done_is_not_done_again(tmp_path: Path) -> None:
    given = Namespace(
        work=tmp_path, corpus=tmp_path, most=10, only=STEPS, seeds=2, baseline_seeds=1, minutes=1.0, short_minutes=0.5,
        epochs=None, designs=[FULL, "cut"],
    )  # fmt: skip
    assert [one.folder.relative_to(tmp_path).as_posix() for one in jobs_of(given)] == [
        "baselines", "seeds/0", "seeds/1", "without", "designs/full", "designs/cut",
    ]  # fmt: skip
    leave(tmp_path)
    assert [one.folder.name for one in jobs_of(given)] == ["baselines"]


def test_no_two_trials_are_the_same() -> None:
    """Each leaves something else out, and at least five beside what ships."""
    kinds = {(one.design, one.weights) for one in TRIALS.values()}
    assert len(kinds) == len(TRIALS) >= 6
