"""The network in torch and in numpy: the same weights say the same of the same batch."""

import numpy as np
import pytest

pytest.importorskip("torch", reason="the extra `learned` is not installed")

import torch

from tests.fakes.scoring import make_batch
from yantra_bot.scoring.network import Network, Shape
from yantra_bot.scoring.packing import pack
from yantra_bot.training.networks import ScoringNetwork, load

SHAPE = Shape(width=24, channel=8, steps=2)
FIELDS = ("embedding", "passing", "imports", "bugs", "faulty", "suspicion")


def both(seed: int) -> tuple[ScoringNetwork, Network]:
    torch.manual_seed(seed)
    network = ScoringNetwork(SHAPE).eval()
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
