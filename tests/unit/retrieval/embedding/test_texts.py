"""What of a chunk is embedded, and in which order."""

from yantra_bot.retrieval.chunks import Chunk, ChunkKind
from yantra_bot.retrieval.embedding.texts import CHARACTERS_PER_TOKEN, describe, part_words

SOURCE = '@cached\ndef readHeader(line):\n    """Read one header."""\n    # split it\n    return line.split(":")\n'
CHUNK = Chunk(
    "src/http_util/HTTPServer.py", "Server.readHeader", ChunkKind.FUNCTION, 3, 7,
    "@cached\ndef readHeader(line):", "Read one header.", SOURCE,
)  # fmt: skip


def test_place_and_name_come_first_and_nothing_is_said_twice() -> None:
    """Path and name in words, signature, docstring, then what of the code was not yet said."""
    assert describe(CHUNK, 64).splitlines() == [
        "src http util http server py: server read header",
        "@cached",
        "def readHeader(line):",
        "Read one header.",
        "    # split it",
        '    return line.split(":")',
    ]


def test_no_more_is_taken_than_can_matter() -> None:
    """A huge chunk costs no more than a large one."""
    huge = Chunk("a.py", "f", ChunkKind.FUNCTION, 1, 9, "def f():", "", "def f():\n" + "    x = 1\n" * 100_000)
    assert len(describe(huge, 32)) == 32 * CHARACTERS_PER_TOKEN
    assert describe(Chunk("", "", ChunkKind.MODULE, 1, 1, "", "", ""), 32) == ": "


def test_names_are_split_into_words() -> None:
    """Case, digits, separators and other alphabets part words."""
    assert part_words("XMLHttpRequest2 get_user-name ÜberName") == "xml http request 2 get user name über name"
