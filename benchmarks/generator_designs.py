"""Designs of the generator beside each other, on projects for validation: how well their steps agree with real bodies.

    python -m benchmarks.generator_designs [--tiny]

Needs the extra `learned`. Projects for test are never read: what is chosen by this table is measured elsewhere
(`benchmarks.generator`). All see the same 978 numbers of a problem. `--tiny` is a trial and no measurement.
"""

import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import nn
from torch.nn import functional

from yantra_bot.codex.generator import read_generator
from yantra_bot.codex.recall import MOST_BODIES, NEAR, agreement, tallies
from yantra_bot.codex.steps import OPENERS, STEPS, Step, telling
from yantra_bot.training.corpora import Part, corpus_store, read_projects
from yantra_bot.training.generator_samples import Samples, read_corpus
from yantra_bot.training.generator_training import ABOUT, GeneratorTraining, export_generator, train_generator
from yantra_bot.training.loop import LoopSettings
from yantra_bot.training.recall import choose_bodies, fit_linear, rows_of

Floats = npt.NDArray[np.float32]
Body = tuple[Step, ...]
BODIES = MOST_BODIES
MOST = 600
"""Functions of a project."""
RIDGES = (10.0, 30.0, 100.0, 300.0)
WIDTHS = (512, 384, 256)


def consensus(train: Samples, asked: Samples, worth: Floats) -> Floats:
    """Return [n, bodies], how well each body agrees with those of the nearest training problems."""
    known, new = (
        part / np.maximum(np.linalg.norm(part, axis=1, keepdims=True), 1e-9) for part in map(rows_of, (train, asked))
    )
    near = np.argsort(-(new @ known.T), axis=1, kind="stable")[:, :NEAR]
    return np.stack([worth[places].mean(0) for places in near])


def ridge(train: Samples, asked: Samples, worth: Floats, weight: float) -> Floats:
    """Return [n, bodies], how well each body will agree, by a linear map that is held small by `weight`."""
    linear = fit_linear(rows_of(train), worth, weight)
    return np.asarray(rows_of(asked) @ linear[:-1] + linear[-1], dtype=np.float32)


def by_chain(train: Samples, held_out: Samples, epochs: int) -> list[Body]:
    """Return what the network's design says, with smaller rounds; it is stopped by the problems it is judged by."""
    how = GeneratorTraining(LoopSettings(epochs=epochs, patience=3, device="cpu", about=ABOUT), WIDTHS)
    with tempfile.TemporaryDirectory() as name:
        network = train_generator(train, held_out, Path(name), how)
        export_generator(network, held_out, Path(name) / "g.safetensors", widths=WIDTHS)
        generator = read_generator(Path(name) / "g.safetensors")
    return [generator.answer(one.problem, one.beside).steps for one in held_out.written]


def fit(train: Samples, loss: Callable[[torch.Tensor, npt.NDArray[np.int64]], torch.Tensor], epochs: int) -> nn.Module:
    """Return a plain network of 1 024 outputs, trained on problems without their neighbours."""
    torch.manual_seed(0)
    network = nn.Sequential(
        nn.Linear(978, WIDTHS[0]), nn.ReLU(), nn.Dropout(0.2),
        nn.Linear(WIDTHS[0], WIDTHS[1]), nn.ReLU(), nn.Dropout(0.2), nn.Linear(WIDTHS[1], BODIES),
    )  # fmt: skip
    optimiser, known = torch.optim.AdamW(network.parameters(), lr=1e-3, weight_decay=0.01), torch.tensor(rows_of(train))
    for epoch in range(epochs):
        order = np.random.default_rng(epoch).permutation(len(known))
        for first in range(0, len(order), 64):
            which = order[first : first + 64]
            optimiser.zero_grad()
            loss(network(known[torch.tensor(which)]), which).backward()
            optimiser.step()
    return network.eval()


def by_places(train: Samples, asked: Samples, epochs: int) -> list[Body]:
    """Return the likeliest step of each of 32 places, up to an end outside of every block."""
    steps = np.zeros((len(train), 32), dtype=np.int64)
    counts = np.zeros((len(train), 32), dtype=np.float32)
    for row, body in enumerate(train.answers):
        steps[row, : len(body)] = [step.number for step in body[:32]]
        counts[row, : len(body) + 1] = 1

    def loss(said: torch.Tensor, which: npt.NDArray[np.int64]) -> torch.Tensor:
        each = functional.cross_entropy(
            said.reshape(-1, 32, 32).transpose(1, 2), torch.tensor(steps[which]), reduction="none"
        )
        weights = torch.tensor(counts[which])
        return ((each * weights).sum(1) / weights.sum(1)).mean()

    network = fit(train, loss, epochs)
    with torch.no_grad():
        best = network(torch.tensor(rows_of(asked))).reshape(-1, 32, 32).argmax(2).numpy()
    return [_until_end(line) for line in best]


def _until_end(numbers: npt.NDArray[np.int64]) -> Body:
    found: list[Step] = []
    depth = 0
    for number in numbers:
        step = STEPS[int(number)]
        if step is Step.CLOSE and depth == 0:
            break
        depth += (step in OPENERS) - (step is Step.CLOSE)
        found.append(step)
    return tuple(found)


def by_network(train: Samples, asked: Samples, worth: Floats, epochs: int) -> Floats:
    """Return [n, bodies], how well each body will agree, by a network."""
    goal = torch.tensor(worth)
    mean = goal.mean(0)
    network = fit(train, lambda said, which: 10 * functional.mse_loss(said + mean, goal[torch.tensor(which)]), epochs)
    with torch.no_grad():
        found: Floats = (network(torch.tensor(rows_of(asked))) + mean).numpy()
    return found


def main() -> None:
    tiny = "--tiny" in sys.argv
    torch.set_num_threads(1)
    projects = [one for one in read_projects(small=tiny) if one.part is not Part.TEST]
    parts = read_corpus(projects, corpus_store(projects), 60 if tiny else MOST)
    train, asked = parts[Part.TRAIN], parts[Part.VALIDATION]
    bodies = choose_bodies(train)
    worth = agreement(tallies(train.answers), tallies(bodies))
    worth = np.pad(worth, ((0, 0), (0, BODIES - len(bodies))))
    real, near = tallies(asked.answers), consensus(train, asked, worth)
    epochs = 1 if tiny else 6
    projects_of = np.array(asked.projects)

    def show(who: str, said: Sequence[Body]) -> None:
        told = tallies(said)
        each = 2 * np.minimum(told, real).sum(1) / np.maximum(told.sum(1) + real.sum(1), 1)
        means = [each[projects_of == one].mean() for one in sorted(set(asked.projects))]
        exact = np.mean([telling(a) == telling(b) for a, b in zip(said, asked.answers, strict=True)])
        error = float(np.std(means)) / len(means) ** 0.5
        print(f"| {who} | {each.mean():.3f} | {error:.3f} | {exact:.3f} | {told.sum(1).mean():.1f} |", flush=True)

    def show_best(who: str, values: Floats) -> None:
        show(who, [bodies[place] for place in values[:, : len(bodies)].argmax(1)])

    print(
        f"Trained on {len(train)} functions, judged by {len(asked)}; a real body has {real.sum(1).mean():.1f} steps.\n"
    )
    print("| design | step F1 | standard error over projects | exactly right | steps |\n|---|---|---|---|---|")
    show("the most frequent body", [Counter(train.answers).most_common(1)[0][0]] * len(asked))
    show(f"chain of steps, {epochs} epochs (the network)", by_chain(train, asked, epochs))
    show(f"32 places, 32 steps each, {epochs} epochs", by_places(train, asked, epochs))
    show_best(f"best of {NEAR} nearest problems' bodies", near)
    for count in (2, epochs):
        show_best(
            f"network: F1 with each of {len(bodies)} bodies, {count} epochs", by_network(train, asked, worth, count)
        )
    for weight in RIDGES:
        linear = ridge(train, asked, worth, weight)
        show_best(f"linear: F1 with each body, ridge {weight:.0f}", linear)
        show_best(f"linear, ridge {weight:.0f}, and the nearest (the product at 30)", linear + near)


if __name__ == "__main__":
    main()
