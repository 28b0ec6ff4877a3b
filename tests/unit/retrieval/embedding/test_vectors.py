"""The cache of vectors: what comes back, what a kill or another writer leaves, and that models never mix."""

import hashlib
import multiprocessing
import os
import signal
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from yantra_bot.retrieval.embedding.vectors import HEADER, VectorCache, checksums, pack

Floats = NDArray[np.float32]
D = 8
RECORD = 16 + 2 * D + 4


def key(number: int) -> str:
    return hashlib.blake2b(str(number).encode(), digest_size=16).hexdigest()


def vector(number: int) -> Floats:
    found: Floats = np.random.default_rng(number).normal(size=D).astype(np.float32)
    return found / np.float32(np.linalg.norm(found))


def add(cache: VectorCache, *numbers: int) -> None:
    cache.add([key(n) for n in numbers], np.stack([vector(n) for n in numbers]))


def known(cache: VectorCache, *numbers: int) -> list[bool]:
    """Say which are there; those that are must be right."""
    found, vectors = cache.find([key(n) for n in numbers])
    for number, is_known, value in zip(numbers, found, vectors, strict=True):
        assert np.abs(value - (vector(number) if is_known else 0)).max() < 1e-3
    return found.tolist()


def test_what_was_added_is_found_by_everybody(tmp_path: Path) -> None:
    """A vector comes back to half precision: at once here, after a refresh elsewhere, in what is opened later."""
    cache, other = VectorCache(tmp_path, "m", D), VectorCache(tmp_path, "m", D)
    add(cache, 1, 2)
    assert known(cache, 1, 3, 2) == [True, False, True]
    assert known(other, 1, 2) == [False, False]
    other.refresh()
    assert known(other, 1, 3, 2) == [True, False, True]
    add(other, 3)
    cache.refresh()
    assert known(cache, 1, 3, 2) == [True, True, True]
    assert len(VectorCache(tmp_path, "m", D)) == 3


def test_models_and_sizes_do_not_meet(tmp_path: Path) -> None:
    """Another model, or the same name with another dimension, has a file of its own and finds nothing."""
    add(VectorCache(tmp_path, "m", D), 1)
    other, wider = VectorCache(tmp_path, "n", D), VectorCache(tmp_path, "m", 2 * D)
    assert (len(other), len(wider)) == (0, 0)
    wider.add([key(1)], np.ones((1, 2 * D), np.float32))
    assert len({other.path, wider.path, VectorCache(tmp_path, "m", D).path}) == 3
    assert known(VectorCache(tmp_path, "m", D), 1) == [True]


def test_every_length_of_a_torn_file_is_read(tmp_path: Path) -> None:
    """Cut anywhere, the file gives its whole records; the next writer removes the rest and goes on."""
    cache = VectorCache(tmp_path, "m", D)
    add(cache, 1, 2)
    whole = cache.path.read_bytes()
    for length in range(len(whole)):
        cache.path.write_bytes(whole[:length])
        torn = VectorCache(tmp_path, "m", D)
        count = max(0, length - HEADER.size) // RECORD
        assert known(torn, 1, 2) == [count > 0, count > 1], length
        add(torn, 3)
        again = VectorCache(tmp_path, "m", D)
        assert known(again, 1, 2, 3) == [count > 0, count > 1, True], length
        assert len(again.path.read_bytes()) == HEADER.size + (count + 1) * RECORD


def test_every_damaged_byte_is_noticed(tmp_path: Path) -> None:
    """A byte that changed takes its record away, or the file when it is the header's; never a wrong vector."""
    cache = VectorCache(tmp_path, "m", D)
    add(cache, 1, 2)
    whole = cache.path.read_bytes()
    for place in range(len(whole)):
        cache.path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x40]) + whole[place + 1 :])
        record = (place - HEADER.size) // RECORD
        wanted = [record != 0, record != 1] if place >= HEADER.size else [False, False]
        assert known(VectorCache(tmp_path, "m", D), 1, 2) == wanted, place


def test_a_damaged_header_begins_the_file_anew(tmp_path: Path) -> None:
    """A file that is no such file is replaced at the next write; a reader of the old one is told by its refresh."""
    cache = VectorCache(tmp_path, "m", D)
    cache.path.write_bytes(b"something else")
    cache.refresh()
    add(cache, 1)
    assert known(cache, 1) == [True]


def test_bytes_that_were_never_written_are_no_record(tmp_path: Path) -> None:
    """A file that a crash of the machine left longer than its content has zeros, which say nothing."""
    cache = VectorCache(tmp_path, "m", D)
    add(cache, 1)
    cache.path.write_bytes(cache.path.read_bytes() + bytes(3 * RECORD))
    assert len(VectorCache(tmp_path, "m", D)) == 1
    assert checksums(np.empty(0, cache._type)).shape == (0,)


def test_a_full_file_loses_its_older_half(tmp_path: Path) -> None:
    """The file stays below its limit and keeps what was added last."""
    cache = VectorCache(tmp_path, "m", D, max_bytes=HEADER.size + 10 * RECORD)
    for number in range(40):
        add(cache, number)
        assert known(cache, number) == [True]
    assert cache.path.stat().st_size <= HEADER.size + 11 * RECORD
    assert known(cache, 0, 39) == [False, True]


def test_a_folder_that_cannot_be_written_loses_nothing_but_the_cache(tmp_path: Path) -> None:
    """Where nothing can be kept, adding is quiet and nothing is found."""
    (tmp_path / "file").write_text("")
    cache = VectorCache(tmp_path / "file", "m", D)
    add(cache, 1)
    assert known(cache, 1) == [False]


def test_a_digest_of_another_length_is_refused(tmp_path: Path) -> None:
    """A key that is no digest is a mistake of the caller."""
    with pytest.raises(ValueError, match="no digest"):
        pack("ab")


def write_for_ever(folder: Path, first: int, ready: Connection) -> None:
    cache = VectorCache(folder, "m", D)
    for number in range(first, first + 1_000_000):
        add(cache, number, number + 500_000)
        if number == first + 20:
            ready.send("going")


def test_writers_that_are_killed_leave_only_whole_records(tmp_path: Path) -> None:
    """Two processes write at once and are killed in the middle, again and again: all that is there is right."""
    context = multiprocessing.get_context("spawn")
    for round_number in range(3):
        writers = []
        for number in range(2):
            ours, theirs = context.Pipe(duplex=False)
            first = (round_number * 2 + number + 1) * 10_000_000
            process = context.Process(target=write_for_ever, args=(tmp_path, first, theirs), daemon=True)
            process.start()
            writers.append((process, ours, first))
        for _, ours, _ in writers:
            assert ours.recv() == "going"
        for process, _, _ in writers:
            assert process.pid is not None
            os.kill(process.pid, signal.SIGKILL)
            process.join()
        cache = VectorCache(tmp_path, "m", D)
        for _, _, first in writers:
            assert all(known(cache, *range(first, first + 20)))
        add(cache, round_number)
        assert known(cache, round_number) == [True]
        assert (cache.path.stat().st_size - HEADER.size) % RECORD == 0
