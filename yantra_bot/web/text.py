"""The text of a page: what a person would read of it, without what moves, hides or decorates. Pure; runs nothing."""

import re
from html.parser import HTMLParser
from typing import Final

_SILENT: Final = frozenset({"script", "style", "noscript", "template", "svg", "iframe", "object", "head"})
_BREAKING: Final = frozenset(
    {"p", "div", "section", "article", "br", "tr", "table", "ul", "ol", "dl", "dt", "dd", "pre", "blockquote", "hr"}
    | {"h1", "h2", "h3", "h4", "h5", "h6", "header", "footer", "main", "nav", "aside", "form", "figure"}
)
_HEADINGS: Final = {f"h{level}": "#" * level for level in range(1, 7)}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.title = ""
        self._silent = ""
        self._depth = 0
        self._pre = 0
        self._is_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "title" and not self.title:
            self._is_title = True
        if self._silent:
            self._depth += tag == self._silent
            return
        if tag in _SILENT:
            self._silent, self._depth = tag, 1
            return
        self._pre += tag == "pre"
        if tag in _BREAKING or tag == "li":
            self.parts.append("\n" + (f"{_HEADINGS[tag]} " if tag in _HEADINGS else "- " if tag == "li" else ""))
        elif tag in ("td", "th"):
            self.parts.append("\t")

    def handle_endtag(self, tag: str) -> None:
        self._is_title = self._is_title and tag != "title"
        if self._silent:
            self._depth -= tag == self._silent
            # A body begins where a head was never closed.
            self._silent = "" if self._depth <= 0 else self._silent
            return
        self._pre = max(0, self._pre - (tag == "pre"))
        if tag in _BREAKING:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if self._is_title:
            self.title += data
        elif not self._silent:
            self.parts.append(data if self._pre else re.sub(r"\s+", " ", data))


def read_html(markup: str) -> str:
    """Return the text of a page, its title first."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    joined = "".join(reader.parts).replace("\r", "")
    text = re.sub(r"\n{3,}", "\n\n", re.sub(r" +$", "", joined, flags=re.MULTILINE)).strip()
    title = " ".join(reader.title.split())
    return f"{title}\n\n{text}".strip()
