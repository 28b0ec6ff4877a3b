"""Reads decisions: one page each (architecture decision records), or the items of a section "Decisions". Pure."""

import re

from yantra_bot.domain.project_docs import Entry, EntryKind, Status
from yantra_bot.graphdb.docs.markdown import Page
from yantra_bot.graphdb.docs.text import date_in, entry_of, is_only_links, key_of, name_of, references_of
from yantra_bot.graphdb.docs.words import plain

DECISION_FOLDERS = frozenset(
    {
        "adr",
        "adrs",
        "decisions",
        "decision",
        "decision-records",
        "architecture-decisions",
        "architecture-decision-records",
    }
)

_SECTION = re.compile(r"(?:[\w-]+ ){0,2}decisions\b", re.IGNORECASE)
_FILE_NUMBER = re.compile(r"(?:adr[-_ ]?)?0*(\d{1,5})(?=[-_. ]|$)", re.IGNORECASE)
_TITLE_NUMBER = re.compile(
    r"(?:(?:adr|decision)[-_ ]?#?0*(\d{1,5})|0*(\d{1,5})(?=[.:) ]))\s*[.:)–—-]*\s*", re.IGNORECASE
)
_PREFIX = re.compile(r"(?:adr|architecture decision record|decision)\s*[:–—-]\s*", re.IGNORECASE)
_FIELD = re.compile(
    r"\s*(?:[-*+] +)?[*_]{0,2}(status|date|decided|decision date)[*_]{0,2}\s*:[*_]{0,2}\s*(.*)$", re.IGNORECASE
)
_INDEX_NAMES = frozenset({"readme", "index", "template", "adr-template", "overview", "decisions", "adr"})
# The first that is found decides: a record that was accepted once and is superseded now says both.
_STATUS = (
    (re.compile(r"\bsuperseded\b|\breplaced by\b|\bobsoleted?\b", re.IGNORECASE), Status.SUPERSEDED),
    (re.compile(r"\bdeprecated\b|\bretired\b", re.IGNORECASE), Status.DEPRECATED),
    (re.compile(r"\brejected\b|\bdeclined\b|\bwithdrawn\b|\babandoned\b", re.IGNORECASE), Status.REJECTED),
    (re.compile(r"\b(?:accepted|approved|adopted|implemented|decided|active)\b", re.IGNORECASE), Status.ACCEPTED),
    (re.compile(r"\b(?:proposed|draft|pending|in review|under discussion)\b", re.IGNORECASE), Status.PROPOSED),
)


def read_status(text: str) -> Status | None:
    """Return the status that a text names; None where it names none, or a template's choice of several."""
    if text.count("|") >= 2:
        return None
    return next((status for pattern, status in _STATUS if pattern.search(text)), None)


def is_record(page: Page) -> bool:
    """Tell whether a page is one decision: it lies among decisions or is named as one, and is no index of them."""
    *folders, name = page.path.lower().split("/")
    stem = name.rsplit(".", 1)[0]
    if stem in _INDEX_NAMES or not page.headings:
        return False
    number = _FILE_NUMBER.match(stem)
    is_numbered = number is not None and number[1] != "0"
    if "template" in stem and not is_numbered:
        return False
    if re.match(r"adr[-_ ]?\d", stem):
        return True
    return any(folder in DECISION_FOLDERS for folder in folders) and (is_numbered or _status_of(page) is not None)


def read_record(page: Page) -> Entry:
    """Return the decision that a page is."""
    title = plain(page.headings[0].text)
    in_title = _TITLE_NUMBER.match(title)
    stem = page.path.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    in_name = _FILE_NUMBER.match(stem)
    number = in_name[1] if in_name else (in_title[1] or in_title[2]) if in_title else ""
    if in_title:
        title = title[in_title.end() :] or title
    title = _PREFIX.sub("", title, count=1)
    line = page.headings[0].line
    return Entry(
        EntryKind.DECISION,
        title,
        page.path,
        line,
        len(page.lines),
        status=_status_of(page),
        number=number,
        date=_field(page, "date") or _field(page, "decided") or _field(page, "decision date"),
        references=references_of("\n".join(text for _, text in page.visible(1, 400))),
        key=key_of(page.path, line),
    )


def _field(page: Page, name: str) -> str:
    """Return the value of a line such as `Date: 2024-05-01` near the top, or of the front matter."""
    if name in page.front:
        return page.front[name]
    for _, line in page.visible(1, 40):
        found = _FIELD.match(line[:400])
        if found and found[1].lower() == name:
            return date_in(found[2]) or plain(found[2])
    return ""


def _status_of(page: Page) -> Status | None:
    for index, heading in enumerate(page.headings[:40]):
        if plain(heading.text).lower().rstrip(":") == "status":
            end = page.headings[index + 1].line - 1 if index + 1 < len(page.headings) else len(page.lines)
            lines = [text for _, text in page.visible(heading.line + 1, min(end, heading.line + 20)) if text.strip()]
            return read_status("\n".join(lines[:4]))
    return read_status(_field(page, "status"))


def read_decisions(page: Page) -> list[Entry]:
    """Return the decisions that a page lists: the items of its sections "Decisions", or the headings below those."""
    found: list[Entry] = []
    for index, heading in enumerate(page.headings):
        if not _SECTION.match(plain(heading.text)) or any(
            _SECTION.match(plain(above.text)) for above in page.ancestors(heading.parent)
        ):
            continue
        end = page.section_end(index)
        items = [item for item in page.items if heading.line < item.line <= end and item.depth == 0]
        below = [other for other in page.headings[index + 1 :] if other.line <= end and other.parent == index]
        if below and not any(item.heading == index for item in items):
            found += [_from_heading(page, plain(other.text), other.line) for other in below]
        else:
            kept = [item for item in items if item.text and not is_only_links(item.text)]
            found += [entry_of(page, EntryKind.DECISION, name_of(item.text), item) for item in kept]
    return found


def _from_heading(page: Page, title: str, line: int) -> Entry:
    number = _TITLE_NUMBER.match(title)
    rest = title[number.end() :] if number else title
    label = (number[1] or number[2] or "") if number else ""
    return Entry(EntryKind.DECISION, rest or title, page.path, line, line, number=label, key=key_of(page.path, line))
