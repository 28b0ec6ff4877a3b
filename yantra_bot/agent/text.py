"""A file's bytes as text and back, so that what is not edited stays as it was, to the byte. Pure."""

import codecs
import re
from bisect import bisect_left
from dataclasses import dataclass

from yantra_bot.errors import UserError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(rb"coding[:=][ \t]*([-\w.]{1,40})")
# Encodings in which a text's bytes are its characters' bytes one after the other: only these can be edited in part.
_STATELESS = re.compile(r"(cp\d+|iso8859-\d+|koi8-[rtu]|mac-\w+|gbk|gb18030|big5|euc_jp|euc_kr|shift_jis)$")


@dataclass(frozen=True, slots=True)
class Document:
    """A text file. `text` keeps every line ending as it is; `mark` is the byte order mark."""

    text: str
    encoding: str
    mark: bytes = b""

    def encode(self, text: str) -> bytes:
        """Return `text` in this file's encoding, without the mark; UserError when a character has no place in it."""
        try:
            return text.encode(self.encoding)
        except UnicodeEncodeError as error:
            missing = ascii(text[error.start])
            raise UserError(
                f"The file is encoded in {self.encoding}, which has no {missing}. Write the text without it."
            ) from error


def decode(data: bytes) -> Document:
    """Return `data` as text that encodes back to the same bytes; UserError when it is binary."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            text = _decode_exactly(data[len(mark) :], encoding)
            if text is None:
                break
            return Document(text, encoding, mark)
    else:
        if b"\0" not in data:
            return _decode_unmarked(data)
    raise UserError("The file is binary and cannot be shown or edited as text. Replace it whole, or leave it.")


def _decode_unmarked(data: bytes) -> Document:
    for encoding in ("utf-8", _declared_encoding(data), "latin-1"):
        text = _decode_exactly(data, encoding)
        if text is not None:
            return Document(text, encoding)
    raise AssertionError("latin-1 decodes everything")


def _declared_encoding(data: bytes) -> str:
    declared = _DECLARED.search(b"\n".join(data[:400].splitlines()[:2]))
    try:
        name = codecs.lookup(declared.group(1).decode("ascii")).name if declared else "latin-1"
    except (LookupError, UnicodeDecodeError):
        return "latin-1"
    return name if _STATELESS.match(name) else "latin-1"


def _decode_exactly(data: bytes, encoding: str) -> str | None:
    try:
        text = data.decode(encoding)
        return text if text.encode(encoding) == data else None
    except UnicodeError:
        return None


@dataclass(frozen=True, slots=True)
class Lines:
    """A text with every CRLF read as LF, and the way back to where each character stands in the text itself."""

    text: str
    pairs: tuple[int, ...]
    """Where in `text` those line feeds are that stand for a CRLF, rising."""

    def position(self, index: int) -> int:
        """Return where in the original the character at `index` of `text` begins."""
        return index + bisect_left(self.pairs, index)

    def newline_near(self, index: int) -> str:
        """Return the line ending in use at `index`: of that line, else of the one before it, else LF."""
        end = self.text.find("\n", index)
        if end < 0:
            end = self.text.rfind("\n")
        place = bisect_left(self.pairs, end)
        return "\r\n" if end >= 0 and place < len(self.pairs) and self.pairs[place] == end else "\n"


def read_lines(text: str) -> Lines:
    """Return `text` with LF for every CRLF; a lone CR is a character like others."""
    if "\r\n" not in text:
        return Lines(text, ())
    pairs = tuple(match.start() - count for count, match in enumerate(re.finditer("\r\n", text)))
    return Lines(text.replace("\r\n", "\n"), pairs)
