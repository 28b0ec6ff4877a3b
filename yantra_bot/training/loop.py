"""The loop that trains a network: SPEC 10's numbers, checkpoints to go on from, an end where nothing gets better.

Each epoch begins with a seed of its own, so that a training that was ended and resumed comes to the same weights as one
that ran through.
"""

import math
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

import torch
from torch import Tensor, nn

from yantra_bot.errors import UserError
from yantra_bot.training.checkpoints import Progress, load_checkpoint, save_checkpoint
from yantra_bot.training.devices import choose_device, mixed_precision, seed_everything

WARM: Final = 0.08
"""Share of a cycle in which the rate rises."""
MOST_SKIPPED: Final = 0.01
"""Of the batches: beyond it something is wrong with more than a batch."""
B = TypeVar("B")
"""A batch, of whatever kind the network takes."""
Losses = Mapping[str, Tensor]
"""Named terms, each a scalar that is weighted already; their sum is what is minimised."""


@dataclass(frozen=True, slots=True)
class LoopSettings:
    """How is trained. The defaults are SPEC 10's."""

    epochs: int = 100
    rate: float = 1e-3
    patience: int = 10
    """Epochs without a better held-out value before the end."""
    halve_after: int = 5
    """Epochs without one before the rate is halved."""
    keep_every: int = 5
    """Epochs between checkpoints that are kept beside `best` and `last`."""
    clip: float = 1.0
    """Of the gradient's norm."""
    seed: int = 0
    device: str = "auto"
    seconds: float = math.inf
    """After so long the epoch that runs is the last, and ends."""
    cycle: bool = False
    """Whether the rate rises to `rate` and falls to nothing over the whole training, instead of being halved: by the
    clock where `seconds` bounds it, else by epochs."""
    about: Mapping[str, str] = field(default_factory=dict)
    """What a checkpoint has to be for, so that it may be gone on from."""


Watch = Callable[[int, dict[str, float]], None]
"""Told after each epoch: its number from 1 and its figures."""


class Trainer(Generic[B]):
    """Trains one network.

    `batches(epoch)` gives the batches of an epoch, `loss_of(model, batch)` their losses, `judge(model)` the held-out
    value, lower is better. `steps` is how many batches an epoch has, as far as that is known. `folder` receives
    `best.pt`, `last.pt`, `epoch-N.pt` and the log.
    """

    def __init__(
        self,
        model: nn.Module,
        batches: Callable[[int], Iterable[B]],
        loss_of: Callable[[nn.Module, B], Losses],
        judge: Callable[[nn.Module], float],
        settings: LoopSettings,
        folder: Path,
        watch: Watch = lambda *_: None,
        *,
        steps: int = 0,
    ) -> None:
        self.device = choose_device(settings.device)
        self.model = model.to(self.device)
        self._batches, self._loss_of, self._judge = batches, loss_of, judge
        self._settings, self._folder, self._watch = settings, folder, watch
        self._optimiser = torch.optim.Adam(self.model.parameters(), lr=settings.rate, fused=True)
        self._schedule = torch.optim.lr_scheduler.ReduceLROnPlateau(
            self._optimiser, factor=0.5, patience=settings.halve_after - 1
        )
        self._steps = steps
        self.progress = Progress()

    def resume(self) -> bool:
        """Go on from the last checkpoint; False where there is none. Raises UserError where it cannot be used."""
        path = self._folder / "last.pt"
        if not path.exists():
            return False
        state, self.progress = load_checkpoint(path, self._settings.about)
        self.model.load_state_dict(state["model"])
        self._optimiser.load_state_dict(state["optimiser"])
        self._schedule.load_state_dict(state["schedule"])
        return True

    def run(self) -> Progress:
        """Train until the epochs, the time or the patience are used up; the model has the best weights then.

        The time of what is gone on from counts. Raises UserError where too many batches had a loss that is no number.
        """
        log = _open_log(self._folder / "log")
        while self._goes_on():
            figures = self._epoch()
            for name, value in figures.items():
                log.add_scalar(name, value, self.progress.epoch)
            self._watch(self.progress.epoch, figures)
        log.close()
        best = self._folder / "best.pt"
        if best.exists():
            self.model.load_state_dict(load_checkpoint(best, self._settings.about)[0]["model"])
        self.model.eval()
        _refuse_broken(self.progress)
        return self.progress

    def _goes_on(self) -> bool:
        wanted, done = self._settings, self.progress
        return done.epoch < wanted.epochs and done.flat < wanted.patience and done.seconds < wanted.seconds

    def _epoch(self) -> dict[str, float]:
        began = time.monotonic()
        seed_everything(self._settings.seed * 100_003 + self.progress.epoch)
        figures = self._pass(began)
        self.model.eval()
        with torch.no_grad():
            value = self._judge(self.model)
        if not self._settings.cycle:
            self._schedule.step(value)
        figures |= {"held out": value, "rate": self._optimiser.param_groups[0]["lr"]}
        figures["seconds"] = time.monotonic() - began
        self.progress.seconds += figures["seconds"]
        self._keep(value, figures)
        return figures

    def _pass(self, began: float) -> dict[str, float]:
        self.model.train()
        sums: defaultdict[str, float] = defaultdict(float)
        count = 0
        for place, batch in enumerate(self._batches(self.progress.epoch)):
            seconds = self.progress.seconds + time.monotonic() - began
            if seconds >= self._settings.seconds:
                break
            self._set_rate(seconds, place)
            losses = self._step(batch)
            self.progress.batches += 1
            if losses is None:
                self.progress.skipped += 1
                continue
            count += 1
            for name, loss in losses.items():
                sums[f"loss/{name}"] += float(loss.detach())
        means = {name: value / max(count, 1) for name, value in sums.items()}
        return means | {"batches": float(count), "skipped": float(self.progress.skipped)}

    def _step(self, batch: B) -> Losses | None:
        """Learn from one batch; None, and nothing learned, where its loss is no number: that must not end hours."""
        self._optimiser.zero_grad(set_to_none=True)
        with mixed_precision(self.device):
            losses = self._loss_of(self.model, batch)
            total = torch.stack([value.float() for value in losses.values()]).sum()
        if not torch.isfinite(total):
            return None
        total.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), self._settings.clip)
        self._optimiser.step()
        return losses

    def _set_rate(self, seconds: float, place: int) -> None:
        wanted = self._settings
        if not wanted.cycle:
            return
        is_timed = math.isfinite(wanted.seconds)
        done = self.progress.epoch + min(1.0, place / max(self._steps, 1))
        share = seconds / wanted.seconds if is_timed else done / wanted.epochs
        for group in self._optimiser.param_groups:
            group["lr"] = wanted.rate * cycle(share)

    def _keep(self, value: float, figures: dict[str, float]) -> None:
        done = self.progress
        done.epoch += 1
        done.history.append(figures)
        is_best = value < done.best
        if is_best:
            done.best, done.best_epoch, done.flat = value, done.epoch, 0
        else:
            done.flat += 1
        names = ["last"] + ["best"] * is_best + [f"epoch-{done.epoch}"] * (done.epoch % self._settings.keep_every == 0)
        state = {
            "model": self.model.state_dict(),
            "optimiser": self._optimiser.state_dict(),
            "schedule": self._schedule.state_dict(),
        }
        for name in names:
            save_checkpoint(self._folder / f"{name}.pt", state, done, self._settings.about)


def cycle(share: float) -> float:
    """Return which part of the rate is learned at when a share of the training is done.

    Up in a straight line, then down by half a cosine (one cycle, Smith 2018).
    """
    if share < WARM:
        return 0.05 + 0.95 * share / WARM
    return 0.01 + 0.99 * (1 + math.cos(math.pi * min(1.0, (share - WARM) / (1 - WARM)))) / 2


def _refuse_broken(progress: Progress) -> None:
    if progress.skipped > MOST_SKIPPED * progress.batches:
        raise UserError(
            f"{progress.skipped} of {progress.batches} batches had a loss that is no number. "
            "Cure: train with a lower rate; where that does not help, build the data set anew."
        )


def _open_log(folder: Path) -> Any:
    """Return a writer of a log that TensorBoard reads."""
    from tensorboardX import SummaryWriter

    return SummaryWriter(str(folder))
