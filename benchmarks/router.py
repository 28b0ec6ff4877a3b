"""The router: how often it gives a request the tier that its author meant, and the time of a decision.

    python -m benchmarks.router

benchmarks/data/router_requests.jsonl holds 260 requests with the tier that each takes, written by somebody who had seen
neither the router nor its examples. Its first half may be looked at, and is among the examples that ship; of the second
half the builder saw only the figures printed here. Chance is a quarter; "balanced always" is what one does without one.
benchmarks/data/router_blind.jsonl holds 260 more, written by another person when the router was done. They knew three
tiers (fast, balanced, premium), so that what the router calls reasoning is counted as premium in a row of its own.
"""

import json
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.aims import at_least, at_most, print_aims
from benchmarks.measuring import median, percentile
from yantra_bot import artefacts
from yantra_bot.domain.tiers import Tier
from yantra_bot.models.routing.router import Example, Router, load_examples
from yantra_bot.retrieval.embedding.embedder import load_embedder

DATA = Path(__file__).parent / "data" / "router_requests.jsonl"
BLIND = DATA.with_name("router_blind.jsonl")
MODEL = "embedding-model"
LOOKS = """While the router was built this table was printed three times (0.792, with more examples 0.823, with tiers of
equal weight 0.854), so that the last figure flatters it a little; its standard error is about 0.03."""
BLIND_LOOKS = """The blind set was first measured on 2026-11-28, with the router as it was: 0.542 as chosen, 0.754 with
reasoning counted as premium: this is how the router does on requests of a writer whom it was not tuned on. A second
look, with the held-out half learned too, gave 0.562 and 0.773: too little to give that half up for."""


def read_requests() -> tuple[list[Example], list[Example]]:
    """Return the half that may be looked at, and the half that is measured."""
    rows = [json.loads(line) for line in DATA.read_text(encoding="utf-8").splitlines()]
    made = [Example(row["text"], Tier(row["tier"])) for row in rows]
    return made[: len(made) // 2], made[len(made) // 2 :]


def read_blind() -> list[Example]:
    """Return the requests that were written when the router was done."""
    rows = [json.loads(line) for line in BLIND.read_text(encoding="utf-8").splitlines()]
    return [Example(row["text"], Tier(row["tier"])) for row in rows]


def merge_dear(pairs: Sequence[tuple[Tier, Tier]]) -> list[tuple[Tier, Tier]]:
    """Return the pairs with reasoning as premium."""
    return [(meant, Tier.PREMIUM if chosen is Tier.REASONING else chosen) for meant, chosen in pairs]


def measure(router: Router, requests: Sequence[Example]) -> tuple[list[tuple[Tier, Tier]], list[float]]:
    """Return what was meant and what was chosen, and the milliseconds of processor time of each decision."""
    pairs, taken = [], []
    for one in requests:
        began = time.process_time()
        route = router.route(one.text)
        taken.append(1_000 * (time.process_time() - began))
        pairs.append((one.tier, route.tier))
    return pairs, taken


def share_right(pairs: Sequence[tuple[Tier, Tier]]) -> float:
    """Return the share of choices that are what was meant."""
    return sum(meant is chosen for meant, chosen in pairs) / len(pairs)


def print_choices(pairs: Sequence[tuple[Tier, Tier]]) -> None:
    """Print how often each tier was chosen where each was meant."""
    print(f"| meant | {' | '.join(f'chosen {tier}' for tier in Tier)} |\n|---|{'---|' * len(Tier)}")
    for meant in dict.fromkeys(meant for meant, _ in pairs):
        row = [sum(pair == (meant, chosen) for pair in pairs) for chosen in Tier]
        print(f"| {meant} | {' | '.join(map(str, row))} |")


def main() -> None:
    _, held_out = read_requests()
    examples = load_examples()
    print(f"{len(examples)} examples; {len(held_out)} requests held out. {LOOKS}\n")
    print("| router | right | ms CPU, p50 | ms CPU, p95 | learning, s CPU |\n|---|---|---|---|---|")
    rates, times, found = {}, {}, {}
    for name in ("words and meaning", "words alone"):
        began = time.process_time()
        router = Router(examples, load_embedder(artefacts.path(MODEL)) if name == "words and meaning" else None)
        learning = time.process_time() - began
        found[name], taken = measure(router, held_out)
        rates[name], times[name] = share_right(found[name]), percentile(taken, 0.95)
        print(f"| {name} | {rates[name]:.3f} | {median(taken):.1f} | {times[name]:.1f} | {learning:.1f} |", flush=True)
    balanced = sum(one.tier is Tier.BALANCED for one in held_out) / len(held_out)
    print(f"| balanced always | {balanced:.3f} | | | |")
    print("\nHeld-out half, words and meaning:\n")
    print_choices(found["words and meaning"])
    blind, _ = measure(Router(examples, load_embedder(artefacts.path(MODEL))), read_blind())
    print(f"\n{BLIND_LOOKS}\n\n| blind set, {len(blind)} requests | right |\n|---|---|")
    print(f"| as chosen | {share_right(blind):.3f} |")
    print(f"| reasoning counted as premium | {share_right(merge_dear(blind)):.3f} |\n")
    print_choices(blind)
    print_aims(
        [
            at_least("requests of the held-out half with the right tier", rates["words and meaning"], 0.85),
            at_least("requests of the blind set with the right tier", share_right(blind), 0.85),
            at_least("the same, reasoning counted as premium", share_right(merge_dear(blind)), 0.85),
            at_most("a decision, processor time, p95", times["words and meaning"], 100, "ms"),
        ]
    )


if __name__ == "__main__":
    main()
