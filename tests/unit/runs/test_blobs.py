"""Blobs: whole or absent, and never other bytes than their name says."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yantra_bot.errors import Permanent
from yantra_bot.runs.blobs import Blobs


@settings(max_examples=30, deadline=None)
@given(data=st.binary(max_size=2000))
def test_what_is_put_comes_back(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    """Any bytes, under their own SHA-256."""
    blobs = Blobs(tmp_path_factory.mktemp("blobs"))
    digest = blobs.put(data)
    assert digest == hashlib.sha256(data).hexdigest()
    assert blobs.get(digest) == data


def test_the_same_bytes_are_one_file(tmp_path: Path) -> None:
    """Storing again costs no space, also from many threads at once."""
    blobs = Blobs(tmp_path / "blobs")
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(blobs.put, [b"same" * 10_000] * 32))) == 1
    files = [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()]
    assert len(files) == 1
    assert files[0].stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "blobs").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("digest", ["0" * 64, "", "../../etc/passwd", "A" * 64, "0" * 63 + "\n"])
def test_an_unknown_name_is_a_key_error(tmp_path: Path, digest: str) -> None:
    """A name that is no hash never becomes a path."""
    with pytest.raises(KeyError):
        Blobs(tmp_path).get(digest)


def test_a_damaged_blob_is_never_handed_out_and_is_mended_by_storing_it_again(tmp_path: Path) -> None:
    """Bytes are held against their name on every read."""
    blobs = Blobs(tmp_path)
    digest = blobs.put(b"whole")
    path = next(path for path in tmp_path.rglob("*") if path.is_file())
    path.write_bytes(b"w")
    with pytest.raises(Permanent, match="damaged"):
        blobs.get(digest)
    assert blobs.put(b"whole") == digest
    assert blobs.get(digest) == b"whole"


def test_a_folder_that_went_away_is_no_full_disk(tmp_path: Path) -> None:
    """An unexpected failure of the file system is raised as it is."""
    blobs = Blobs(tmp_path / "blobs")
    (tmp_path / "blobs").rmdir()
    with pytest.raises(FileNotFoundError):
        blobs.put(b"x")
