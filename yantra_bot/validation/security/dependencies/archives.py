"""Reads a zip file's members one after the other: an export may have 200 000, and `zipfile` keeps a list of them all.

The archive is data from elsewhere: sizes are checked before anything is read, and what does not fit is a ValueError.
"""

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

_END, _END_64, _PLACE_64 = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
_ENTRY, _MEMBER = struct.Struct("<4s4xHH4x3L3H8xL"), struct.Struct("<4s22xHH")
_STORED, _DEFLATED = 0, 8
_FULL = 0xFFFFFFFF
_MAX_END = 65_535 + 22


def read_members(path: Path, suffix: str, max_bytes: int) -> Iterator[bytes]:
    """Give the content of each member with this ending that is not larger. Raises ValueError, OSError."""
    try:
        with path.open("rb") as directory, path.open("rb") as content:
            for name, method, check, packed, size, start in _entries(directory):
                if name.endswith(suffix.encode()) and size <= max_bytes:
                    content.seek(start)
                    yield _unpack(content, method, check, packed, size)
    except (struct.error, zlib.error) as problem:
        raise ValueError(f"it is no whole zip file ({problem})") from problem


def _entries(stream: BinaryIO) -> Iterator[tuple[bytes, int, int, int, int, int]]:
    """Give name, method, checksum, packed size, size and start of each member."""
    count, start = _find_directory(stream)
    stream.seek(start)
    for _ in range(count):
        sign, flags, method, check, packed, size, name_size, more, comment, place = _ENTRY.unpack(stream.read(46))
        if sign != b"PK\x01\x02" or flags & 1:
            raise ValueError("it is no whole zip file, or one with a password")
        name, extra = stream.read(name_size), stream.read(more)
        stream.seek(comment, 1)
        if _FULL in (packed, size, place):
            size, packed, place = _read_large(extra, size, packed, place)
        yield name, method, check, packed, size, place


def _find_directory(stream: BinaryIO) -> tuple[int, int]:
    """Return how many members there are, and where the list of them starts."""
    length = stream.seek(0, 2)
    begin = stream.seek(max(0, length - _MAX_END - 20))
    tail = stream.read()
    at = tail.rfind(_END)
    if at < 0:
        raise ValueError("it is no whole zip file")
    count, start = struct.unpack_from("<10xH4xL", tail, at)
    if at >= 20 and tail[at - 20 : at - 16] == _PLACE_64 and (count == 0xFFFF or start == _FULL):
        stream.seek(struct.unpack_from("<8xQ", tail, at - 20)[0])
        sign, count, start = struct.unpack("<4s28xQ8xQ", stream.read(56))
        if sign != _END_64:
            raise ValueError("it is no whole zip file")
    if start > begin + at:
        raise ValueError("it is no whole zip file")
    return count, start


def _read_large(extra: bytes, size: int, packed: int, place: int) -> tuple[int, int, int]:
    """Return the numbers that do not fit into the entry itself from what stands behind it."""
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<HH", extra)
        if kind == 1:
            wide = iter(struct.unpack(f"<{length // 8}Q", extra[4 : 4 + length // 8 * 8]))
            size, packed, place = (next(wide, one) if one == _FULL else one for one in (size, packed, place))
        extra = extra[4 + length :]
    return size, packed, place


def _unpack(stream: BinaryIO, method: int, check: int, packed: int, size: int) -> bytes:
    sign, name_size, more = _MEMBER.unpack(stream.read(30))
    if sign != b"PK\x03\x04" or method not in (_STORED, _DEFLATED) or packed > 2 * size + 1_000:
        raise ValueError("it is no whole zip file, or packed in a way that is not read")
    stream.seek(name_size + more, 1)
    data = stream.read(packed)
    if method == _DEFLATED:
        data = zlib.decompressobj(-zlib.MAX_WBITS).decompress(data, size + 1)
    if len(data) != size or zlib.crc32(data) != check:
        raise ValueError("a member of it is broken")
    return data
