"""Reads features: the items, the headings or the table of a section that says so, or a README's first list. Pure."""

import re
from collections.abc import Iterator
from dataclasses import replace

from yantra_bot.domain.project_docs import Entry, EntryKind
from yantra_bot.graphdb.docs.markdown import Item, Page
from yantra_bot.graphdb.docs.text import bold_lead, entry_of, heading_text, is_only_links, key_of, name_of
from yantra_bot.graphdb.docs.words import plain

_SECTION = re.compile(
    r"\W*(?:(?:[\w*/-]+ ){0,2}features(?: (?:at a glance|overview|list|include[sd]?))?|highlights|capabilities"
    r"|feature (?:highlights|overview|list)|what it does|what you get|what (?:it|.{1,30}) can do)\W*",
    re.IGNORECASE,
)
# What will be, was, or is asked for is no feature; neither is a page about how to ask.
_NOT = re.compile(
    r"\b(planned|upcoming|future|missing|new|removed|deprecated|request(?:ed|s)?|unsupported|wanted|non)\b",
    re.IGNORECASE,
)
_PAGES = re.compile(
    r"^[^/]+$|(?:^|/)(?:readme|index|features?|overview|about|introduction|home)[\w-]*\.\w+$", re.IGNORECASE
)
"""Pages that present a project; a reference or a guide has features of other things."""
_DELIMITER = re.compile(r"\|?[ :]*-{3,}[ :]*\|[-| :]*$")


def read_features(page: Page) -> list[Entry]:
    """Return the features that a page lists, in the order of their lines."""
    if not _PAGES.search(page.path):
        return []
    found: list[Entry] = []
    for index, heading in enumerate(page.headings):
        words = plain(heading.text)
        if _is_section(words) and not any(_is_section(plain(above.text)) for above in page.ancestors(heading.parent)):
            found += _section(page, index)
    if not found and page.path.lower().startswith("readme."):
        found = _introduction(page)
    return sorted(found, key=lambda entry: entry.line)


def _is_section(words: str) -> bool:
    return _SECTION.fullmatch(words) is not None and not _NOT.search(words)


def _section(page: Page, index: int) -> list[Entry]:
    heading, end = page.headings[index], page.section_end(index)
    items = [
        item for item in page.items if heading.line < item.line <= end and item.depth == 0 and _says_something(item)
    ]
    below = [other for other in page.headings[index + 1 :] if other.line <= end and other.parent == index]
    rows = list(_rows(page, heading.line, end))
    if items:
        return [
            _feature(page, item, "" if item.heading == index else heading_text(page, item.heading)) for item in items
        ]
    if rows:
        return [_at(page, title, line) for line, title in rows]
    return [_at(page, plain(other.text), other.line) for other in below]


def _introduction(page: Page) -> list[Entry]:
    """Return the list that a README begins with, before its second heading or its first of level 2."""
    end = next(
        (heading.line for number, heading in enumerate(page.headings) if number or heading.level > 1),
        len(page.lines) + 1,
    )
    items = [
        item
        for item in page.items
        if item.line < end and item.depth == 0 and item.box is None and _says_something(item)
    ]
    return [_feature(page, item, "") for item in items] if len(items) > 1 else []


def _says_something(item: Item) -> bool:
    return bool(item.text) and (bool(bold_lead(item.text)[0]) or not is_only_links(item.text))


def _feature(page: Page, item: Item, group: str) -> Entry:
    return replace(entry_of(page, EntryKind.FEATURE, name_of(item.text), item), group=group)


def _at(page: Page, title: str, line: int) -> Entry:
    return Entry(EntryKind.FEATURE, title, page.path, line, line, key=key_of(page.path, line))


def _rows(page: Page, first: int, last: int) -> Iterator[tuple[int, str]]:
    """Yield the first cell of each row of the tables there, with its line."""
    is_table = False
    for number, line in page.visible(first + 1, last):
        text = line.strip()
        if is_table and "|" in text:
            title = plain(text.strip("|").split("|", 1)[0].strip())
            if title:
                yield number, title
        else:
            is_table = _DELIMITER.match(text[:400]) is not None
