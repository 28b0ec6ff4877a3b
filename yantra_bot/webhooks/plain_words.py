"""Which characters of a Markdown comment are the author's own plain words. Pure.

Code, quotes, HTML comments, folded sections and quoted e-mail are not. Where Markdown is ambiguous this hides too much
rather than too little: a hidden command has to be written again, a command seen where none was meant does harm.
"""

import re
from bisect import bisect_left

HIDDEN = "\0"
"""Stands for one hidden character; it cannot come from the text itself, see `clean`."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_BLANK = re.compile(r"^[ \t]*$", re.MULTILINE)
_TICKS = re.compile(r"`+")
_TOKEN = re.compile(
    r"""
      (?P<escaped>  \\[\\`<] )
    | (?P<fence>    ^[ ]{0,3}(?:(?:[-*+]|[0-9]{1,9}[.)])[ \t]+)*(?P<bar>`{3,}(?=[^`\n]*$)|~{3,})[^\n]* )
    | (?P<comment>  <!-- )
    | (?P<folded>   <(?P<tag>details|blockquote|pre|code|samp|kbd|template|script|style)\b[^>\n]*>? )
    | (?P<ticks>    `+ )
    | (?P<quote>    ^[ ]{0,3}>[^\n]* )
    | (?P<indented> ^(?:[ ]{4}|[ ]{0,3}\t)[^\n]* )
    """,
    re.VERBOSE | re.MULTILINE | re.IGNORECASE | re.ASCII,
)
_MAIL_REPLY = re.compile(
    r"""
      ^On\b[^\n]{5,200}(?:\n[^\n]{0,200})?\bwrote:[ \t]*$
    | ^(?:Am|Le|El|Il)\b[^\n]{5,200}(?:schrieb[^\n]{0,100}|écrit|escribió|scritto)[ \t]?:[ \t]*$
    | ^-{2,}[ ]?(?:Original[ ]Message|Forwarded[ ]message)[ ]?-{2,}
    | ^From:[ ][^\n]{1,200}\n(?:Sent|Date|To|Subject):[ ]
    | ^--[ ]$
    """,
    re.VERBOSE | re.MULTILINE,
)


def clean(text: str) -> str:
    """Return the text with LF line ends, and U+FFFD for control characters and halves of surrogate pairs."""
    return _CONTROL.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def find_mail_reply(hidden: str) -> int:
    """Return where the message that is being answered begins, as e-mail programs append it; the length if nowhere."""
    found = _MAIL_REPLY.search(hidden)
    return found.start() if found else len(hidden)


def hide(text: str) -> str:
    """Return cleaned text, as long as before, with HIDDEN for each character that is no plain word; line ends stay."""
    spans = _Spans(text)
    parts: list[str] = []
    done = 0
    while found := _TOKEN.search(text, done):
        end = spans.end(found)
        parts.append(text[done : found.start()])
        hidden = text[found.start() : end]
        parts.append(hidden if found.lastgroup == "escaped" or end == found.end("ticks") else _blank(hidden))
        done = end
    return "".join(parts) + text[done:]


def drop_comments(text: str) -> str:
    """Return text without its HTML comments, which people do not see on the page."""
    return re.sub(r"<!--.*?(?:-->|\Z)", "", text, flags=re.DOTALL)


def _blank(text: str) -> str:
    return "\n".join(HIDDEN * len(line) for line in text.split("\n"))


class _Spans:
    """Finds where hidden stretches end. Each search starts where the last one ended, so that all of them are linear."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._blanks = [found.start() for found in _BLANK.finditer(text)]
        self._runs: dict[int, list[int]] = {}
        for found in _TICKS.finditer(text):
            self._runs.setdefault(len(found[0]), []).append(found.start())

    def end(self, token: re.Match[str]) -> int:
        if token["fence"] is not None:
            return self._fence_end(token)
        if token["comment"] is not None:
            return self._after("-->", token.end())
        if token["folded"] is not None:
            return self._folded_end(token)
        if token["ticks"] is not None:
            return self._ticks_end(token)
        if token["quote"] is not None:
            return self._quote_end(token.end())
        return token.end()

    def _after(self, closer: str, start: int) -> int:
        found = self._text.find(closer, start)
        return len(self._text) if found < 0 else found + len(closer)

    def _fence_end(self, token: re.Match[str]) -> int:
        bar = token["bar"]
        closer = re.compile(rf"^[ \t]*{re.escape(bar[0])}{{{len(bar)},}}[ \t]*$", re.MULTILINE)
        found = closer.search(self._text, token.end())
        return found.end() if found else len(self._text)

    def _folded_end(self, token: re.Match[str]) -> int:
        depth = 1
        either = re.compile(rf"<(/?){token['tag']}\b", re.IGNORECASE | re.ASCII)
        for found in either.finditer(self._text, token.end()):
            depth += -1 if found[1] else 1
            if depth == 0:
                return self._after(">", found.end())
        return len(self._text)

    def _ticks_end(self, token: re.Match[str]) -> int:
        """A code span ends at the next run of as many backticks in its paragraph; without one it is no code span."""
        starts = self._runs.get(len(token[0]), [])
        at = bisect_left(starts, token.end())
        paragraph = bisect_left(self._blanks, token.end())
        limit = self._blanks[paragraph] if paragraph < len(self._blanks) else len(self._text)
        return starts[at] + len(token[0]) if at < len(starts) and starts[at] < limit else token.end()

    def _quote_end(self, end: int) -> int:
        """A quote goes on, unmarked, to the end of its paragraph."""
        paragraph = bisect_left(self._blanks, end)
        return self._blanks[paragraph] if paragraph < len(self._blanks) else len(self._text)
