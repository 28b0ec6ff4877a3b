"""Foreign text inside our own: nobody is notified, nothing is closed, nothing is loaded, no fence is left open.

Pure. Everything that a person, a repository or a model wrote passes through here before it is posted.
"""

import re
import unicodedata

COMMENT_LIMIT = 65_536
"""GitHub's limit for a comment's or a pull request's body, in characters."""

_HTML_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_TAG = re.compile(r"<(?=[a-zA-Z/!?])")
_IMAGE = re.compile(r"!\[")
_LINK = re.compile(r"\b(?:https?|ftp)://", re.IGNORECASE)
_MENTION = re.compile(r"@(?=[A-Za-z0-9])")
_REFERENCE = re.compile(r"(?:(?<=\s)|(?<=[(\[,;:/])|^)(#|GH-)(?=\d)|(?<=[\w.-])#(?=\d)", re.MULTILINE | re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[\w.:-]{1,255}(?:/[\w./~%#?&=+-]{0,500})?", re.ASCII)
_BREAK = "\u2060"
"""WORD JOINER: invisible, and no reader of markdown sees a mention or a reference through it."""


def plain(text: str) -> str:
    """Return foreign prose that is safe to post: no mention, reference, image, link, HTML or control character."""
    text = "".join(sign for sign in text if sign in "\n\t" or not _is_invisible(sign))
    text = _HTML_COMMENT.sub("", text)
    text = _TAG.sub("&lt;", text)
    text = _IMAGE.sub("!\\[", text)
    text = _LINK.sub(lambda match: match.group().replace("://", f":{_BREAK}//"), text)
    text = _MENTION.sub(f"@{_BREAK}", text)
    return _REFERENCE.sub(lambda match: f"{match.group()}{_BREAK}", text)


def one_line(text: str, limit: int = 120) -> str:
    """Return foreign text as one safe line of at most `limit` characters."""
    line = " ".join(plain(text).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def code(text: str, language: str = "") -> str:
    """Return text as a fenced block whose fence is longer than any inside it."""
    longest = max((len(run) for run in re.findall(r"`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    shown = "".join(sign for sign in text if sign in "\n\t" or not _is_invisible(sign))
    return f"{fence}{language}\n{shown.rstrip()}\n{fence}"


def inline(text: str) -> str:
    """Return text as inline code; backticks and line ends are replaced."""
    return "`" + " ".join(text.replace("`", "'").split()) + "`"


def link(words: str, url: str) -> str:
    """Return a link of our own words to an address; nothing where the address could be anything but one."""
    return f"[{words}]({url})" if _ADDRESS.fullmatch(url) else ""


def fit(body: str, limit: int = COMMENT_LIMIT) -> str:
    """Return `body` cut at a line to GitHub's limit, with an open fence and `<details>` closed."""
    if len(body) <= limit:
        return body
    note = "\n\n_The rest was left out: it is longer than GitHub allows._\n"
    kept = body[: limit - len(note) - 64].rsplit("\n", 1)[0]
    fence = _open_fence(kept)
    if fence:
        kept += f"\n{fence}"
    kept += "\n</details>" * max(0, kept.count("<details>") - kept.count("</details>"))
    return kept + note


def _open_fence(text: str) -> str:
    fence = ""
    for line in text.splitlines():
        match = re.match(r"(`{3,})", line)
        if not match:
            continue
        if not fence:
            fence = match.group(1)
        elif line.strip() == fence:
            fence = ""
    return fence


def _is_invisible(sign: str) -> bool:
    """Say whether a sign is a control, format (zero width, direction) or private one, or half a surrogate pair."""
    return unicodedata.category(sign) in ("Cc", "Cf", "Co", "Cs", "Cn")
