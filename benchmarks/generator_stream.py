"""A stream of tasks: the generator learns from each hundred and answers the next. How much it takes over of a model.

A task is taken over where the generator goes first (its confidence reaches the threshold, its sketch has no hole) and
the sketch passes its examples. The rest is a model's, whose answer, here the real body, becomes a pair to learn from.
"""

import time
from dataclasses import dataclass
from pathlib import Path

import torch

from benchmarks.generator_tasks import Task, solve, step_f1
from yantra_bot.codex.building import build
from yantra_bot.codex.generator import Generator, read_generator
from yantra_bot.codex.rendering import has_holes
from yantra_bot.codex.steps import telling
from yantra_bot.codex.threshold import FIRST, next_threshold
from yantra_bot.domain.graph import Language
from yantra_bot.training.generator_samples import Samples
from yantra_bot.training.generator_training import GeneratorTraining, export_generator, train_generator

ROUND = 100


@dataclass(frozen=True, slots=True)
class Round:
    """What came of a hundred tasks."""

    step_f1: float
    model_share: float
    """Of tasks that a model did: so much of a model's price is paid."""
    tried: int
    passed: int
    threshold: float
    answer_ms: float
    """Of the generator for a task."""
    training_s: float
    """Before the round."""


def stream(
    samples: Samples, tasks: dict[int, Task], held_out: Samples, folder: Path, how: GeneratorTraining, count: int
) -> list[Round]:
    """Return the rounds of the first `count` samples; `tasks` has those with examples by their place."""
    rounds: list[Round] = []
    generator: Generator | None = None
    threshold, outcomes = FIRST, list[bool]()
    seen = Samples()
    for first in range(0, min(count, len(samples)), ROUND):
        began = time.perf_counter()
        if len(seen) >= ROUND:
            torch.manual_seed(how.loop.seed)
            network = train_generator(seen, held_out, folder / f"round-{first}", how)
            export_generator(network, held_out, folder / "stream.safetensors", widths=how.widths)
            generator = read_generator(folder / "stream.safetensors")
        trained = time.perf_counter() - began
        places = range(first, min(first + ROUND, count, len(samples)))
        scores, taken, tried, took = [], 0, 0, 0.0
        for place in places:
            written = samples.written[place]
            if generator is not None:
                began = time.perf_counter()
                answer = generator.answer(written.problem, written.beside)
                took += time.perf_counter() - began
                scores.append(step_f1(telling(answer.steps), telling(written.steps)))
                whole = not has_holes(build(answer.steps, written.problem), Language.PYTHON)
                if place in tasks and whole and answer.confidence >= threshold:
                    passes = solve(tasks[place], answer.steps, Language.PYTHON)[1]
                    outcomes.append(passes)
                    tried, taken = tried + 1, taken + passes
                    threshold = next_threshold(threshold, outcomes)
            seen.add("stream", [written])
        mean = sum(scores) / len(scores) if scores else 0.0
        share = 1 - taken / len(places)
        rounds.append(Round(mean, share, tried, taken, threshold, 1_000 * took / len(places), trained))
    return rounds
