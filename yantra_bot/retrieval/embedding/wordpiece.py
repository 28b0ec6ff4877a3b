"""WordPiece: text to the token numbers of a BERT vocabulary, as the published tokenizers give them.

Plain text goes in, numbers come out; this module reads nothing but its vocabulary and never fails on a text, whatever
is in it. Differences to the reference are confined to characters whose Unicode category changed since its tables.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path

from yantra_bot.errors import UserError

LONGEST_WORD = 100
"""Characters; a longer word is unknown, as in the reference."""
MAX_CHARACTERS = 200_000
"""What is read of a text; the first few hundred tokens of anything sensible lie far below."""
MAX_CACHED_WORDS = 200_000
MAX_VOCABULARY_BYTES = 16 * 1024 * 1024
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
IDEOGRAPHS = (
    (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F), (0x2B740, 0x2B81F),
    (0x2B920, 0x2CEAF), (0x2F800, 0x2FA1F),
)  # fmt: skip
_SPECIAL_WORD = re.compile("(" + "|".join(map(re.escape, SPECIAL)) + ")")


class Cleaning(dict[int, str]):
    """For `str.translate`, first pass: drops control characters, makes blanks spaces, sets ideographs apart."""

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        if sign in "\t\n\r" or (sign.isspace() and code > 0x20 and unicodedata.category(sign) != "Cc"):
            kept = " "
        elif code in (0, 0xFFFD) or unicodedata.category(sign) in ("Cc", "Cf", "Co", "Cs"):
            kept = ""
        else:
            kept = f" {sign} " if any(low <= code <= high for low, high in IDEOGRAPHS) else sign
        self[code] = kept
        return kept


class Splitting(dict[int, str]):
    """For `str.translate`, second pass: sets punctuation apart; without case also lowers and drops accents."""

    def __init__(self, *, lowers: bool) -> None:
        super().__init__()
        self._lowers = lowers

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        is_ascii_sign = 33 <= code <= 47 or 58 <= code <= 64 or 91 <= code <= 96 or 123 <= code <= 126
        category = unicodedata.category(sign)
        if is_ascii_sign or category.startswith("P"):
            kept = f" {sign} "
        elif not self._lowers:
            kept = sign
        else:
            kept = "" if category == "Mn" else sign.lower()
        self[code] = kept
        return kept


class WordPiece:
    """A vocabulary and what it knows of words so far. Thread-safe. Raises UserError when it lacks a special token.

    `lowers` drops case and accents; up to `most` words are remembered with their numbers.
    """

    def __init__(self, vocabulary: Sequence[str], *, lowers: bool = True, most: int = MAX_CACHED_WORDS) -> None:
        self.size = len(vocabulary)
        self._numbers = {piece: number for number, piece in enumerate(vocabulary)}
        missing = [name for name in SPECIAL if name not in self._numbers]
        if missing:
            raise UserError(
                f"The vocabulary lacks {', '.join(missing)}: it is no BERT vocabulary. "
                "Cure: put the vocab.txt that was published with the model beside its weights."
            )
        self._unknown = (self._numbers["[UNK]"],)
        self.begin, self.end, self.padding = (self._numbers[name] for name in ("[CLS]", "[SEP]", "[PAD]"))
        self._longest_piece = max(map(len, self._numbers))
        self._lowers, self._most = lowers, most
        self._clean, self._split = Cleaning(), Splitting(lowers=lowers)
        self._words: dict[str, tuple[int, ...]] = {}

    def encode(self, text: str, limit: int) -> list[int]:
        """Return the token numbers of a text, [CLS] and [SEP] included, at most `limit` (at least 2)."""
        return [self.begin, *self.pieces(text, max(limit, 2) - 2), self.end]

    def encode_pair(self, first: str, second: str, limit: int) -> tuple[list[int], list[int]]:
        """Return the numbers of `[CLS] first [SEP] second [SEP]` and which of the two each belongs to, 0 or 1.

        Where both do not fit, the longer is cut first, token by token.
        """
        room = max(limit, 3) - 3
        one, two = self.pieces(first, room), self.pieces(second, room)
        over = len(one) + len(two) - room
        if over > 0:
            half = room // 2
            kept = max(min(len(one), half), room - len(two))
            one, two = one[:kept], two[: room - kept]
        numbers = [self.begin, *one, self.end, *two, self.end]
        return numbers, [0] * (len(one) + 2) + [1] * (len(two) + 1)

    def pieces(self, text: str, limit: int) -> list[int]:
        """Return the first `limit` token numbers of a text, without [CLS] and [SEP]."""
        found: list[int] = []
        text = text[:MAX_CHARACTERS]
        parts = _SPECIAL_WORD.split(text) if "[" in text else [text]
        for position, part in enumerate(parts):
            if position % 2:
                found.append(self._numbers[part])
            else:
                self._add_words(self._words_of(part), found, limit)
            if len(found) >= limit:
                return found[:limit]
        return found

    def _words_of(self, text: str) -> list[str]:
        text = text.translate(self._clean)
        if self._lowers and not text.isascii():
            text = unicodedata.normalize("NFD", text)
        return text.translate(self._split).split()

    def _add_words(self, words: Iterable[str], found: list[int], limit: int) -> None:
        known = self._words
        for word in words:
            numbers = known.get(word)
            if numbers is None:
                numbers = self._numbers_of(word)
                if len(known) < self._most:
                    known[word] = numbers
            found.extend(numbers)
            if len(found) >= limit:
                return

    def _numbers_of(self, word: str) -> tuple[int, ...]:
        """Take the longest known piece from the front, again and again; a rest without one makes the word unknown."""
        if len(word) > LONGEST_WORD:
            return self._unknown
        numbers, start, mark = [], 0, ""
        while start < len(word):
            for end in range(min(len(word), start + self._longest_piece), start, -1):
                number = self._numbers.get(mark + word[start:end])
                if number is not None:
                    break
            else:
                return self._unknown
            numbers.append(number)
            start, mark = end, "##"
        return tuple(numbers)


def read_vocabulary(path: Path) -> list[str]:
    """Return the pieces of a vocab.txt, one a line, in order. Raises UserError when it cannot be read."""
    cure = "Cure: put the vocab.txt that was published with the model there."
    try:
        if path.stat().st_size > MAX_VOCABULARY_BYTES:
            raise UserError(f"{path} is too large for a vocabulary. {cure}")
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, ValueError) as problem:
        raise UserError(f"The vocabulary {path} cannot be read ({problem}). {cure}") from problem
    return [line.rstrip("\r") for line in (lines[:-1] if lines[-1] == "" else lines)]
