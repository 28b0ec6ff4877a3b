"""Learning in use, in a process of its own: `python -m yantra_bot.training.online BUFFER HELD_OUT VERSIONS`.

One step for each validated success since the last time, a batch of 32 out of the buffer every 50, all at a rate of
1e-4; then the gate. It never runs in control or a worker, and it is bounded in time, memory and priority.
"""

import json
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import Tensor, nn

from yantra_bot.errors import UserError
from yantra_bot.safetensors import Tensors
from yantra_bot.scoring.batch import Floats
from yantra_bot.scoring.calibration import Scores, fit_platt
from yantra_bot.scoring.gate import Verdict, judge
from yantra_bot.scoring.layout import FEATURE_VERSION
from yantra_bot.scoring.network import Network
from yantra_bot.scoring.packing import pack
from yantra_bot.scoring.replay import Experience, ReplayBuffer, join
from yantra_bot.scoring.score_file import About, Line, ScoreFile, write_score_file
from yantra_bot.scoring.versions import Current, VersionEntry, Versions
from yantra_bot.training.networks import ScoringNetwork, load

RATE: Final = 1e-4
BATCH, EVERY = 32, 50
MOST_NEW: Final = 200
"""Experiences that one update learns from; what is left is the next one's."""
HELD_BACK: Final = 5
"""Every fifth experience is never learned from, but judged by."""
LEAST_TO_CALIBRATE: Final = 20
CPU_SECONDS, MEMORY_BYTES = 900, 6 * 1024**3
_CPU: Final = torch.device("cpu")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an update."""

    said: str
    entry: VersionEntry | None = None


def update(buffer: ReplayBuffer, held_out: ReplayBuffer, versions: Versions, *, at: float) -> Outcome:
    """Learn from what is new, and adopt what came of it where the gate lets it through.

    Raises UserError where another update is at work, or the version in use cannot be read.
    """
    with versions.lock():
        now, path = versions.current(), versions.path()
        if path is None:
            return Outcome("There is no version in use to learn on from. Cure: train one, then `yantra codex export`.")
        everything = buffer.read()
        fresh = [one for one in everything if one.number > now.seen][:MOST_NEW]
        learned = [one for one in fresh if one.number % HELD_BACK]
        if not learned:
            return Outcome("Nothing new to learn from.")
        known = [one for one in everything if one.number <= fresh[-1].number and one.number % HELD_BACK]
        tests = [*held_out.read(), *(one for one in everything if one.number % HELD_BACK == 0)]
        old = ScoreFile.read(path, features=FEATURE_VERSION)
        network = read_network(path, old)
        successes = learn(network, learned, known, before=now.successes)
        then = replace(now, seen=fresh[-1].number, successes=successes)
        about = replace(
            old.about, parent=old.version[:12], note="learned in use", passing=_calibrate(network, old, known)
        )
        return _hand_in(versions, old, about, network, tests, then, at=at)


def _calibrate(network: ScoringNetwork, old: ScoreFile, known: Sequence[Experience]) -> Line:
    """Return how the logit of passing becomes a probability now, by what was learned from.

    Steps for successes alone move every answer up; which code is likelier to fail is learned all the same.
    """
    if len(known) < LEAST_TO_CALIBRATE:
        return old.about.passing
    said = _score(Network(_arrays(network), old.about.shape), known)[0]
    curve = fit_platt(1 / (1 + np.exp(-np.clip(said, -30, 30))), np.array([one.is_passing for one in known], bool))
    return Line(curve.slope, curve.offset)


def _arrays(network: ScoringNetwork) -> dict[str, Floats]:
    return {name: np.asarray(value.detach(), np.float32) for name, value in network.state_dict().items()}


def _hand_in(
    versions: Versions,
    old: ScoreFile,
    about: About,
    network: ScoringNetwork,
    tests: Sequence[Experience],
    then: Current,
    *,
    at: float,
) -> Outcome:
    with tempfile.TemporaryDirectory(prefix="yantra-online-") as folder:
        file = Path(folder) / "score.safetensors"
        write_score_file(file, _arrays(network), about)
        verdict = _judge(file, old, tests)
        settle = versions.adopt if verdict.is_adopted else versions.refuse
        entry = settle(file, then, reason=verdict.reason, figures=verdict.figures, at=at)
    return Outcome(f"{'Adopted' if verdict.is_adopted else 'Not adopted'}: {verdict.reason}", entry)


def _judge(file: Path, old: ScoreFile, tests: Sequence[Experience]) -> Verdict:
    """Judge what was written, as the product reads it: by failing tests, and by faults where they are known."""
    try:
        new = ScoreFile.read(file, features=FEATURE_VERSION)
    except UserError as problem:
        return Verdict(False, f"It cannot be read back: {problem}")
    truths = np.array([not one.is_passing for one in tests], bool)
    failing = judge(1 - _passing(new, tests), 1 - _passing(old, tests), truths)
    known = [one for one in tests if one.is_faulty is not None]
    if not failing.is_adopted or not known:
        return failing
    truths = np.array([bool(one.is_faulty) for one in known], bool)
    faults = judge(_faulty(new, known), _faulty(old, known), truths)
    figures = failing.figures | {f"fault_{name}": value for name, value in faults.figures.items()}
    reason = f"Tests: {failing.reason} Faults: {faults.reason}"
    return Verdict(faults.is_adopted, reason, figures)


def _passing(file: ScoreFile, tests: Sequence[Experience]) -> Scores:
    return file.about.passing.probability(_score(file.network, tests)[0].astype(np.float32)).astype(np.float64)


def _faulty(file: ScoreFile, tests: Sequence[Experience]) -> Scores:
    return file.about.faulty.probability(_score(file.network, tests)[1].astype(np.float32)).astype(np.float64)


def _score(network: Network, tests: Sequence[Experience]) -> tuple[Scores, Scores]:
    """Return the logits of passing and of a fault, some at a time: a thousand neighbourhoods are much at once."""
    said = [network.score(join(tests[place : place + BATCH])) for place in range(0, len(tests), BATCH)]
    passing, faulty = ([getattr(one, name) for one in said] or [np.zeros(0)] for name in ("passing", "faulty"))
    return np.concatenate(passing).astype(np.float64), np.concatenate(faulty).astype(np.float64)


def read_network(path: Path, file: ScoreFile) -> ScoringNetwork:
    """Return the torch network of a score file."""
    network = ScoringNetwork(file.about.shape)
    tensors = Tensors(path)
    shapes = file.about.shape.arrays()
    network.load_state_dict({name: torch.tensor(tensors.floats(name, *shape)) for name, shape in shapes.items()})
    return network


def learn(network: ScoringNetwork, fresh: Sequence[Experience], known: Sequence[Experience], *, before: int) -> int:
    """Take the steps; return how many validated successes there are now.

    `known` is what a batch may be drawn from. Failures are learned from in batches alone, as outcomes of tests.
    """
    torch.set_num_threads(1)
    torch.manual_seed(before)
    chance, optimiser = random.Random(before), torch.optim.Adam(network.parameters(), lr=RATE)  # noqa: S311 (a sample)
    successes = before
    for one in fresh:
        if not one.is_sound:
            continue
        successes += 1
        _step(network, optimiser, [one])
        if successes % EVERY == 0:
            _step(network, optimiser, chance.sample(list(known), min(BATCH, len(known))))
    return successes


def _step(network: ScoringNetwork, optimiser: torch.optim.Optimizer, experiences: Sequence[Experience]) -> None:
    network.train()
    said = network(load(pack(join(experiences)), _CPU))
    passing = torch.tensor([float(one.is_passing) for one in experiences])
    loss: Tensor = nn.functional.binary_cross_entropy_with_logits(said.passing, passing)
    labelled = [place for place, one in enumerate(experiences) if one.is_sound or one.is_faulty]
    if labelled:
        faulty = torch.tensor([float(bool(experiences[place].is_faulty)) for place in labelled])
        loss = loss + 0.5 * nn.functional.binary_cross_entropy_with_logits(said.faulty[labelled], faulty)
    if not torch.isfinite(loss):
        return
    optimiser.zero_grad(set_to_none=True)
    torch.autograd.backward(loss)
    nn.utils.clip_grad_norm_(network.parameters(), 1.0)
    optimiser.step()


def main() -> int:
    """Update once, within bounds; say what came of it as JSON."""
    os.nice(19)
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    buffer, held_out, versions = (Path(one) for one in sys.argv[1:4])
    try:
        came = update(ReplayBuffer(buffer), ReplayBuffer(held_out), Versions(versions), at=time.time())
    except UserError as problem:
        sys.stdout.write(json.dumps({"problem": str(problem)}) + "\n")
        return 1
    sys.stdout.write(json.dumps({"said": came.said, "version": came.entry.version if came.entry else ""}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
