"""The numbers that a worker hands over: read back as they were, and nothing else is read."""

import struct
import zlib
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.scoring import make_batch
from yantra_bot.errors import UserError
from yantra_bot.scoring.batch import Batch, Floats
from yantra_bot.scoring.inner import KINDS, RELATIONS, WORDS
from yantra_bot.scoring.numbers import LARGEST, MAX_BYTES, is_one_symbol, read_numbers, write_numbers

BATCH = make_batch(3, symbols=7, scored=1, nodes=(30,))


def direction(seed: int = 0) -> Floats:
    row = np.random.default_rng(seed).standard_normal(128).astype(np.float32)
    return row / np.float32(np.linalg.norm(row))


def write(batch: Batch = BATCH, embedding: Floats | None = None) -> bytes:
    data = write_numbers(batch, direction() if embedding is None else embedding)
    assert data is not None
    return data


@pytest.mark.parametrize("nodes", [0, 1, 30])
def test_what_is_written_is_read(nodes: int) -> None:
    """Every array, in its shape; a symbol without an inside too."""
    batch = make_batch(1, symbols=4, scored=1, nodes=(nodes,))
    read, embedding = read_numbers(write(batch))
    assert np.array_equal(embedding, direction())
    for mine, theirs in ((batch.symbols, read.symbols), (batch.inner[0], read.inner[0])):
        for name in mine.__slots__:
            assert np.array_equal(getattr(mine, name), getattr(theirs, name)), name


def changed(**arrays: object) -> Batch:
    """Return the batch with other arrays, of the symbols or of the inner graph (`inner_…`)."""
    inner = {name[6:]: value for name, value in arrays.items() if name.startswith("inner_")}
    outer = {name: value for name, value in arrays.items() if not name.startswith("inner_")}
    return Batch(replace(BATCH.symbols, **outer), (replace(BATCH.inner[0], **inner),))  # type: ignore[arg-type] (arrays)


INNER = BATCH.inner[0]


@pytest.mark.case("P13")
@pytest.mark.parametrize(
    "lie",
    [
        changed(features=np.full_like(BATCH.symbols.features, np.nan)),
        changed(features=np.full_like(BATCH.symbols.features, 2 * LARGEST)),
        changed(edges=BATCH.symbols.edges + 7),
        changed(edges=-BATCH.symbols.edges - 1),
        changed(scored=np.array([7], np.int32)),
        changed(inner_kinds=INNER.kinds + KINDS),
        changed(inner_words=INNER.words + WORDS),
        changed(inner_edges=INNER.edges + np.array([[0], [0], [RELATIONS]], np.int32)),
        changed(inner_edges=INNER.edges + np.array([[99], [0], [0]], np.int32)),
        changed(inner_word_starts=INNER.word_starts[::-1].copy()),
    ],
)
def test_numbers_that_the_network_cannot_read_are_refused(lie: Batch) -> None:
    """No feature that is none, no place outside: else an update would end with it, each time."""
    assert is_one_symbol(BATCH)
    assert not is_one_symbol(lie)
    with pytest.raises(UserError):
        read_numbers(write(lie))


@pytest.mark.parametrize("embedding", [np.zeros(128, np.float32), np.full(128, np.inf, np.float32), direction() * 9])
def test_an_embedding_that_is_no_direction_is_refused(embedding: Floats) -> None:
    """It would be sent to others."""
    with pytest.raises(UserError):
        read_numbers(write(embedding=embedding))


@pytest.mark.case("P13")
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no numbers",
        write()[:-1],
        write() + b"more",
        b"x" * (MAX_BYTES + 1),
        zlib.compress(struct.pack("<5I", 1, 0, 0, 0, 0)),
        zlib.compress(struct.pack("<5I", 2**32 - 1, 2**32 - 1, 2**32 - 1, 2**32 - 1, 2**32 - 1)),
        zlib.compress(struct.pack("<5I", 1, 0, 0, 0, 0) + bytes(200 * 1024 * 1024)),
    ],
)
def test_what_is_cut_off_too_long_or_a_bomb_is_refused(data: bytes) -> None:
    """The counts are believed within their bounds, and nothing beyond them is unpacked."""
    with pytest.raises(UserError):
        read_numbers(data)


@given(st.binary(max_size=400), st.integers(0, 60))
def test_any_bytes_are_read_or_refused(data: bytes, place: int) -> None:
    """Whatever is put over what was written."""
    written = write()
    for one in (data, zlib.compress(data), written[:place] + data + written[place + len(data) :]):
        try:
            batch, _ = read_numbers(one)
        except UserError:
            continue
        assert is_one_symbol(batch)


def test_what_is_too_large_is_not_written() -> None:
    """It is then not learned from."""
    assert write_numbers(make_batch(1, symbols=400, scored=1, nodes=(3,)), direction()) is None
