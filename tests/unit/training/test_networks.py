"""The network in torch and in numpy: the same weights say the same of the same batch."""

from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch", reason="the extra `learned` is not installed")

import torch

from tests.fakes.scoring import make_batch
from yantra_bot.scoring.hops import hops_of
from yantra_bot.scoring.network import Network, Shape
from yantra_bot.scoring.packing import Packed, pack
from yantra_bot.training.blur import IMPORTS, NAMES, blur
from yantra_bot.training.designs import DATA_FLOW, EVERY, Design, cut
from yantra_bot.training.loading import load
from yantra_bot.training.networks import ScoringNetwork

SHAPE = Shape(width=24, channel=8, steps=2)
FIELDS = ("embedding", "passing", "imports", "bugs", "faulty", "suspicion", "evidence")


def both(seed: int) -> tuple[ScoringNetwork, Network]:
    torch.manual_seed(seed)
    network = ScoringNetwork(SHAPE).eval()
    torch.nn.init.normal_(network.hints.weight, std=0.1)
    return network, Network({name: value.numpy() for name, value in network.state_dict().items()}, SHAPE)


@pytest.mark.parametrize("seed", range(4))
def test_numpy_says_what_torch_says(seed: int) -> None:
    trained, plain = both(seed)
    batch = make_batch(seed)
    with torch.no_grad():
        said = trained(load(pack(batch), torch.device("cpu")))
    output = plain.score(batch)
    for name in FIELDS:
        np.testing.assert_allclose(
            getattr(output, name), getattr(said, name).numpy(), rtol=1e-4, atol=1e-5, err_msg=name
        )


def test_a_layer_says_only_what_the_next_one_reads() -> None:
    """Symbol 3 is three edges from the scored one: the first layer reads it and says nothing of it. 4 nobody reads."""
    edges = np.array([[0, 1, 1, 2, 2, 3, 3, 4], [1, 0, 2, 1, 3, 2, 4, 3]], np.int32)
    read, hops = hops_of(edges, np.array([0], np.int32), 3)
    assert read.tolist() == [0, 1, 2, 3]
    assert [one.own.tolist() for one in hops] == [[0, 1, 2], [0, 1], [0]]
    assert hops[-1].edges.tolist() == [[1], [0]]


@pytest.mark.parametrize(
    ("design", "reads_inside", "reads_features"),
    [(Design(), True, True), (Design(has_inner=False), False, True), (Design(has_symbols=False), True, False)],
)
def test_a_tower_that_is_left_out_is_not_read(design: Design, *, reads_inside: bool, reads_features: bool) -> None:
    torch.manual_seed(0)
    network = ScoringNetwork(SHAPE, design).eval()
    packed = pack(make_batch(0))
    inside = Packed(**{**_fields(packed), "kinds": (packed.kinds + 1) % 50})
    features = Packed(**{**_fields(packed), "features": packed.features * 2})
    with torch.no_grad():
        said, other, third = (network(load(one, torch.device("cpu"))).faulty for one in (packed, inside, features))
    assert bool((said != other).any()) is reads_inside
    assert bool((said != third).any()) is reads_features


def test_patterns_that_are_left_out_are_not_read() -> None:
    packed, said = pack(make_batch(0)), []
    for has_patterns in (True, False):
        torch.manual_seed(0)
        network = ScoringNetwork(SHAPE, Design(has_patterns=has_patterns)).eval()
        for part in (network.hints, network.inner.patterns):
            before = network(load(packed, torch.device("cpu")))
            torch.nn.init.normal_(part.weight)
            after = network(load(packed, torch.device("cpu")))
            said.append(bool((before.faulty != after.faulty).any()))
    assert said == [True, True, False, False]


@pytest.mark.parametrize("shapes", [False, True])
def test_likeness_shapes_what_the_heads_read_only_where_a_design_says_so(*, shapes: bool) -> None:
    torch.manual_seed(0)
    network = ScoringNetwork(SHAPE, Design(likeness_shapes=shapes))
    said = network(load(pack(make_batch(0)), torch.device("cpu")))
    (said.embedding**4).sum().backward()
    assert network.heads.embedding.weight.grad is not None
    assert (network.fuse.weight.grad is not None) is shapes


def test_own_features_are_read_directly_where_a_design_says_so() -> None:
    said = []
    for reads_own in (True, False):
        torch.manual_seed(0)
        network = ScoringNetwork(SHAPE, Design(reads_own=reads_own)).eval()
        loaded = load(pack(make_batch(0)), torch.device("cpu"))
        before = network(loaded).faulty
        torch.nn.init.normal_(network.own.weight)
        said.append(bool((network(loaded).faulty != before).any()))
    assert said == [True, False]


def test_edges_that_a_design_does_not_read_are_cut() -> None:
    batch = make_batch(0)
    flowing = cut(batch, Design(relations=EVERY - DATA_FLOW))
    assert set(np.concatenate([one.edges[2] for one in flowing.inner]).tolist()) <= EVERY - DATA_FLOW
    bare = cut(batch, Design(relations=frozenset(), has_neighbours=False))
    assert all(one.edges.shape == (3, 0) for one in bare.inner)
    assert bare.symbols.edges.shape == (2, 0)
    assert cut(batch, Design()).inner is batch.inner


def test_names_and_imports_are_hidden_from_a_part_of_what_is_learned_from() -> None:
    torch.manual_seed(1)
    batch = make_batch(0, symbols=60, scored=40, nodes=(20,) * 40)
    packed = pack(batch)
    hidden = blur(packed)
    own, before = hidden.features[packed.scored], packed.features[packed.scored]
    for columns in (NAMES, IMPORTS):
        gone = (own[:, columns] == 0).all(axis=1)
        assert 8 < gone.sum() < 32
        np.testing.assert_array_equal(own[~gone][:, columns], before[~gone][:, columns])
    others = np.setdiff1d(np.arange(60), packed.scored)
    np.testing.assert_array_equal(hidden.features[others], packed.features[others])
    lost = 1 - len(hidden.words.rows) / len(packed.words.rows)
    assert 0.03 < lost < 0.13
    assert hidden.words.starts[-1] == len(hidden.words.rows)
    assert len(hidden.words.starts) == len(packed.words.starts)


def _fields(packed: Packed) -> dict[str, Any]:
    return {name: getattr(packed, name) for name in Packed.__dataclass_fields__}


def test_the_arrays_are_those_that_the_shape_names() -> None:
    trained, _ = both(0)
    assert {name: tuple(value.shape) for name, value in trained.state_dict().items()} == SHAPE.arrays()


def test_a_symbol_is_scored_the_same_whatever_else_is_in_the_batch() -> None:
    _, plain = both(1)
    batch = make_batch(3)
    whole = plain.score(batch)
    alone = plain.score(
        type(batch)(
            type(batch.symbols)(batch.symbols.features, batch.symbols.edges, batch.symbols.scored[3:]), batch.inner[3:]
        )
    )
    np.testing.assert_allclose(alone.faulty, whole.faulty[3:], rtol=1e-4, atol=1e-5)


def test_one_symbol_without_neighbours_or_nodes_is_scored() -> None:
    _, plain = both(2)
    batch = make_batch(4, symbols=1, scored=1, nodes=(0,))
    output = plain.score(
        type(batch)(
            type(batch.symbols)(batch.symbols.features, np.zeros((2, 0), np.int32), batch.symbols.scored), batch.inner
        )
    )
    assert np.isfinite(output.faulty).all()
    assert output.suspicion.shape == (0,)
