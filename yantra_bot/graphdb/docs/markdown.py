"""Reads the block structure of Markdown: headings and list items with their lines. Pure; linear in time.

It follows CommonMark in what decides whether a line is a heading, an item or code, and leaves inline syntax alone
(`words` reads it). Quotes, code, comments and raw HTML blocks are skipped: nothing in them is an entry. Never
raises: what is too large is cut.
"""

import re
from dataclasses import dataclass, field

MAX_TEXT = 4 * 1024 * 1024
"""Characters of a page that are read."""
MAX_LINE = 8_192
MAX_LINES = 100_000
MAX_ITEMS = 50_000
MAX_ITEM_TEXT = 4_000
MAX_NESTED_ON_LINE = 16

_ATX = re.compile(r"(#{1,6})(?:[ \t]+(.*))?$")
_CLOSING = re.compile(r"(?:^|[ \t])#+[ \t]*$")
_SETEXT = re.compile(r"(=+|-+)[ \t]*$")
_BREAK = re.compile(r"(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$")
_MARKER = re.compile(r"([-*+]|\d{1,9}[.)])([ \t]+|$)")
_FENCE = re.compile(r"(`{3,}|~{3,})(.*)$")
_RAW = re.compile(r"<(pre|script|style|textarea)(?=[\s>]|$)", re.IGNORECASE)
_CHECKBOX = re.compile(r"\[([^\[\]])\](?:[ \t]+|$)")
_LINES = re.compile(r"\r\n|\n|\r")
_FRONT = re.compile(r"([A-Za-z][\w -]{0,40}):[ \t]*(.*)$")


@dataclass(slots=True)
class Heading:
    """`line` counts from 1; `parent` is the index of the heading it stands under, -1 at the top."""

    level: int
    text: str
    line: int
    parent: int = -1


@dataclass(slots=True)
class Item:
    """One list item. `text` is its first paragraph on one line, without marker and checkbox, with its inline syntax."""

    line: int
    end_line: int
    indent: int
    marker: str
    box: str | None
    """What stands in the checkbox; None without one."""
    heading: int
    parent: int
    depth: int
    text: str = ""
    parts: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Page:
    """A read page. `hidden[i]` tells that line i + 1 is code, quote, comment or raw HTML."""

    path: str
    lines: list[str]
    headings: list[Heading] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    hidden: list[bool] = field(default_factory=list)
    front: dict[str, str] = field(default_factory=dict)
    """Simple `key: value` lines of the front matter, keys in lower case."""
    is_cut: bool = False

    def section_end(self, index: int) -> int:
        """Return the last line of the section that heading `index` opens, sections below it included."""
        level = self.headings[index].level
        after = (other.line for other in self.headings[index + 1 :] if other.level <= level)
        return next(after, len(self.lines) + 1) - 1

    def ancestors(self, index: int) -> list[Heading]:
        """Return heading `index` and those it stands under, from the inside out."""
        found = []
        while index >= 0:
            found.append(self.headings[index])
            index = self.headings[index].parent
        return found

    def visible(self, first: int, last: int) -> list[tuple[int, str]]:
        """Return the lines from `first` to `last` that are text, with their numbers."""
        span = range(max(first, 1), min(last, len(self.lines)) + 1)
        return [(number, self.lines[number - 1]) for number in span if not self.hidden[number - 1]]


def read_page(path: str, text: str) -> Page:
    """Return the structure of `text`; what exceeds the limits of this module is left out, and `is_cut` says so."""
    cut = text[:MAX_TEXT].removeprefix("\ufeff")
    whole = _LINES.split(cut, maxsplit=MAX_LINES)
    is_long = len(whole) > MAX_LINES
    del whole[MAX_LINES:]
    lines = [line[:MAX_LINE] for line in whole]
    page = Page(path, lines, hidden=[False] * len(lines))
    page.is_cut = is_long or len(text) > MAX_TEXT or any(len(line) > MAX_LINE for line in whole)
    scanner = _Scanner(page)
    for index in range(_read_front(page), len(lines)):
        scanner.take(index)
    page.is_cut |= len(page.items) == MAX_ITEMS
    for item in reversed(page.items):
        item.text = " ".join(item.parts)[:MAX_ITEM_TEXT]
        if item.parent >= 0:
            around = page.items[item.parent]
            around.end_line = max(around.end_line, item.end_line)
    return page


def _read_front(page: Page) -> int:
    """Read the front matter; return the index of the first line after it."""
    if not page.lines or page.lines[0].rstrip() != "---":
        return 0
    for index in range(1, min(len(page.lines), 200)):
        if page.lines[index].rstrip() in {"---", "..."}:
            page.hidden[: index + 1] = [True] * (index + 1)
            return index + 1
        found = _FRONT.match(page.lines[index])
        if found:
            page.front[found[1].strip().lower()] = found[2].strip().strip("\"'")
    page.front.clear()
    return 0


class _Scanner:
    """The state between two lines of a page."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._stack: list[tuple[int, int]] = []
        """Open items: the column where their content begins, and their index."""
        self._fence = ""
        self._fence_column = 0
        self._raw_end = ""
        self._paragraph: list[str] = []
        """The open paragraph of the page itself, for a heading that is underlined."""
        self._in_paragraph = False
        self._is_collecting = False
        """Whether the next text still belongs to the first paragraph of the innermost item."""
        self._open: list[int] = []
        """Indexes of the headings that the next line stands under."""

    def take(self, index: int) -> None:
        line = self._page.lines[index].expandtabs(4)
        body = line.lstrip(" ")
        if not body.strip():
            self._take_blank(index)
            return
        indent = len(line) - len(body)
        if self._take_raw(index, body) or self._take_fenced(index, body, indent):
            return
        self._close_items(body, indent)
        base = self._stack[-1][0] if self._stack else 0
        if indent - base >= 4:
            self._take_indented(index, body)
        elif not self._take_block(index, body.rstrip(), indent):
            self._take_text(body.strip(), index)

    def _take_indented(self, index: int, body: str) -> None:
        """Take a line that is too far in to begin anything: it goes on with a paragraph, or is code."""
        if self._in_paragraph:
            self._take_text(body.strip(), index)
        else:
            self._hide(index)

    def _take_blank(self, index: int) -> None:
        self._page.hidden[index] = bool(self._fence or self._raw_end)
        self._end_paragraph()

    def _take_raw(self, index: int, body: str) -> bool:
        if self._raw_end:
            self._page.hidden[index] = True
            if self._raw_end in body.lower():
                self._raw_end = ""
            return True
        if self._fence or not body.startswith("<"):
            return False
        raw = _RAW.match(body)
        end = "-->" if body.startswith("<!--") else f"</{raw[1].lower()}>" if raw else ""
        if end:
            self._hide(index)
            self._raw_end = "" if end in body.lower() else end
        return bool(end)

    def _take_fenced(self, index: int, body: str, indent: int) -> bool:
        if self._fence:
            if indent >= self._fence_column:
                self._page.hidden[index] = True
                found = _FENCE.match(body)
                if found and found[1].startswith(self._fence) and not found[2].strip():
                    self._fence = ""
                return True
            self._fence = ""
        base = self._stack[-1][0] if self._stack else 0
        found = _FENCE.match(body) if body[0] in "`~" and indent - base < 4 else None
        if not found or (found[1][0] == "`" and "`" in found[2]):
            return False
        self._close_items(body, indent)
        self._fence, self._fence_column = found[1], self._stack[-1][0] if self._stack else 0
        self._hide(index)
        return True

    def _hide(self, index: int) -> None:
        self._page.hidden[index] = True
        self._end_paragraph()
        self._extend(index)

    def _close_items(self, body: str, indent: int) -> None:
        is_lazy = self._in_paragraph and not self._starts_block(body)
        while self._stack and indent < self._stack[-1][0] and not is_lazy:
            self._stack.pop()
            self._end_paragraph()

    def _starts_block(self, body: str) -> bool:
        marker = _MARKER.match(body)
        starts_list = marker is not None and bool(marker[2]) and (not marker[1][0].isdigit() or bool(self._stack))
        return starts_list or body[0] in "#>" or bool(_FENCE.match(body) or _BREAK.match(body.rstrip()))

    def _take_block(self, index: int, body: str, indent: int) -> bool:
        """Take the line as something other than plain text, if it is."""
        if body[0] == ">":
            self._hide(index)
            return True
        atx = _ATX.match(body)
        if atx:
            self._end_paragraph()
            if not self._stack:
                self._add_heading(len(atx[1]), _CLOSING.sub("", atx[2] or "").strip(), index + 1)
            return True
        if not self._stack and self._paragraph and _SETEXT.match(body):
            text, first = " ".join(self._paragraph), index + 1 - len(self._paragraph)
            self._end_paragraph()
            self._add_heading(1 if body[0] == "=" else 2, text, first)
            return True
        if _BREAK.match(body):
            self._end_paragraph()
            return True
        return self._take_items(index, body, indent)

    def _take_items(self, index: int, body: str, column: int) -> bool:
        is_taken = False
        for _ in range(MAX_NESTED_ON_LINE):
            marker = _MARKER.match(body)
            if marker is None or len(self._page.items) >= MAX_ITEMS:
                break
            if (
                self._in_paragraph
                and not self._stack
                and (not marker[2] or marker[1] not in {"-", "*", "+", "1.", "1)"})
            ):
                break
            space = len(marker[2]) if 0 < len(marker[2]) < 5 else 1
            content = column + len(marker[1]) + space
            body = body[len(marker[1]) + space :]
            body = self._add_item(index, column, content, marker[1], body)
            column, is_taken = content, True
        if is_taken:
            self._take_text(body.strip(), index)
        return is_taken

    def _add_item(self, index: int, column: int, content: int, marker: str, body: str) -> str:
        """Open an item; return what is left of the line after its checkbox."""
        self._end_paragraph()
        box = _CHECKBOX.match(body)
        parent = self._stack[-1][1] if self._stack else -1
        items = self._page.items
        heading = self._open[-1] if self._open else -1
        depth = len(self._stack)
        items.append(Item(index + 1, index + 1, column, marker, box[1] if box else None, heading, parent, depth))
        self._stack.append((content, len(items) - 1))
        self._is_collecting = True
        return body[box.end() :] if box else body

    def _take_text(self, text: str, index: int) -> None:
        self._extend(index)
        if not text:
            return
        if not self._stack:
            self._paragraph.append(text)
        elif self._is_collecting:
            self._page.items[self._stack[-1][1]].parts.append(text)
        self._in_paragraph = True

    def _extend(self, index: int) -> None:
        """Let the open items reach to this line; those around one get their end when they are asked for."""
        if self._stack:
            self._page.items[self._stack[-1][1]].end_line = index + 1

    def _end_paragraph(self) -> None:
        self._paragraph = []
        self._in_paragraph = self._is_collecting = False

    def _add_heading(self, level: int, text: str, line: int) -> None:
        headings = self._page.headings
        while self._open and headings[self._open[-1]].level >= level:
            self._open.pop()
        headings.append(Heading(level, text, line, self._open[-1] if self._open else -1))
        self._open.append(len(headings) - 1)
