"""Adds an entry to a project's Markdown, in the style of the page, or refuses where the place is not certain. Pure.

It returns the new text of one page; `files` writes it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from yantra_bot.domain.project_docs import Entry, EntryKind, Status
from yantra_bot.errors import UserError
from yantra_bot.graphdb.docs.markdown import Item, Page, read_page
from yantra_bot.graphdb.docs.records import add_record, find_record_folders
from yantra_bot.graphdb.docs.registry import read_pages
from yantra_bot.graphdb.docs.style import ListStyle, blanks_after, blanks_before, last_text_line, open_draft, style_of
from yantra_bot.graphdb.docs.text import bold_lead, same_title
from yantra_bot.graphdb.docs.versions import add_change
from yantra_bot.graphdb.docs.writing import Edit, NewEntry, check_words, pick_page

_BOXES = {Status.OPEN: " ", Status.DONE: "x"}


def add_entry(pages: Mapping[str, str], new: NewEntry) -> Edit:
    """Return the page that `new` belongs to with it added; raise UserError, which says what to name, where unsure."""
    check_words(new)
    registry = read_pages(pages)
    _refuse_duplicate(registry.entries, new)
    if new.kind is EntryKind.CHANGE:
        return add_change(pages, new)
    if new.kind is EntryKind.DECISION and (find_record_folders(pages) or not _has(registry.entries, new)):
        return add_record(pages, new)
    return _add_item(pages, registry.entries, new)


def _has(entries: Sequence[Entry], new: NewEntry) -> bool:
    return any(entry.kind is new.kind for entry in entries)


def _refuse_duplicate(entries: Sequence[Entry], new: NewEntry) -> None:
    title = same_title(new.title)
    for entry in entries:
        if entry.kind is not new.kind or same_title(entry.title) != title:
            continue
        if entry.kind is EntryKind.CHANGE and entry.status is not Status.UNRELEASED:
            continue
        if entry.kind is EntryKind.TASK and new.group and same_title(entry.group) != same_title(new.group):
            continue
        raise UserError(f"{entry.key} already has the {new.kind} {entry.title!r}. Edit it there.")


@dataclass(frozen=True, slots=True)
class _Place:
    """The items of one list that a new one may follow."""

    page: Page
    heading: int
    items: list[Item]


def _add_item(pages: Mapping[str, str], entries: Sequence[Entry], new: NewEntry) -> Edit:
    own = [entry for entry in entries if entry.kind is new.kind and not entry.parent]
    path = pick_page(pages, sorted({entry.path for entry in own}), new)
    page = read_page(path, pages.get(path, ""))
    places = _places(page, [entry for entry in own if entry.path == path])
    place = _choose(page, places, new)
    draft = open_draft(pages.get(path, ""))
    if place is None:
        lines = _new_section(page, new)
        draft.insert(last_text_line(page, 0, len(page.lines)) if draft.lines else 0, lines)
        added = draft.first_added + len(lines) - 1 - len(new.user_actions)
        return Edit(path, draft.text, added)
    style = style_of(page, place.items)
    text = _decorate(place.items[-1], new)
    lines = style.write(text, below=[f"User action: {action}" for action in new.user_actions])
    draft.insert(place.items[-1].end_line, [""] * style.is_loose + lines)
    return Edit(path, draft.text, draft.first_added + style.is_loose)


def _places(page: Page, entries: Sequence[Entry]) -> list[_Place]:
    """Return the lists that hold entries of the kind: one for each heading, in order."""
    lines = {entry.line for entry in entries}
    found: dict[int, list[Item]] = {}
    for item in page.items:
        if item.line in lines and item.depth == 0:
            found.setdefault(item.heading, []).append(item)
    return [_Place(page, heading, items) for heading, items in found.items()]


def _choose(page: Page, places: Sequence[_Place], new: NewEntry) -> _Place | None:
    """Return the list to add to; None when a new section is asked for or the page is empty."""
    if new.group:
        same = [place for place in places if _is_group(page, place.heading, new.group)]
        if len(same) == 1:
            return same[0]
        if not same and (new.creates_group or not places):
            return None
        fault = "is named twice" if same else "is not there"
        raise UserError(f"{new.group!r} {fault} in {page.path}. {_choices(page, places)}")
    if len(places) > 1:
        raise UserError(f"{page.path} has {len(places)} lists of the kind {new.kind}. {_choices(page, places)}")
    if places:
        return places[0]
    if page.headings and new.kind is EntryKind.FEATURE:
        raise UserError(f"{page.path} has no list of features. Add a heading 'Features' with a first item to it.")
    return None


def _is_group(page: Page, heading: int, group: str) -> bool:
    return any(same_title(above.text) == same_title(group) for above in page.ancestors(heading))


def _choices(page: Page, places: Sequence[_Place]) -> str:
    names = [page.headings[place.heading].text for place in places if place.heading >= 0]
    listed = ", ".join(repr(name) for name in names[:12])
    return f"Choose one with --group: {listed}; or make a new one with --new-group." if names else "Give it a heading."


def _new_section(page: Page, new: NewEntry) -> list[str]:
    """Return the lines of a new section at the end of a page, or of a new page."""
    lines: list[str] = []
    if not page.headings:
        lines += [f"# {_TITLES[new.kind]}", ""]
    if new.group:
        level = next((heading.level for heading in page.headings if heading.level > 1), 2)
        before = [""] * (blanks_before(page, level) if page.headings else 0)
        lines += [*before, "#" * level + f" {new.group}", *[""] * blanks_after(page, level)]
    elif page.headings:
        lines.append("")
    below = [f"User action: {action}" for action in new.user_actions]
    return [*lines, *ListStyle().write(_decorate(None, new), below=below)]


_TITLES = {EntryKind.TASK: "Plan", EntryKind.FEATURE: "Features", EntryKind.DECISION: "Decisions"}


def _decorate(sibling: Item | None, new: NewEntry) -> str:
    """Return the text of an item, with the box and the bold lead that its sibling has."""
    if new.kind is EntryKind.TASK:
        after = f" (after {', '.join(new.depends_on)})" if new.depends_on else ""
        body = f": {new.body}" if new.body else ""
        return f"[{_BOXES.get(new.status or Status.OPEN, ' ')}] {new.title}{after}{body}"
    lead, rest = bold_lead(sibling.text) if sibling else ("", "")
    if not lead:
        return f"{new.title}: {new.body}" if new.body else new.title
    is_inside = sibling is not None and sibling.text[: len(sibling.text) - len(rest)].rstrip("*_").endswith((".", ":"))
    mark = sibling.text[: len(sibling.text) - len(rest)].rstrip("*_")[-1] if is_inside and sibling else ""
    outside = next((sign for sign in (":", " -", " –", " —") if rest.startswith(sign)), "")
    body = f"{outside or ('' if mark else ':')} {new.body}" if new.body else ""
    return f"**{new.title}{mark}**{body}"
