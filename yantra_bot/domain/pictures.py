"""What a picture is, by its own bytes: never by a name or by what a server calls it. Pure; decodes no picture."""

import struct
from collections.abc import Callable
from dataclasses import dataclass

from yantra_bot.domain.conversation import Image

MAX_SIDE = 20_000


@dataclass(frozen=True, slots=True)
class Facts:
    """The kind of a picture as a media type, and its size in pixels."""

    media: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class IssuePicture:
    """A picture that stands in an issue. `image` is None where it could not be had, for the reason `problem`."""

    address: str
    place: str
    """Where it stands: the issue, or whose comment."""
    image: Image | None = None
    problem: str = ""


def read_facts(data: bytes) -> Facts | None:
    """Return what a PNG, JPEG, GIF or WebP is; None for anything else, and for one of no sensible size."""
    for media, read in _READERS.items():
        size = read(data)
        if size is not None:
            width, height = size
            return Facts(media, width, height) if 0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE else None
    return None


def _read_png(data: bytes) -> tuple[int, int] | None:
    if len(data) < 33 or data[:8] != b"\x89PNG\r\n\x1a\n" or data[12:16] != b"IHDR":
        return None
    width, height = struct.unpack(">II", data[16:24])
    return width, height


def _read_gif(data: bytes) -> tuple[int, int] | None:
    if len(data) < 14 or data[:6] not in (b"GIF87a", b"GIF89a"):
        return None
    width, height = struct.unpack("<HH", data[6:10])
    return width, height


def _read_jpeg(data: bytes) -> tuple[int, int] | None:
    """Walk from segment to segment to the frame's header, which has the size."""
    if data[:3] != b"\xff\xd8\xff":
        return None
    at = 2
    while at + 9 < len(data):
        if data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
        elif 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        elif marker == 0x01 or 0xD0 <= marker <= 0xD7:
            at += 2
        else:
            at += 2 + struct.unpack(">H", data[at + 2 : at + 4])[0]
    return None


def _read_webp(data: bytes) -> tuple[int, int] | None:
    if len(data) < 30 or data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        return None
    kind = data[12:16]
    if kind == b"VP8X":
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if kind == b"VP8L" and data[20] == 0x2F:
        bits = int.from_bytes(data[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack("<HH", data[26:30])
        return width & 0x3FFF, height & 0x3FFF
    return None


_READERS: dict[str, Callable[[bytes], tuple[int, int] | None]] = {
    "image/png": _read_png,
    "image/jpeg": _read_jpeg,
    "image/gif": _read_gif,
    "image/webp": _read_webp,
}
