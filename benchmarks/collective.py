"""Twenty simulated clients, five of them poisoned: the central model over rounds, beside averaging plainly.

    python -m benchmarks.collective

Each round every client sends new patterns, and all that it has sent are learned from, as within a week. Shown is how
well passing is told of code by clients that were not there (AUROC, Brier), over seeds: by what the service does, by the
plain mean of all, by the plain mean of what the service's door lets in, and by the plain mean of the honest alone,
which could be had if the poisoned were known. The world is made up (`collective_world`): it shows that the filter
holds, not how much real installations would gain.
"""

import statistics
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from benchmarks.aims import Aim, at_least, print_aims
from benchmarks.collective_world import CLIENTS, PLOT, POISONS, Poison, make_world, poison
from yantra_bot.collective.aggregating import average_plainly, run_round
from yantra_bot.collective.head import make_head, miss, tell_apart
from yantra_bot.collective.pattern import Pattern, is_sound

ROUNDS, SEEDS, PATTERNS, HELD_OUT = 8, 5, 60, 2_000
WAYS = ("service", "plain mean", "plain mean behind the door", "honest alone")


@dataclass
class Told:
    """Figures of one seed: by way, one a round, and who was refused how often."""

    auroc: dict[str, list[float]] = field(default_factory=lambda: {way: [] for way in WAYS})
    brier: dict[str, list[float]] = field(default_factory=lambda: {way: [] for way in WAYS})
    refused: Counter[str] = field(default_factory=Counter)
    """How often each poison was refused."""
    as_one: Counter[str] = field(default_factory=Counter)
    """How often it was heard as one voice with others."""
    honest_refused: int = 0
    honest_as_one: int = 0


def simulate(
    seed: int,
    *,
    poisons: Mapping[str, Poison] = POISONS,
    rounds: int = ROUNDS,
    patterns: int = PATTERNS,
    held_out: int = HELD_OUT,
) -> Told:
    """Return what came of one seed."""
    chance = np.random.default_rng(seed)
    world = make_world(chance, clients=CLIENTS + 5)
    tests = [one for new in range(CLIENTS, CLIENTS + 5) for one in world.draw(new, held_out // 5, chance)]
    sent: dict[str, list[Pattern]] = {}
    heads, told = {way: make_head() for way in WAYS}, Told()
    for number in range(rounds):
        new = {f"client {place:02}": world.draw(place, patterns, chance) for place in range(CLIENTS)}
        turned, done = poison(new, chance, poisons=poisons)
        sent = {name: [*sent.get(name, []), *more] for name, more in turned.items()}
        came = run_round(heads["service"], sent, seed=f"{seed} {number}")
        let_in = {name: [one for one in all_of_it if is_sound(one)] for name, all_of_it in sent.items()}
        honest = {name: one for name, one in sent.items() if name not in done}
        heads = {
            "service": came.head,
            "plain mean": average_plainly(heads["plain mean"], sent),
            "plain mean behind the door": average_plainly(heads["plain mean behind the door"], let_in),
            "honest alone": average_plainly(heads["honest alone"], honest),
        }
        together = {name for voice in came.voices if len(voice) > 1 for name in voice}
        told.as_one.update(done[name] for name in together if name in done)
        told.honest_as_one += sum(name not in done for name in together)
        told.refused.update(done[one.client] for one in came.refused if one.client in done)
        told.honest_refused += sum(one.client not in done for one in came.refused)
        for way, head in heads.items():
            told.auroc[way].append(tell_apart(head, tests))
            told.brier[way].append(miss(head, tests))
    return told


def show(title: str, told: list[Told], poisons: Mapping[str, Poison]) -> None:
    """Print the tables of one attack."""
    print(
        f"\n### {title}\n\n| learned by | " + " | ".join(f"round {one}" for one in range(1, ROUNDS + 1)) + " | Brier |"
    )
    print("|---" * (ROUNDS + 2) + "|")
    for way in WAYS:
        rounds = [_mean(one.auroc[way][place] for one in told) for place in range(ROUNDS)]
        last = _mean(one.brier[way][-1] for one in told)
        print(f"| {way} | " + " | ".join(f"{one:.3f}" for one in rounds) + f" | {last:.3f} |")
    print("\n| poison | rounds in all | refused | heard as one voice with others |\n|---|---|---|---|")
    for name in poisons:
        refused, as_one = sum(one.refused[name] for one in told), sum(one.as_one[name] for one in told)
        print(f"| {name} | {ROUNDS * len(told)} | {refused} | {as_one} |")
    honest = (CLIENTS - len(poisons)) * ROUNDS * len(told)
    refused, as_one = sum(one.honest_refused for one in told), sum(one.honest_as_one for one in told)
    print(f"| none (honest clients) | {honest} | {refused} | {as_one} |")


def _mean(values: Iterable[float]) -> float:
    return statistics.fmean(values)


def judge(mixed: list[Told], plot: list[Told]) -> list[Aim]:
    """Return the aims: it gets better, and as good as without the poisoned."""
    aims = []
    for name, told in (("five poisons", mixed), ("five that plot", plot)):
        first, last, honest, plain = (
            _mean(one.auroc[way][place] for one in told)
            for way, place in (("service", 0), ("service", -1), ("honest alone", -1), (WAYS[2], -1))
        )
        aims += [
            at_least(f"{name}: AUROC gained from the first round to the last", last - first, 0.05),
            at_least(f"{name}: AUROC beside the honest alone", last - honest, -0.02),
            at_least(f"{name}: AUROC ahead of a plain mean behind the same door", last - plain, 0.0),
        ]
    return aims


def main() -> None:
    mixed = [simulate(seed) for seed in range(SEEDS)]
    plot = [simulate(seed, poisons=PLOT) for seed in range(SEEDS)]
    print(f"{SEEDS} seeds, {CLIENTS} clients, {PATTERNS} patterns of each in a round; AUROC after each round.")
    show("Five different poisons", mixed, POISONS)
    show("Five that plot: the same planted outcomes", plot, PLOT)
    print_aims(judge(mixed, plot))


if __name__ == "__main__":
    main()
