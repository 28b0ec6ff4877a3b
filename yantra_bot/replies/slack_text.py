"""Text as Slack reads it: what strangers wrote calls nobody, links nowhere and formats nothing. Pure.

Slack reads `<…>` as mentions, links and broadcasts; everything that could begin one is written as an entity, unless it
is a link of our own to an address over HTTP that does not pretend to be another one.
"""

import re
import unicodedata
from collections.abc import Callable

_ENTITY = re.compile(r"&(?!(?:amp|lt|gt);)")
_LINK = re.compile(r"<(https?://[\w.:\[\]-]{1,255}(?:/[\w./~%#?&=+:,@!-]{0,1000})?)(?:\|([^<>|\n]{1,200}))?>", re.ASCII)
_MARKDOWN_LINK = re.compile(r"(?<!!)\[([^\[\]\n]{1,200})\]\((https?://[^\s()<>|]{1,1000})\)")
_BARE = re.compile(r"(?<![\w<|(\"'/])https?://[\w.:-]{1,255}(?:/[\w./~%#?&=+-]{0,500})?", re.ASCII)
_BOLD = re.compile(r"\*\*([^*\n]{1,500})\*\*")
_HEADING = re.compile(r"^#{1,6}\s+(.+)$", re.MULTILINE)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_DETAILS = re.compile(r"</?(?:details|summary|sub|br)[^>\n]{0,40}>")
_NAMES_A_PLACE = re.compile(r"://|\b[\w-]+\.[a-z]{2,}\b(?!\()|^@|^#", re.IGNORECASE)
"""What a link shows may not look like an address, a person or a channel."""


def escape(text: str) -> str:
    """Return a stranger's text that Slack shows as it is: no mention, link, broadcast or invisible sign in it."""
    text = "".join(sign for sign in text if sign in "\n\t" or not _is_invisible(sign))
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def one_line(text: str, limit: int = 120) -> str:
    """Return a stranger's text as one harmless line of at most `limit` characters, its formatting broken."""
    line = " ".join(
        text.replace("`", "'").replace("*", "∗").replace("_", "＿" if text.startswith("_") else "_").split()
    )
    return escape(line if len(line) <= limit else line[: limit - 1].rstrip() + "…")


def link(words: str, url: str) -> str:
    """Return a link of our own words to an address; the words alone where the address could be anything but one."""
    shown = f"<{url}|{escape(words).replace('|', '¦')}>"
    return shown if _LINK.fullmatch(shown) else escape(words)


def own_words(text: str) -> str:
    """Return wording of our own with its links, and with everything else that Slack would act on written as signs.

    What is an entity already stays one. A link whose words look like another address shows its address instead.
    """
    parts, end = [], 0
    for found in _LINK.finditer(text):
        parts += [_own(text[end : found.start()]), _keep(found[1], found[2])]
        end = found.end()
    return "".join([*parts, _own(text[end:])])


def from_markdown(text: str) -> str:
    """Return wording that was made for the forge as Slack reads it: bold, links and headings, all else as it is."""
    text = _DETAILS.sub("", _COMMENT.sub("", text))
    text = _HEADING.sub(lambda found: f"**{found[1]}**", text)
    parts, end = [], 0
    for found in re.finditer(r"```.*?(?:```|\Z)|`[^`\n]*`", text, re.DOTALL):
        parts += [_prose(text[end : found.start()]), escape(_without_language(found[0]))]
        end = found.end()
    return "".join([*parts, _prose(text[end:])]).strip()


def _prose(text: str) -> str:
    parts, end = [], 0
    for found in _MARKDOWN_LINK.finditer(text):
        parts += [_bare(text[end : found.start()]), _keep(found[2], found[1].replace("|", "¦").replace("`", "'"))]
        end = found.end()
    return _BOLD.sub(r"*\1*", "".join([*parts, _bare(text[end:])]))


def _own(text: str) -> str:
    return _with_links(text, _flat)


def _bare(text: str) -> str:
    return _with_links(text, escape)


def _with_links(text: str, make_harmless: Callable[[str], str]) -> str:
    """Make a link of each address that shows itself, and everything else harmless."""
    parts, end = [], 0
    for found in _BARE.finditer(text):
        address = found[0].rstrip(".,;:!?")
        parts += [make_harmless(text[end : found.start()]), f"<{address}>", make_harmless(found[0][len(address) :])]
        end = found.end()
    return "".join([*parts, make_harmless(text[end:])])


def _without_language(fenced: str) -> str:
    return re.sub(r"\A```[\w+-]+\n", "```\n", fenced)


def _keep(url: str, words: str | None) -> str:
    """Return a link; its words only where they pretend nothing."""
    if not _LINK.fullmatch(f"<{url}>"):
        return escape(words or url)
    if words is None or _NAMES_A_PLACE.search(words):
        return f"<{url}>"
    return f"<{url}|{_flat(words)}>"


def _flat(text: str) -> str:
    text = "".join(sign for sign in text if sign in "\n\t" or not _is_invisible(sign))
    return _ENTITY.sub("&amp;", text).replace("<", "&lt;").replace(">", "&gt;")


def _is_invisible(sign: str) -> bool:
    """Say whether a sign is a control, format (zero width, direction) or private one, or half a surrogate pair."""
    return unicodedata.category(sign) in ("Cc", "Cf", "Co", "Cs", "Cn")
