"""Sentences as GitHub's Markdown: a stranger's text is read and does nothing, and what is quoted is shown as code.

Pure. On top of `replies.text`, which defuses mentions, references and links, nothing that passes here can begin a
heading, a list, a table, emphasis, HTML or an entity.
"""

import re
from dataclasses import dataclass
from urllib.parse import quote as quote_url

from yantra_bot.domain.findings import Side
from yantra_bot.domain.redaction import redact
from yantra_bot.replies.review.quoting import MAX_NAME, pieces, place
from yantra_bot.replies.text import plain

MAX_SENTENCE = 1_200
_BREAK = "\u2060"
_SIGNS = re.compile(r"([\\`*_\[\]|~])")
_WEB = re.compile(r"\bwww\.", re.IGNORECASE)
_NUMBER = re.compile(r"#(?=\d)|\bGH-(?=\d)", re.IGNORECASE)
_START = re.compile(r"^(?:[#>+=-]|\d{1,9}(?=[.)]))")
_INVISIBLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
_UNSHOWABLE = re.compile("[\ud800-\udfff\U000e0000-\U000e007f]")


def say(sentence: str, limit: int = MAX_SENTENCE) -> str:
    """Return a sentence as one line of Markdown of at most `limit` signs before escapes."""
    line = " ".join(redact(sentence[: limit * 4]).split())
    line = line if len(line) <= limit else line[: limit - 1].rstrip("`") + "…"
    return "".join(code_span(text) if is_quoted else _defuse(text) for text, is_quoted in pieces(line))


def paragraph(sentence: str) -> str:
    """Return a sentence that may stand at the start of a line, where some signs would begin a block."""
    said = say(sentence)
    begin = _START.match(said)
    if begin is None:
        return said
    end = begin.end()
    return f"\\{said}" if end == 1 and not said[0].isdigit() else f"{said[:end]}\\{said[end:]}"


def code_span(text: str) -> str:
    """Return foreign text as inline code; a sign that cannot be seen is written as its code point."""
    line = " ".join(redact(text).replace("`", "'").split())
    return f"`{visible(line) or '?'}`"


def cell(said: str) -> str:
    """Return Markdown of one line for a cell of a table, in which a bar would begin the next one even in code."""
    return re.sub(r"(?<!\\)\|", r"\\|", said)


def visible(text: str) -> str:
    r"""Return text of one line in which each sign that cannot be seen is written as its code point, like \u202e."""
    return _UNSHOWABLE.sub(_spell, _INVISIBLE.sub(_spell, text))


def _spell(match: re.Match[str]) -> str:
    return f"\\u{ord(match.group()):04x}"


def _defuse(text: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = plain(_SIGNS.sub(r"\\\1", text))
    text = _WEB.sub(lambda match: f"{match.group()[:-1]}{_BREAK}.", text)
    return _NUMBER.sub(lambda match: match.group() + _BREAK, text)


def details(summary: str, lines: list[str]) -> list[str]:
    """Return lines that are folded away under a summary, which is ours."""
    return [f"<details><summary>{summary}</summary>", "", *lines, "", "</details>"]


@dataclass(frozen=True, slots=True)
class Links:
    """Where places of the two versions can be opened. Without a repository's address places are only named."""

    repository_url: str = ""
    """For example `https://forge.example/owner/name`."""
    base: str = ""
    """The commit."""
    head: str = ""

    def show(self, path: str, line: int = 0, side: Side = Side.HEAD) -> str:
        """Return a place, as a link where there is an address."""
        [(shown, _)] = pieces(place(path, line))
        commit = self.head if side is Side.HEAD else self.base
        is_linked = self.repository_url and commit and not _UNSHOWABLE.search(path) and len(path) <= MAX_NAME * 2
        if not is_linked:
            return code_span(shown)
        anchor = f"#L{line}" if line > 0 else ""
        return f"[{code_span(shown)}]({self.repository_url}/blob/{quote_url(commit)}/{quote_url(path)}{anchor})"
