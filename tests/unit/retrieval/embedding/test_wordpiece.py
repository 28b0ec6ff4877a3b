"""Splitting text into a vocabulary's pieces: the rules one by one, and texts of every kind."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.sentence_models import VOCABULARY
from yantra_bot.errors import UserError
from yantra_bot.retrieval.embedding.wordpiece import (
    LONGEST_WORD,
    MAX_VOCABULARY_BYTES,
    SPECIAL,
    WordPiece,
    read_vocabulary,
)

WORDS = WordPiece(VOCABULARY)
CASED = WordPiece([*VOCABULARY, "File", "É"], lowers=False)


def split(text: str, words: WordPiece = WORDS, vocabulary: list[str] = VOCABULARY) -> list[str]:
    return [vocabulary[number] for number in words.pieces(text, 100)]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Parsing the FILES", ["[UNK]", "the", "file", "##s"]),
        ("readers reading", ["read", "##er", "##s", "read", "##ing"]),
        ("ab abb", ["ab", "ab", "##b"]),
        ("read_file(1)", ["read", "_", "file", "(", "1", ")"]),
        ("fi\x00le fi\u200ble fi\ufffdle fi\ud800le", ["file"] * 4),
        ("file\u00a0file\u3000file\x0bfile", ["file", "file", "[UNK]"]),
        ("file你file", ["file", "[UNK]", "file"]),
        ("«file»—.", ["[UNK]", "file", "[UNK]", "[UNK]", "."]),
        ("FÍLE fi\u0301le", ["file", "file"]),
        ("a[SEP]b [sep] [MASK", ["a", "[SEP]", "b", "[UNK]", "[UNK]", "[UNK]", "[UNK]", "[UNK]"]),
        ("b" * LONGEST_WORD + " " + "b" * (LONGEST_WORD + 1), ["b", *["##b"] * (LONGEST_WORD - 1), "[UNK]"]),
        ("", []),
        (" \t\r\n ", []),
        ("😀 file 👩‍👩‍👧", ["[UNK]", "file", "[UNK]"]),
    ],
)  # fmt: skip
def test_a_text_is_split_by_the_published_rules(text: str, pieces: list[str]) -> None:
    """Case, accents, blanks, control characters, ideographs, punctuation and long words go as they do everywhere."""
    assert split(text)[:100] == pieces[:100]


def test_a_cased_model_keeps_case_and_accents() -> None:
    """Nothing is lowered and no accent dropped where the model says so."""
    vocabulary = [*VOCABULARY, "File", "É"]
    assert split("File FILE É é", CASED, vocabulary) == ["File", "[UNK]", "É", "é"]


def test_a_text_is_cut_at_its_limit() -> None:
    """Never more numbers than asked for, the frame included, and never fewer than the frame."""
    assert WORDS.encode("file " * 1_000_000, 8) == [WORDS.begin, *WORDS.pieces("file " * 6, 6), WORDS.end]
    assert WORDS.encode("file [SEP] file", 4) == [WORDS.begin, *WORDS.pieces("file [SEP]", 2), WORDS.end]
    assert WORDS.encode("file", 0) == [WORDS.begin, WORDS.end]


@given(st.text(), st.text(), st.integers(0, 40))
def test_any_text_has_numbers(first: str, second: str, limit: int) -> None:
    """Whatever characters a text has, its numbers are known ones, framed, within the limit, and the same again."""
    one = WORDS.encode(first, limit)
    assert one == WordPiece(VOCABULARY).encode(first, limit)
    assert len(one) <= max(limit, 2)
    assert (one[0], one[-1]) == (WORDS.begin, WORDS.end)
    pair, types = WORDS.encode_pair(first, second, limit)
    assert len(pair) == len(types) <= max(limit, 3)
    assert types == sorted(types)
    assert all(0 <= number < len(VOCABULARY) for number in (*one, *pair))


def test_a_pair_is_cut_at_its_longer_side() -> None:
    """The shorter text stays whole as long as it has no more than half of the room."""
    pair, types = WORDS.encode_pair("file", "read " * 50, 10)
    assert (len(pair), types.count(0), types.count(1)) == (10, 3, 7)
    pair, types = WORDS.encode_pair("file " * 50, "read", 10)
    assert (len(pair), types.count(0), types.count(1)) == (10, 8, 2)
    pair, types = WORDS.encode_pair("file " * 50, "read " * 50, 11)
    assert (len(pair), types.count(0), types.count(1)) == (11, 6, 5)


def test_words_are_remembered_up_to_a_limit() -> None:
    """Ever new words do not fill the memory; they are split anew each time."""
    words = WordPiece(VOCABULARY, most=3)
    text = "file files reader reading readings retrys"
    assert words.pieces(text, 99) == words.pieces(text, 99) == WORDS.pieces(text, 99)
    assert len(words._words) == 3


def test_a_vocabulary_is_read_line_by_line(tmp_path: Path) -> None:
    """Line ends of either kind, an empty piece in the middle, no line end at the end."""
    path = tmp_path / "vocab.txt"
    path.write_bytes("a\r\n\né\u2028b".encode())
    assert read_vocabulary(path) == ["a", "", "é\u2028b"]


def test_what_is_no_vocabulary_is_refused(tmp_path: Path) -> None:
    """Missing, not text, too large or without the special tokens: an error with its cure."""
    path = tmp_path / "vocab.txt"
    with pytest.raises(UserError, match=r"cannot be read.*Cure"):
        read_vocabulary(path)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(UserError, match="cannot be read"):
        read_vocabulary(path)
    with path.open("wb") as stream:
        stream.truncate(MAX_VOCABULARY_BYTES + 1)
    with pytest.raises(UserError, match="too large"):
        read_vocabulary(path)
    with pytest.raises(UserError, match=r"lacks \[MASK\].*Cure"):
        WordPiece([name for name in SPECIAL if name != "[MASK]"])
