"""The buffer of what was seen in use."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.fakes.experiences import fill, make_experience
from tests.fakes.scoring import make_batch, make_weights
from yantra_bot.errors import UserError
from yantra_bot.scoring.batch import Batch, SymbolGraph
from yantra_bot.scoring.network import Network, Shape
from yantra_bot.scoring.replay import ReplayBuffer, join


def test_what_is_put_is_read(tmp_path: Path) -> None:
    """Every array and the outcome."""
    one = make_experience(1)
    ReplayBuffer(tmp_path).put(replace(one, is_faulty=True))
    (read,) = ReplayBuffer(tmp_path).read()
    assert np.array_equal(read.batch.symbols.features, one.batch.symbols.features)
    assert np.array_equal(read.batch.inner[0].edges, one.batch.inner[0].edges)
    assert (read.pass_share, read.is_faulty, read.number) == (1.0, True, 1)


def test_the_oldest_make_room(tmp_path: Path) -> None:
    """A bound in number, and numbers that go on counting."""
    buffer = ReplayBuffer(tmp_path, most=5)
    for seed in range(8):
        buffer.put(make_experience(seed))
    assert [one.number for one in buffer.read()] == [4, 5, 6, 7, 8]
    assert [one.number for one in buffer.read(after=6)] == [7, 8]


@pytest.mark.parametrize(
    ("share", "is_faulty", "is_sound", "is_passing"),
    [(1.0, None, True, True), (0.91, None, True, False), (0.9, None, False, False), (1.0, True, False, True)],
)
def test_only_code_with_more_than_nine_of_ten_tests_passing_is_sound(
    share: float, is_faulty: bool | None, is_sound: bool, is_passing: bool
) -> None:
    """And none that is known to hold a fault."""
    one = replace(make_experience(1), pass_share=share, is_faulty=is_faulty)
    assert (one.is_sound, one.is_passing) == (is_sound, is_passing)


@pytest.mark.case("P13")
def test_what_is_damaged_is_left_out(tmp_path: Path) -> None:
    """Half a file, none, a pickle, another thing under the name."""
    buffer = fill(tmp_path, 4)
    paths = sorted(tmp_path.glob("*.npz"))
    paths[0].write_bytes(paths[0].read_bytes()[:100])
    paths[1].write_bytes(b"")
    with paths[2].open("wb") as file:
        np.savez(file, features=np.array([{"a": 1}], dtype=object))
    (tmp_path / "000000000099.npz.half").write_bytes(b"half")
    assert [one.number for one in buffer.read()] == [4]


def test_one_flipped_bit_ends_nothing(tmp_path: Path) -> None:
    """Wherever it is: what unpacks and parses such a file raises errors of many kinds."""
    buffer = fill(tmp_path, 1)
    path = next(one for one in tmp_path.iterdir() if one.suffix == ".npz")
    data = path.read_bytes()
    for place in range(0, len(data), max(1, len(data) // 150)):
        harmed = bytearray(data)
        harmed[place] ^= 0x10
        path.write_bytes(harmed)
        assert len(buffer.read()) <= 1


def test_what_is_no_experience_is_refused(tmp_path: Path) -> None:
    """Of no numbers, of several symbols, with a share that is none, with edges that lead nowhere."""
    one = make_experience(1)
    symbols = one.batch.symbols
    spoilt = symbols.features.copy()
    spoilt[0, 0] = np.nan
    away = symbols.edges.copy()
    away[0, 0] = 99
    for wrong in (
        replace(one, pass_share=1.5),
        replace(one, batch=Batch(SymbolGraph(spoilt, symbols.edges, symbols.scored), one.batch.inner)),
        replace(one, batch=Batch(SymbolGraph(symbols.features, away, symbols.scored), one.batch.inner)),
        replace(one, batch=make_batch(2)),
    ):
        with pytest.raises(UserError):
            ReplayBuffer(tmp_path).put(wrong)


def test_joined_they_are_scored_as_each_alone(tmp_path: Path) -> None:
    """Nothing of one reaches another."""
    shape = Shape(width=16, channel=4, steps=1)
    network = Network(make_weights(shape), shape)
    several = [make_experience(seed) for seed in range(4)]
    alone = [float(network.score(one.batch).faulty[0]) for one in several]
    assert np.allclose(network.score(join(several)).faulty, alone, atol=1e-4)
