"""Turns inline Markdown into the words that a reader sees. Pure; what is too long is cut."""

import re

MAX_WORDS = 4_000
"""Characters that are read."""

_SIGNS = re.compile(r"[*_`\[<~\\]")
_IMAGE = re.compile(r"!\[[^\[\]]*\](?:\([^()\s]*(?:\s[^()]*)?\)|\[[^\[\]]*\])")
_LINK = re.compile(r"\[([^\[\]]*)\](?:\([^()\s]*(?:\([^()]*\)[^()\s]*)?(?:\s[^()]*)?\)|\[[^\[\]]*\])")
_CODE = re.compile(r"(`+)([^`]+)\1(?!`)")
_TAG = re.compile(r"<!--.*?-->|</?[A-Za-z][^<>]*>")
_AUTOLINK = re.compile(r"<(https?://[^<>\s]+)>")
_EMPHASIS = re.compile(r"(?<!\\)(\*{1,3}|~~)(?=\S)([^*~]+?)(?<=[^\s\\])\1|(?<!\w)(_{1,3})(?=\S)([^_]+?)(?<=\S)\3(?!\w)")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")


def plain(text: str) -> str:
    """Return inline Markdown as the words that a reader sees, on one line."""
    text = text[:MAX_WORDS]
    if not _SIGNS.search(text):
        return " ".join(text.split())
    text = _AUTOLINK.sub(r"\1", _IMAGE.sub(" ", text))
    text = _LINK.sub(r"\1", text)
    pieces, last = [], 0
    for code in _CODE.finditer(text):
        pieces += [_plain_words(text[last : code.start()]), code[2].strip()]
        last = code.end()
    return " ".join("".join([*pieces, _plain_words(text[last:])]).split())


def _plain_words(text: str) -> str:
    text = _TAG.sub("", text)
    for _ in range(3):
        text = _EMPHASIS.sub(lambda found: found[2] or found[4] or "", text)
    return _ESCAPE.sub(r"\1", text)
