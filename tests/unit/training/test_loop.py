"""The training loop on a network of two weights: it learns, ends, goes on from where it was ended, trusts no file."""

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="the extra `learned` is not installed")

import torch
from torch import Tensor, nn

from yantra_bot.errors import UserError
from yantra_bot.training.checkpoints import load_checkpoint
from yantra_bot.training.loop import LoopSettings, Trainer, cycle

ABOUT = {"features": "1"}


def batches(_epoch: int) -> list[tuple[Tensor, Tensor]]:
    x = torch.randn(64, 1)
    return [(x, 3 * x + 1)] * 4


def loss_of(model: nn.Module, batch: tuple[Tensor, Tensor]) -> dict[str, Tensor]:
    return {"square": ((model(batch[0]) - batch[1]) ** 2).mean()}


def judge(model: nn.Module) -> float:
    x = torch.linspace(-1, 1, 32).reshape(-1, 1)
    return float(((model(x) - 3 * x - 1) ** 2).mean().detach())


def trainer(folder: Path, *, epochs: int = 12, steps: int = 4, **more: Any) -> Trainer[tuple[Tensor, Tensor]]:
    torch.manual_seed(7)
    settings = LoopSettings(epochs=epochs, rate=0.05, device="cpu", about=ABOUT, **more)
    return Trainer(nn.Linear(1, 1), batches, loss_of, judge, settings, folder, steps=steps)


def test_it_learns_and_keeps_what_it_says_it_keeps(tmp_path: Path) -> None:
    training = trainer(tmp_path)
    progress = training.run()
    assert progress.best < 0.1 * progress.history[0]["held out"]
    assert {one.name for one in tmp_path.glob("*.pt")} == {"best.pt", "last.pt", "epoch-5.pt", "epoch-10.pt"}
    assert any((tmp_path / "log").iterdir())
    assert judge(training.model) == pytest.approx(progress.best)


def test_a_training_that_was_ended_comes_to_the_same_weights(tmp_path: Path) -> None:
    whole = trainer(tmp_path / "whole")
    whole.run()
    trainer(tmp_path / "parts", epochs=5).run()
    rest = trainer(tmp_path / "parts")
    assert rest.resume()
    rest.run()
    assert [one["held out"] for one in rest.progress.history] == [one["held out"] for one in whole.progress.history]


def test_it_ends_when_nothing_gets_better(tmp_path: Path) -> None:
    training = trainer(tmp_path, epochs=100, patience=3, halve_after=1)
    training._judge = lambda _: 1.0
    assert training.run().epoch == 4
    assert training.progress.history[-1]["rate"] < 0.05


def test_a_rate_that_follows_the_training_rises_and_falls_to_nothing(tmp_path: Path) -> None:
    training = trainer(tmp_path, epochs=8, cycle=True)
    rates = [one["rate"] for one in training.run().history]
    assert max(rates) > 0.04
    assert rates[-1] < 0.1 * max(rates)
    assert rates.index(max(rates)) < 3
    assert cycle(0.0) < 0.1
    assert cycle(1.0) == pytest.approx(0.01)


def test_a_training_in_parts_comes_to_the_same_weights_where_the_rate_follows_the_epochs(tmp_path: Path) -> None:
    whole = trainer(tmp_path / "whole", cycle=True)
    whole.run()
    part = trainer(tmp_path / "parts", cycle=True)
    for _ in range(5):
        part._epoch()
    rest = trainer(tmp_path / "parts", cycle=True)
    assert rest.resume()
    assert rest.run().history[-1]["held out"] == whole.progress.history[-1]["held out"]


def test_time_ends_it_within_an_epoch_and_what_was_gone_on_from_counts(tmp_path: Path) -> None:
    training = trainer(tmp_path, epochs=10_000, patience=10_000, seconds=0.3, cycle=True)
    progress = training.run()
    assert progress.epoch < 10_000
    assert progress.seconds >= 0.3
    again = trainer(tmp_path, epochs=10_000, patience=10_000, seconds=0.3, cycle=True)
    again.resume()
    assert again.run().epoch == progress.epoch


def test_batches_without_a_number_are_counted_and_too_many_are_an_error(tmp_path: Path) -> None:
    training = trainer(tmp_path, epochs=2)
    training._batches = lambda _: [(torch.full((4, 1), torch.nan), torch.zeros(4, 1)), *batches(0)]
    with pytest.raises(UserError, match=r"2 of 10 batches.*Cure"):
        training.run()
    assert training.progress.history[-1]["skipped"] == 2
    assert bool(torch.isfinite(training.model.weight).all())  # type: ignore[arg-type]  # a layer's weight is a tensor


@pytest.mark.parametrize("harm", ["cut", "changed", "other features", "no hash"])
def test_a_checkpoint_that_is_not_what_was_written_is_refused(tmp_path: Path, harm: str) -> None:
    trainer(tmp_path, epochs=1).run()
    path = tmp_path / "last.pt"
    data = path.read_bytes()
    about = ABOUT
    match harm:
        case "cut":
            path.write_bytes(data[: len(data) // 2])
        case "changed":
            path.write_bytes(data[:-20] + bytes(20))
        case "no hash":
            path.write_bytes(data[32:])
        case _:
            about = {"features": "2"}
    with pytest.raises(UserError, match="Cure"):
        load_checkpoint(path, about)
