"""Reads changes out of a changelog: one entry for each item under the heading of a version. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from yantra_bot.domain.project_docs import Entry, EntryKind, Status
from yantra_bot.graphdb.docs.markdown import Item, Page
from yantra_bot.graphdb.docs.text import date_in, entry_of, first_sentence
from yantra_bot.graphdb.docs.words import plain

CHANGELOG_NAMES = frozenset({"changelog", "changes", "change log", "history", "news", "releases", "release notes"})

_VERSION = re.compile(
    r"[\[(]?(?:v(?:ersion)? ?|release ?)?"
    r"(\d{1,8}(?:[.-]\d{1,8})+(?:[-+.]?[0-9A-Za-z]{1,20}){0,4})[\])]?(?=[\s:,(\[–—-]|$)",
    re.IGNORECASE,
)
_PRODUCT = re.compile(r"[A-Za-z][\w.-]{0,30} (?=[\[(v\d])")
_SHORT_VERSION = re.compile(r"\[?(?:v|version |release )(\d{1,8})\]?(?=[\s:,(–—-]|$)", re.IGNORECASE)
_UNRELEASED = re.compile(
    r"\W?(unreleased|upcoming|next(?: release| version)?|head|development|not released)\b", re.IGNORECASE
)
_BOLD_LINE = re.compile(r"(\*{2,3}|__)([^*_]{1,60})\1:?$")


@dataclass(frozen=True, slots=True)
class Version:
    """A heading that opens the changes of one version."""

    name: str
    status: Status
    date: str


def is_changelog_title(text: str) -> bool:
    """Tell whether a heading or the name of a file says that versions and their changes follow."""
    words = re.sub(r"[_-]+", " ", text).strip().lower()
    return words in CHANGELOG_NAMES or words.endswith((" changelog", " change log", " release notes", " history"))


def read_version(heading: str) -> Version | None:
    """Return what the plain text of a heading says about a version; None when it names none."""
    if _UNRELEASED.match(heading):
        return Version("Unreleased", Status.UNRELEASED, "")
    product = _PRODUCT.match(heading)
    found = _VERSION.match(heading) or _SHORT_VERSION.match(heading)
    if found is None and product:
        found = _VERSION.match(heading, product.end())
    if found is None:
        return None
    rest = heading[found.end() :]
    is_open = "unreleased" in rest.lower() or "not released" in rest.lower()
    status = Status.YANKED if "yanked" in rest.lower() else Status.UNRELEASED if is_open else Status.RELEASED
    return Version(found[1], status, date_in(rest) or date_in(found[1]))


def read_changes(page: Page, *, within: int = -1) -> list[Entry]:
    """Return the changes of a page, or only of the section that heading `within` opens."""
    first, last = 1, len(page.lines)
    if within >= 0:
        first, last = page.headings[within].line, page.section_end(within)
    places = [_place_of(page, index) for index in range(len(page.headings))]
    bold = dict(_bold_lines(page))
    found = []
    for index, item in enumerate(page.items):
        if not first <= item.line <= last or item.heading < 0 or not _is_entry(page, index):
            continue
        version, category = places[item.heading]
        if version is not None:
            category = _group_above(page, item) or bold.get(_bold_before(page, item, bold), "") or category
            found.append(_change(page, item, version, category))
    return found


def _place_of(page: Page, index: int) -> tuple[Version | None, str]:
    """Return the version that heading `index` stands under, and the category that it names itself."""
    category = ""
    for heading in page.ancestors(index):
        words = plain(heading.text)
        version = read_version(words)
        if version is not None:
            return version, category
        category = category or words.rstrip(":")
    return None, ""


def _bold_lines(page: Page) -> Iterator[tuple[int, str]]:
    """Yield the lines that stand for a category without being a heading: nothing but bold words."""
    for number, line in page.visible(1, len(page.lines)):
        if line[:2] in {"**", "__"}:
            found = _BOLD_LINE.match(line.strip())
            if found:
                yield number, found[2].strip().rstrip(":")


def _bold_before(page: Page, item: Item, bold: dict[int, str]) -> int:
    """Return the last of such lines above the item and in its section; 0 when there is none."""
    if not bold:
        return 0
    start = page.headings[item.heading].line
    return max((line for line in bold if start < line < item.line), default=0)


def _is_group(page: Page, index: int) -> bool:
    """Tell whether an item only gathers those below it: `- Fixed:`."""
    item = page.items[index]
    has_children = index + 1 < len(page.items) and page.items[index + 1].parent == index
    return has_children and len(item.text) <= 40 and item.text.rstrip("*_ ").endswith(":")


def _is_entry(page: Page, index: int) -> bool:
    item = page.items[index]
    if not item.text or _is_group(page, index):
        return False
    return item.depth == 0 or (item.depth == 1 and _is_group(page, item.parent))


def _group_above(page: Page, item: Item) -> str:
    return plain(page.items[item.parent].text).rstrip(":") if item.parent >= 0 else ""


def _change(page: Page, item: Item, version: Version, category: str) -> Entry:
    entry = entry_of(page, EntryKind.CHANGE, first_sentence(plain(item.text)), item)
    return replace(entry, group=version.name, status=version.status, date=version.date, category=category)
