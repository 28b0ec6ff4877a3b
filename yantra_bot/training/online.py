"""Learning in use, in a process of its own: `python -m yantra_bot.training.online BUFFER HELD_OUT FAULTS VERSIONS`.

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
from yantra_bot.scoring.batch import Floats
from yantra_bot.scoring.calibration import fit_platt
from yantra_bot.scoring.gate import Verdict
from yantra_bot.scoring.layout import FEATURE_VERSION
from yantra_bot.scoring.network import Network
from yantra_bot.scoring.packing import pack
from yantra_bot.scoring.replay import Entry, Experience, Kind, ReplayBuffer, join
from yantra_bot.scoring.score_file import About, Line, ScoreFile, write_score_file
from yantra_bot.scoring.versions import Current, VersionEntry, Versions
from yantra_bot.training.injected import keep_faults
from yantra_bot.training.judging import Judged, ask, cannot_judge, count_outcomes, judge_version
from yantra_bot.training.loading import load
from yantra_bot.training.networks import ScoringNetwork

RATE: Final = 1e-4
BATCH, EVERY = 32, 50
MOST_NEW: Final = 200
"""Experiences that one update learns from; what is left is the next one's."""
LEAST_TO_CALIBRATE: Final = 20
MOST_TO_CALIBRATE: Final = 400
"""The newest."""
TO_TEACH, TO_TEACH_EACH = 100, 20
"""Outcomes, and of either kind, from which a head learns what tests say where it was never taught it before."""
NICENESS = 10
"""Below what somebody waits for; at the very lowest it would hardly get on where the cores are always busy."""
CPU_SECONDS, MEMORY_BYTES = 900, 6 * 1024**3
_CPU: Final = torch.device("cpu")


@dataclass(frozen=True, slots=True)
class Material:
    """What is learned from, and what is judged by; the last two are never learned from."""

    buffer: ReplayBuffer
    held_out: ReplayBuffer
    faults: ReplayBuffer


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an update."""

    said: str
    entry: VersionEntry | None = None


def update(material: Material, versions: Versions, *, at: float) -> Outcome:
    """Learn from what is new, and adopt what came of it where the gate lets it through.

    Where there is too little to judge by, nothing is learned and nothing counts as seen: it is kept for the day that
    there is enough. Raises UserError where another update is at work, or the version in use cannot be read.
    """
    with versions.lock():
        now, path = versions.current(), versions.path()
        if path is None:
            return Outcome("There is no version in use to learn on from. Cure: train one, then `yantra codex export`.")
        fresh = material.buffer.entries(after=now.seen)[:MOST_NEW]
        if not fresh:
            return Outcome("Nothing new to learn from.")
        known = [one for one in material.buffer.entries() if one.number <= fresh[-1].number]
        old = ScoreFile.read(path, features=FEATURE_VERSION)
        problem = cannot_judge(material.held_out, material.faults) or _cannot_teach(old, known)
        if problem:
            return Outcome(f"Not adopted: {problem}")
        network = to_torch(old)
        successes = learn(network, material.buffer, fresh, known, before=now.successes)
        line = _calibrate(network, old, material.buffer, known)
        about = replace(old.about, parent=old.version[:12], note="learned in use", passing=line, has_passing=False)
        return _hand_in(
            versions, material, network, about, replace(now, seen=fresh[-1].number, successes=successes), at=at
        )


def _cannot_teach(old: ScoreFile, known: Sequence[Entry]) -> str:
    """Return why a head that was never taught what tests say cannot be taught it now; empty where it can."""
    count, bad = count_outcomes(known)
    if old.about.has_passing or (count >= TO_TEACH and min(bad, count - bad) >= TO_TEACH_EACH):
        return ""
    return (
        f"The version in use was never taught what tests say, and {count} outcomes, {bad} of them bad, are too few to "
        f"teach it: {TO_TEACH} are needed, {TO_TEACH_EACH} of either kind."
    )


def _calibrate(network: ScoringNetwork, old: ScoreFile, buffer: ReplayBuffer, known: Sequence[Entry]) -> Line:
    """Return how the logit of passing becomes a probability now, by what was learned from.

    Steps for successes alone move every answer up; which code is likelier to fail is learned all the same.
    """
    if len(known) < LEAST_TO_CALIBRATE:
        return old.about.passing
    asked = Network(_arrays(network), old.about.shape)
    (told,) = ask([asked], buffer.read(known[-MOST_TO_CALIBRATE:]))
    curve = fit_platt(1 / (1 + np.exp(-np.clip(told.passing, -30, 30))), ~told.bad())
    return Line(curve.slope, curve.offset)


def _arrays(network: ScoringNetwork) -> dict[str, Floats]:
    return {name: np.asarray(value.detach(), np.float32) for name, value in network.state_dict().items()}


def _hand_in(
    versions: Versions, material: Material, network: ScoringNetwork, about: About, then: Current, *, at: float
) -> Outcome:
    arrays = _arrays(network)
    with tempfile.TemporaryDirectory(prefix="yantra-online-") as folder:
        file = Path(folder) / "score.safetensors"
        write_score_file(file, arrays, about)
        judged = _judge(file, versions, material)
        # What it says of tests is shown only where that is better than chance, which had to be seen first.
        write_score_file(file, arrays, replace(about, has_passing=judged.tells_passing))
        verdict = judged.verdict
        settle = versions.adopt if verdict.is_adopted else versions.refuse
        entry = settle(file, then, reason=verdict.reason, figures=verdict.figures, at=at)
    return Outcome(f"{'Adopted' if verdict.is_adopted else 'Not adopted'}: {verdict.reason}", entry)


def _judge(file: Path, versions: Versions, material: Material) -> Judged:
    """Judge what was written, as the product reads it, against all before it whose weights are kept."""
    try:
        new = ScoreFile.read(file, features=FEATURE_VERSION)
    except UserError as problem:
        return Judged(Verdict(False, f"It cannot be read back: {problem}"), tells_passing=False)
    paths = [path for one in versions.lineage() if (path := versions.path(one.version)) is not None]
    others = [ScoreFile.read(path, features=FEATURE_VERSION) for path in paths]
    return judge_version(new, others, material.held_out, material.faults)


def to_torch(file: ScoreFile) -> ScoringNetwork:
    """Return the torch network of a score file."""
    network = ScoringNetwork(file.about.shape)
    network.load_state_dict({name: torch.tensor(values) for name, values in file.network.arrays.items()})
    return network


def learn(
    network: ScoringNetwork, buffer: ReplayBuffer, fresh: Sequence[Entry], known: Sequence[Entry], *, before: int
) -> int:
    """Take the steps; return how many validated successes there are now.

    `known` is what a batch may be drawn from. Failures are learned from in batches alone, as outcomes of tests.
    """
    torch.set_num_threads(1)
    torch.manual_seed(before)
    chance, optimiser = random.Random(before), torch.optim.Adam(network.parameters(), lr=RATE)  # noqa: S311 (a sample)
    successes = before
    for one in buffer.read(one for one in fresh if one.is_success):
        successes += 1
        _step(network, optimiser, [one])
        if successes % EVERY == 0:
            _step(network, optimiser, list(buffer.read(_draw(known, chance))))
    return successes


def _draw(known: Sequence[Entry], chance: random.Random) -> list[Entry]:
    """Return a batch: half of it failures, or as many as there are."""
    failures = [one for one in known if one.kind is Kind.FAILED]
    drawn = chance.sample(failures, min(BATCH // 2, len(failures)))
    successes = [one for one in known if one.is_success]
    return drawn + chance.sample(successes, min(BATCH - len(drawn), len(successes)))


def _step(network: ScoringNetwork, optimiser: torch.optim.Optimizer, experiences: Sequence[Experience]) -> None:
    if not experiences:
        return
    network.train()
    said = network(load(pack(join(experiences)), _CPU))
    kinds = [one.kind for one in experiences]
    passing = torch.tensor([float(one is Kind.PASSED) for one in kinds])
    loss: Tensor = nn.functional.binary_cross_entropy_with_logits(said.passing, passing)
    faulty = torch.tensor([float(one in (Kind.FAILED, Kind.FAULTY)) for one in kinds])
    has_both = 0 < float(faulty.sum()) < len(kinds)
    if has_both:
        loss = loss + 0.5 * nn.functional.binary_cross_entropy_with_logits(said.faulty, faulty)
    if not torch.isfinite(loss):
        return
    optimiser.zero_grad(set_to_none=True)
    torch.autograd.backward(loss)
    if not has_both:
        # Sound code alone says nothing of what sets it apart: what the heads share is left as it is.
        for name, parameter in network.named_parameters():
            parameter.grad = parameter.grad if name.startswith("heads.passing.") else None
    nn.utils.clip_grad_norm_(network.parameters(), 1.0)
    optimiser.step()


def main() -> int:
    """Update once, within bounds; say what came of it as JSON."""
    os.nice(NICENESS)
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    buffer, held_out, faults, versions = (Path(one) for one in sys.argv[1:5])
    try:
        kept = Versions(versions)
        with kept.lock():
            material = Material(ReplayBuffer(buffer), ReplayBuffer(held_out), keep_faults(faults))
        came = update(material, kept, at=time.time())
    except UserError as problem:
        sys.stdout.write(json.dumps({"problem": str(problem)}) + "\n")
        return 1
    except OSError as problem:
        told = f"The update could not read or write: {problem}. The version in use stays. Cure: make room there."
        sys.stdout.write(json.dumps({"problem": told}) + "\n")
        return 1
    sys.stdout.write(json.dumps({"said": came.said, "version": came.entry.version if came.entry else ""}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
