"""The training loop on a network of two weights: it learns, ends, goes on from where it was ended, trusts no file."""

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="the extra `learned` is not installed")

import torch
from torch import Tensor, nn

from yantra_bot.errors import UserError
from yantra_bot.training.checkpoints import load_checkpoint
from yantra_bot.training.loop import LoopSettings, Trainer

ABOUT = {"features": "1"}


def batches(_epoch: int) -> list[tuple[Tensor, Tensor]]:
    x = torch.randn(64, 1)
    return [(x, 3 * x + 1)] * 4


def loss_of(model: nn.Module, batch: tuple[Tensor, Tensor]) -> dict[str, Tensor]:
    return {"square": ((model(batch[0]) - batch[1]) ** 2).mean()}


def judge(model: nn.Module) -> float:
    x = torch.linspace(-1, 1, 32).reshape(-1, 1)
    return float(((model(x) - 3 * x - 1) ** 2).mean().detach())


def trainer(folder: Path, *, epochs: int = 12, **more: Any) -> Trainer[tuple[Tensor, Tensor]]:
    torch.manual_seed(7)
    settings = LoopSettings(epochs=epochs, rate=0.05, device="cpu", about=ABOUT, **more)
    return Trainer(nn.Linear(1, 1), batches, loss_of, judge, settings, folder)


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
