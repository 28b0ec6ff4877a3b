"""Rounds of the central model, with clients that say what they like."""

from collections.abc import Sequence

import numpy as np
import pytest

from benchmarks.collective import WAYS, Told, simulate
from benchmarks.collective_world import PLOT, POISONS, flip, make_world, repeat
from yantra_bot.collective.aggregating import average_plainly, cut_to_size, median_of_groups, run_round
from yantra_bot.collective.head import BYTES, Head, make_head, read_head, tell_apart
from yantra_bot.collective.pattern import Doubles, Pattern
from yantra_bot.collective.screening import LEAST_PATTERNS, Refusal, drop_weak, join_alike
from yantra_bot.errors import Permanent


def draw_clients(count: int = 8, patterns: int = 120, *, seed: int = 3) -> dict[str, list[Pattern]]:
    chance = np.random.default_rng(seed)
    world = make_world(chance, clients=count)
    return {f"c{place}": world.draw(place, patterns, chance) for place in range(count)}


@pytest.fixture(scope="module")
def mixed() -> Told:
    return simulate(0, rounds=4, held_out=1_000)


def test_the_central_model_improves_over_rounds_though_a_quarter_is_poisoned(mixed: Told) -> None:
    """Twenty clients, five of them poisoned: what it says of clients that were not there gets better."""
    told = mixed.auroc["service"]
    assert told[-1] > told[0] + 0.05
    assert told[-1] > 0.75
    assert mixed.brier["service"][-1] < mixed.brier["service"][0]


def test_the_poison_is_filtered_and_the_honest_are_heard(mixed: Told) -> None:
    """Each kind but the plotting is refused in at least half of the rounds; no more than a few honest ones are."""
    for name in ("flipped outcomes", "boosted lengths", "one embedding again and again"):
        assert mixed.refused[name] >= 2, name
    assert mixed.honest_refused + mixed.honest_as_one <= 3
    assert set(mixed.refused) <= set(POISONS)


def test_averaging_plainly_is_what_poison_ruins(mixed: Told) -> None:
    """The same patterns, averaged, are worse than a coin; behind the same door they are still behind."""
    last = {way: mixed.auroc[way][-1] for way in WAYS}
    assert last["plain mean"] < 0.5
    assert last["service"] > last["plain mean behind the door"]
    assert last["service"] > last["honest alone"] - 0.05


@pytest.mark.case("P01")
def test_five_that_plot_do_not_have_their_way() -> None:
    """A quarter of one mind, saying the same of code that leans one way: found out once they have said enough."""
    told = simulate(1, poisons=PLOT, rounds=5, held_out=1_000)
    assert told.auroc["service"][-1] > told.auroc["plain mean"][-1]
    assert sum(told.refused.values()) + sum(told.as_one.values()) >= 5
    assert told.auroc["service"][-1] > told.auroc["honest alone"][-1] - 0.05


def test_nobody_is_learned_from_where_there_is_no_majority() -> None:
    """With fewer than five clients the model stays as it was."""
    clients = draw_clients(4)
    came = run_round(make_head(), clients, seed="s")
    assert came.voices == ()
    assert not came.head.weights.any()


def test_a_round_is_the_same_whoever_comes_first() -> None:
    """The order in which clients are listed decides nothing."""
    clients = draw_clients()
    turned = dict(reversed(list(clients.items())))
    assert np.array_equal(
        run_round(make_head(), clients, seed="s").head.weights, run_round(make_head(), turned, seed="s").head.weights
    )


def test_weak_patterns_are_dropped() -> None:
    """Copies count once; code that both passes and fails teaches nothing."""
    first, second, third = draw_clients(1, 3)["c0"]
    contrary = flip([second], np.random.default_rng(0))[0]
    assert drop_weak([first, first, second, contrary, third]) == (first, third)


def test_a_client_that_says_little_or_the_same_is_refused_with_the_reason() -> None:
    """Too few, all alike, one outcome only."""
    clients: dict[str, list[Pattern]] = draw_clients()
    clients["c0"] = clients["c0"][: LEAST_PATTERNS - 1]
    clients["c1"] = repeat(clients["c1"], np.random.default_rng(0))
    clients["c2"] = [one for one in clients["c2"] if one.is_passing]
    refused = run_round(make_head(), clients, seed="s").refused
    assert {
        Refusal("c0", "too few patterns"),
        Refusal("c1", "patterns that are all alike"),
        Refusal("c2", "only one outcome"),
    } <= set(refused)


def test_shouting_is_not_heard_louder() -> None:
    """An update a thousand times as long counts as one of the usual length."""
    updates = {"a": np.ones((1, 2)), "b": np.ones((1, 2)), "c": 1_000 * np.ones((1, 2))}
    assert np.allclose(cut_to_size(updates)["c"], updates["a"])


def test_a_quarter_cannot_move_the_median_out_of_what_others_say() -> None:
    """Each weight stays between what honest groups have, however far the rest goes."""
    chance = np.random.default_rng(0)
    honest: dict[str, Doubles] = {f"h{place}": 1 + 0.1 * chance.normal(size=(2, 3)) for place in range(15)}
    updates = honest | {f"p{place}": np.full((2, 3), -1e6) for place in range(5)}
    found = median_of_groups(updates, [(name,) for name in updates], seed="s")
    everything = np.array(list(honest.values()))
    assert (found >= everything.min(axis=0)).all()
    assert (found <= everything.max(axis=0)).all()


@pytest.mark.case("P02")
def test_one_who_plays_several_is_one_voice() -> None:
    """The same outcomes under several names are heard once."""
    chance = np.random.default_rng(0)
    directions = {f"h{place}": _unit(chance) for place in range(12)}
    own = _unit(chance)
    directions |= {f"s{place}": own + 0.02 * _unit(chance) for place in range(4)}
    assert ("s0", "s1", "s2", "s3") in join_alike(directions)
    assert len(join_alike(directions)) == 13


def _unit(chance: np.random.Generator) -> Doubles:
    row = chance.normal(size=128)
    return np.asarray(row / np.linalg.norm(row))


def test_a_head_is_read_back_as_it_was_told() -> None:
    """Its bytes are its weights."""
    head = average_plainly(make_head(), draw_clients())
    again = read_head(head.to_bytes())
    assert np.allclose(again.weights, head.weights, atol=1e-6)
    patterns: Sequence[Pattern] = draw_clients(1)["c0"]
    assert tell_apart(again, patterns) > 0.6
    assert set(again.steps(patterns[0])) >= {"query", "return"}


@pytest.mark.parametrize(
    "data", [b"", bytes(BYTES - 1), bytes(BYTES + 4), b"\xff" * BYTES, Head(make_head().weights + 1e6).to_bytes()]
)
def test_a_head_that_no_training_gives_is_refused(data: bytes) -> None:
    """Another size, no numbers, huge ones."""
    with pytest.raises(Permanent):
        read_head(data)
