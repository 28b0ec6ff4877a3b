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
from yantra_bot.scoring.replay import Kind, ReplayBuffer, join


def test_what_is_put_is_read(tmp_path: Path) -> None:
    """Every array and the outcome."""
    one = make_experience(1)
    ReplayBuffer(tmp_path).put(replace(one, is_faulty=True))
    (read,) = ReplayBuffer(tmp_path).read()
    assert np.array_equal(read.batch.symbols.features, one.batch.symbols.features)
    assert np.array_equal(read.batch.inner[0].edges, one.batch.inner[0].edges)
    assert (read.pass_share, read.is_faulty, read.number, read.kind) == (1.0, True, 1, Kind.FAULTY)


def test_the_oldest_make_room(tmp_path: Path) -> None:
    """A bound in number, and numbers that go on counting."""
    buffer = ReplayBuffer(tmp_path, most=5)
    for seed in range(8):
        buffer.put(make_experience(seed))
    assert [one.number for one in buffer.read()] == [4, 5, 6, 7, 8]
    assert [one.number for one in buffer.entries(after=6)] == [7, 8]


@pytest.mark.parametrize(
    ("share", "is_faulty", "kind", "is_success"),
    [
        (1.0, None, Kind.PASSED, True),
        (0.91, None, Kind.NEARLY, True),
        (0.9, None, Kind.FAILED, False),
        (1.0, True, Kind.FAULTY, False),
        (None, True, Kind.FAULTY, False),
        (None, False, Kind.SOUND, False),
    ],
)
def test_only_code_with_more_than_nine_of_ten_tests_passing_is_learned_from_as_a_success(
    tmp_path: Path, share: float | None, is_faulty: bool | None, kind: Kind, is_success: bool
) -> None:
    """And none that is known to hold a fault; its file's name says so."""
    buffer = ReplayBuffer(tmp_path)
    buffer.put(replace(make_experience(1), pass_share=share, is_faulty=is_faulty))
    (entry,) = buffer.entries()
    assert (entry.kind, entry.is_success) == (kind, is_success)
    (read,) = buffer.read()
    assert (read.pass_share, read.is_faulty, read.kind) == (share, is_faulty, kind)


def test_they_are_counted_without_being_read(tmp_path: Path) -> None:
    """By their names: a full buffer would take a gigabyte. Those that are read are in memory one at a time."""
    buffer = fill(tmp_path, 6)
    for path in tmp_path.glob("*.npz"):
        path.write_bytes(b"")
    assert [one.number for one in buffer.entries() if one.is_success] == [1, 3, 5]
    buffer.put(make_experience(1))
    reading = buffer.read()
    assert next(reading).number == 7
    assert next(reading, None) is None


@pytest.mark.case("P13")
def test_what_is_damaged_is_left_out(tmp_path: Path) -> None:
    """Half a file, none, a pickle, another thing under the name."""
    buffer = fill(tmp_path, 4)
    paths = sorted(tmp_path.glob("*.npz"))
    paths[0].write_bytes(paths[0].read_bytes()[:100])
    paths[1].write_bytes(b"")
    with paths[2].open("wb") as file:
        np.savez(file, features=np.array([{"a": 1}], dtype=object))
    (tmp_path / "000000000099-passed-2.npz.half").write_bytes(b"half")
    for name in ("000000000099.npz", "000000000099-passed-1.npz", "x-passed-2.npz", "000000000099-else-2.npz"):
        (tmp_path / name).write_bytes(b"of another format")
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
        assert len(list(buffer.read())) <= 1


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
        replace(one, pass_share=None),
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
