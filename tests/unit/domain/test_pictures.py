"""Pictures are known by their own bytes."""

import struct

import pytest

from yantra_bot.domain.pictures import Facts, read_facts

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + struct.pack(">II", 640, 480) + b"\x08\x06\x00\x00\x00\x00\x00\x00\x00"
GIF = b"GIF89a" + struct.pack("<HH", 32, 16) + b"\x00\x00\x00\x3b"
JPEG = (
    b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    b"\xff\xff\xc0\x00\x11\x08" + struct.pack(">HH", 48, 64) + b"\x03\x01\x22\x00\x02\x11\x01\x03\x11\x01"
)
VP8 = b"RIFF\x00\x00\x00\x00WEBPVP8 \x00\x00\x00\x00\x00\x00\x00\x9d\x01\x2a" + struct.pack("<HH", 99, 77) + b"\x00" * 8
VP8L = b"RIFF\x00\x00\x00\x00WEBPVP8L\x00\x00\x00\x00\x2f" + struct.pack("<I", 19 | 9 << 14) + b"\x00" * 8
VP8X = b"RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00\x63\x00\x00\x31\x00\x00\x00"
KINDS = {
    "png": (PNG, Facts("image/png", 640, 480)),
    "gif": (GIF, Facts("image/gif", 32, 16)),
    "jpeg": (JPEG, Facts("image/jpeg", 64, 48)),
    "webp lossy": (VP8, Facts("image/webp", 99, 77)),
    "webp lossless": (VP8L, Facts("image/webp", 20, 10)),
    "webp extended": (VP8X, Facts("image/webp", 100, 50)),
}


@pytest.mark.parametrize("name", KINDS)
def test_a_picture_says_what_it_is(name: str) -> None:
    """The kind and the size in pixels come from the bytes."""
    data, facts = KINDS[name]
    assert read_facts(data) == facts


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<html>GIF89a</html>",
        PNG[:20],
        GIF[:8],
        JPEG[:22],
        VP8X[:20],
        b"\xff\xd8\xff\xe0\x00\x02" + b"\x00" * 30,
        PNG.replace(struct.pack(">II", 640, 480), struct.pack(">II", 0, 480)),
        PNG.replace(struct.pack(">II", 640, 480), struct.pack(">II", 640, 1 << 30)),
    ],
)
def test_anything_else_is_no_picture(data: bytes) -> None:
    """Neither a cut one, nor one of no sensible size, nor what a browser would run."""
    assert read_facts(data) is None


def test_no_bytes_are_read_past_the_end() -> None:
    """Every cut of every kind is taken calmly."""
    for data, _ in KINDS.values():
        for end in range(len(data)):
            read_facts(data[:end])
