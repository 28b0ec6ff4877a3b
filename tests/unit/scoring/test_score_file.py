"""The file of a trained network: what is written is read, and nothing else is."""

import hashlib
import json
import os
import threading
from pathlib import Path

import numpy as np
import pytest

from tests.fakes.scoring import make_batch, make_weights
from yantra_bot.errors import UserError
from yantra_bot.safetensors import write_tensors
from yantra_bot.scoring.network import Network, Shape
from yantra_bot.scoring.score_file import About, Baseline, Line, ScoreFile, find_pin, pin, write_score_file

SHAPE = Shape(width=16, channel=4, steps=1)
ABOUT = About(
    features=3, shape=SHAPE, imports=("os", "re"), faulty=Line(2.0, -1.0), baseline=Baseline((1, 5), (0.5, 2.0), -1.0)
)


def write(path: Path, about: About = ABOUT) -> str:
    return write_score_file(path, make_weights(SHAPE), about)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.safetensors"
    version = write(path)
    read = ScoreFile.read(path, features=3, digest=version)
    assert read.about == ABOUT
    assert read.version == version
    weights = {name: np.float32(np.float16(value)) for name, value in make_weights(SHAPE).items()}
    batch = make_batch(1)
    assert np.array_equal(read.network.score(batch).faulty, Network(weights, SHAPE).score(batch).faulty)
    assert list(tmp_path.iterdir()) == [path]


def test_the_full_size_is_below_twenty_megabytes(tmp_path: Path) -> None:
    path = tmp_path / "a.safetensors"
    write_score_file(path, make_weights(Shape()), About(features=1))
    assert path.stat().st_size < 20e6


def test_one_of_other_features_is_refused_with_the_cure(tmp_path: Path) -> None:
    write(tmp_path / "a")
    with pytest.raises(UserError, match=r"version 3 of the features.*version 4.*Cure"):
        ScoreFile.read(tmp_path / "a", features=4)


@pytest.mark.parametrize("part", [0, 7, 100, 2_000, -1])
def test_one_that_is_cut_is_refused(tmp_path: Path, part: int) -> None:
    write(tmp_path / "a")
    data = (tmp_path / "a").read_bytes()
    (tmp_path / "a").write_bytes(data[:part])
    with pytest.raises(UserError, match="Cure"):
        ScoreFile.read(tmp_path / "a", features=3)


def test_one_that_was_changed_is_refused_by_its_hash(tmp_path: Path) -> None:
    version = write(tmp_path / "a")
    data = bytearray((tmp_path / "a").read_bytes())
    data[-100] ^= 1
    (tmp_path / "a").write_bytes(data)
    with pytest.raises(UserError, match=r"not the file that was pinned.*Cure"):
        ScoreFile.read(tmp_path / "a", features=3, digest=version)


def test_it_is_read_once(tmp_path: Path) -> None:
    """What is hashed is what is parsed: a pipe gives its bytes one time."""
    write(tmp_path / "a")
    data = (tmp_path / "a").read_bytes()
    os.mkfifo(tmp_path / "pipe")
    writing = threading.Thread(target=(tmp_path / "pipe").write_bytes, args=(data,))
    writing.start()
    read = ScoreFile.read(tmp_path / "pipe", features=3, digest=hashlib.sha256(data).hexdigest())
    writing.join()
    assert read.about == ABOUT


@pytest.mark.parametrize(
    ("beside", "said"), [(None, ""), ("ab" * 32 + "  a\n", "ab" * 32), ("", "nothing"), ("no hash\n", "no")]
)
def test_the_hash_beside_a_file_is_found(tmp_path: Path, beside: str | None, said: str) -> None:
    """As sha256sum writes it; what is none is no file's hash, so that nothing is read by it."""
    if beside is not None:
        (tmp_path / "a.sha256").write_text(beside)
    assert find_pin(tmp_path / "a") == said


def test_a_file_that_is_pinned_is_found_by_its_own_hash(tmp_path: Path) -> None:
    version = write(tmp_path / "a")
    pin(tmp_path / "a")
    assert find_pin(tmp_path / "a") == version
    assert (tmp_path / "a.sha256").read_text() == f"{version}  a\n"


def test_one_with_a_number_that_is_none_is_refused(tmp_path: Path) -> None:
    weights = make_weights(SHAPE)
    weights["fuse.bias"][3] = np.nan
    write_score_file(tmp_path / "a", weights, ABOUT)
    with pytest.raises(UserError, match="no numbers"):
        ScoreFile.read(tmp_path / "a", features=3)


HARMS = {
    "no header": None,
    "no object": [],
    "another format": {"format": 9},
    "endless": {"faulty": {"scale": 1e999, "shift": 0}},
    "too large for a float": {"faulty": {"scale": 10**400, "shift": 0}},
    "a figure that is none": {"figures": {"auroc": float("nan")}},
    "a column that is none": {"baseline": {"columns": [978], "weights": [1.0], "bias": 0}},
    "a huge network": {"shape": {"width": 10**9, "channel": 4, "steps": 1}},
    "a language that is none": {"languages": ["klingon"]},
}


@pytest.mark.parametrize("harm", HARMS)
def test_a_header_that_lies_is_refused(tmp_path: Path, harm: str) -> None:
    path = tmp_path / "a"
    write(path)
    told = json.loads(
        json.loads(path.read_bytes()[8 : 8 + int.from_bytes(path.read_bytes()[:8], "little")])["__metadata__"]["yantra"]
    )
    change = HARMS[harm]
    about = {} if change is None else {"yantra": json.dumps({**told, **change} if isinstance(change, dict) else change)}
    halves = {name: np.float16(value) for name, value in make_weights(SHAPE).items()}
    write_tensors(path, halves, about)
    with pytest.raises(UserError, match="Cure"):
        ScoreFile.read(path, features=3)


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"cannot be read.*Cure"):
        ScoreFile.read(tmp_path / "none", features=3)
