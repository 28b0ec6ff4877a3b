"""Judges what was learned in use, as the product would read it: each head, by what no version has learned from."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

import numpy as np

from yantra_bot.scoring.calibration import Scores, Truths, auroc
from yantra_bot.scoring.gate import Verdict, better_than_chance, judge, too_few
from yantra_bot.scoring.network import Network
from yantra_bot.scoring.replay import Entry, Experience, Kind, ReplayBuffer, join
from yantra_bot.scoring.score_file import ScoreFile

TOGETHER: Final = 32
"""Experiences that are in memory at once: a thousand neighbourhoods are a gigabyte."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a network says of some experiences, beside what came of them; all [n]."""

    passing: Scores
    """Logits."""
    faulty: Scores
    """Logits."""
    kinds: tuple[Kind, ...]

    def bad(self) -> Truths:
        """Return which of them failed their tests, or hold a fault."""
        return np.array([one in (Kind.FAILED, Kind.NEARLY, Kind.FAULTY) for one in self.kinds], np.bool_)


def ask(networks: Sequence[Network], experiences: Iterator[Experience]) -> list[Told]:
    """Return what each network says of the same experiences, which are read some at a time."""
    passing: list[list[Scores]] = [[np.zeros(0)] for _ in networks]
    faulty: list[list[Scores]] = [[np.zeros(0)] for _ in networks]
    kinds: list[Kind] = []
    while several := list(islice(experiences, TOGETHER)):
        batch = join(several)
        kinds += [one.kind for one in several]
        for place, network in enumerate(networks):
            said = network.score(batch)
            passing[place].append(said.passing.astype(np.float64))
            faulty[place].append(said.faulty.astype(np.float64))
    joined = zip(passing, faulty, strict=True)
    return [Told(np.concatenate(one), np.concatenate(two), tuple(kinds)) for one, two in joined]


def count_outcomes(entries: Sequence[Entry]) -> tuple[int, int]:
    """Return of how many it is known what came of their tests, and how many of these did not all pass."""
    tested = [one.kind for one in entries if one.kind in (Kind.PASSED, Kind.NEARLY, Kind.FAILED)]
    return len(tested), sum(one is not Kind.PASSED for one in tested)


def cannot_judge(held_out: ReplayBuffer, faults: ReplayBuffer) -> str:
    """Return why no version can be judged by what is held out, as a sentence; empty where it can."""
    kinds = [one.kind for one in faults.entries()]
    if too_few(len(kinds), kinds.count(Kind.FAULTY)):
        return "There are too few injected faults to judge by."
    return too_few(*count_outcomes(held_out.entries()))


@dataclass(frozen=True, slots=True)
class Judged:
    """The verdict on a version, and whether its word on tests is worth to be shown."""

    verdict: Verdict
    tells_passing: bool


def judge_version(new: ScoreFile, others: Sequence[ScoreFile], held_out: ReplayBuffer, faults: ReplayBuffer) -> Judged:
    """Judge P(pass) and P(fault) by held-out outcomes of tests, and P(fault) by injected faults.

    `others` are the version that it was learned on from, then those before it back to the one that was set up. It may
    be worse than none of three: the first, the last, and the best of them on what is judged by.
    """
    files = [new, *others]
    networks = [one.network for one in files]
    outcomes, injected = ask(networks, held_out.read()), ask(networks, faults.read())
    failed, faulty = outcomes[0].bad(), injected[0].bad()
    fails = [1 - _passing(file, told) for file, told in zip(files, outcomes, strict=True)]
    wrong = [_faulty(file, told) for file, told in zip(files, outcomes, strict=True)]
    found = [_faulty(file, told) for file, told in zip(files, injected, strict=True)]
    verdicts = {
        "passing": judge(fails[0], _chosen(fails[1:], failed), failed),
        "failing": judge(wrong[0], _chosen(wrong[1:], failed), failed),
        "faults": judge(found[0], _chosen(found[1:], faulty), faulty),
    }
    low = better_than_chance(fails[0], failed)
    return Judged(_together(verdicts), low is not None and low > 0)


def _chosen(others: Sequence[Scores], truths: Truths) -> Mapping[str, Scores]:
    """Return of those before it the ones that it is held against."""
    best = max(others, key=lambda one: auroc(one, truths))
    chosen = {"parent": others[0], "root": others[-1], "best": best}
    return {name: one for name, one in chosen.items() if name == "parent" or one is not others[0]}


_SAID: Final = {
    "passing": "P(pass) by tests",
    "failing": "P(fault) by tests",
    "faults": "P(fault) by injected faults",
}


def _together(verdicts: Mapping[str, Verdict]) -> Verdict:
    """Return one verdict; AUROC and the like without a name before them are those of P(pass)."""
    figures: dict[str, float] = {}
    for name, one in verdicts.items():
        figures |= {key if name == "passing" else f"{name}_{key}": value for key, value in one.figures.items()}
    reasons = (f"{_SAID[name]}{'' if one.is_adopted else ', worse'}: {one.reason}" for name, one in verdicts.items())
    return Verdict(all(one.is_adopted for one in verdicts.values()), " ".join(reasons), figures)


def _passing(file: ScoreFile, told: Told) -> Scores:
    return file.about.passing.probability(told.passing.astype(np.float32)).astype(np.float64)


def _faulty(file: ScoreFile, told: Told) -> Scores:
    return file.about.faulty.probability(told.faulty.astype(np.float32)).astype(np.float64)
