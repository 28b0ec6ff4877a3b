"""Adds a change to a changelog: to what is unreleased, under its category; both are made where missing. Pure."""

import re
from collections.abc import Mapping

from yantra_bot.domain.project_docs import EntryKind, Status
from yantra_bot.errors import UserError
from yantra_bot.graphdb.docs.changes import is_changelog_title, read_changes, read_version
from yantra_bot.graphdb.docs.markdown import Item, Page, read_page
from yantra_bot.graphdb.docs.style import ListStyle, blanks_after, blanks_before, last_text_line, open_draft, style_of
from yantra_bot.graphdb.docs.text import same_title
from yantra_bot.graphdb.docs.words import plain
from yantra_bot.graphdb.docs.writing import Edit, NewEntry, pick_page

CATEGORIES = ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security")
"""Of Keep a Changelog, in its order."""
_FRESH = """# Changelog

All notable changes to this project are documented here, in the form of
[Keep a Changelog](https://keepachangelog.com/en/1.1.0/).

## [Unreleased]
"""
_BRACKETS = re.compile(r"\[[^\]]+\]")


def add_change(pages: Mapping[str, str], new: NewEntry) -> Edit:
    """Return the changelog with the change added; raise UserError where its place is not certain."""
    path = pick_page(pages, _changelogs(pages), new)
    text = pages.get(path) or _FRESH
    page = read_page(path, text)
    if new.group and same_title(new.group) != "unreleased":
        raise UserError(f"{new.group!r} cannot take new changes. They go to what is unreleased: leave --group out.")
    index = _find_unreleased(page)
    if index is None:
        text, index = _with_unreleased(page, text)
        page = read_page(path, text)
    return _add_below(page, text, index, new)


def _changelogs(pages: Mapping[str, str]) -> list[str]:
    return [path for path in sorted(pages) if is_changelog_title(path.rsplit("/", 1)[-1].rsplit(".", 1)[0])]


def _find_unreleased(page: Page) -> int | None:
    found = []
    for index, heading in enumerate(page.headings):
        version = read_version(plain(heading.text))
        if version is not None and version.status is Status.UNRELEASED:
            found.append(index)
    if len(found) > 1:
        lines = ", ".join(str(page.headings[index].line) for index in found)
        raise UserError(f"{page.path} has several unreleased sections, at lines {lines}. Join them first.")
    return found[0] if found else None


def _with_unreleased(page: Page, text: str) -> tuple[str, int]:
    """Return the text with a section for what is unreleased above the newest version, and that heading's index."""
    first = next((index for index, heading in enumerate(page.headings) if read_version(plain(heading.text))), None)
    if first is None:
        raise UserError(f"{page.path} has no heading of a version. Add '## [Unreleased]' where changes shall go.")
    heading = page.headings[first]
    name = "[Unreleased]" if _BRACKETS.match(heading.text) else "Unreleased"
    draft = open_draft(text)
    lines = ["#" * heading.level + f" {name}", *[""] * max(blanks_before(page, heading.level), 1)]
    draft.insert(heading.line - 1, lines)
    return draft.text, first


def _add_below(page: Page, text: str, index: int, new: NewEntry) -> Edit:
    heading, end = page.headings[index], page.section_end(index)
    below = [place for place, other in enumerate(page.headings) if other.parent == index]
    items = [item for item in page.items if heading.line < item.line <= end and item.depth == 0]
    category = _category(page, new, has_flat_list=any(item.heading == index for item in items))
    if not category:
        return _append(page, text, [item for item in items if item.heading == index], index, new)
    same = [place for place in below if same_title(plain(page.headings[place].text)) == same_title(category)]
    if len(same) > 1:
        raise UserError(f"{page.path} names {category!r} twice under what is unreleased. Join the two first.")
    if same:
        return _append(page, text, [item for item in items if item.heading == same[0]], same[0], new)
    return _new_category(page, text, index, below, category, new)


def _category(page: Page, new: NewEntry, *, has_flat_list: bool) -> str:
    """Return the category to add under, as the page spells it; empty where it has none."""
    used = {same_title(change.category): change.category for change in read_changes(page) if change.category}
    if new.category:
        return used.get(same_title(new.category), new.category)
    if has_flat_list or (not used and page.items):
        return ""
    listed = ", ".join(dict.fromkeys([*used.values(), *CATEGORIES]))
    raise UserError(f"{page.path} sorts changes by category. Choose one with --category: {listed}")


def _append(page: Page, text: str, items: list[Item], index: int, new: NewEntry) -> Edit:
    draft = open_draft(text)
    if items:
        style = style_of(page, items)
        draft.insert(items[-1].end_line, [""] * style.is_loose + style.write(_words(new)))
        return Edit(page.path, draft.text, draft.first_added + style.is_loose)
    heading = page.headings[index]
    gap = blanks_after(page, heading.level)
    draft.insert(heading.line, [*[""] * gap, *_any_style(page).write(_words(new))])
    return Edit(page.path, draft.text, draft.first_added + gap)


def _new_category(page: Page, text: str, index: int, below: list[int], category: str, new: NewEntry) -> Edit:
    order = [same_title(name) for name in CATEGORIES]
    rank = order.index(same_title(category)) if same_title(category) in order else len(order)
    later = (place for place in below if _rank(page, place, order) > rank)
    before = next(later, None)
    end = page.headings[before].line - 1 if before is not None else page.section_end(index)
    level = page.headings[index].level + 1
    place = last_text_line(page, page.headings[index].line, end)
    gap = blanks_before(page, level) if place != page.headings[index].line else blanks_after(page, level - 1)
    after = blanks_after(page, level)
    lines = [*[""] * gap, "#" * level + f" {category}", *[""] * after, *_any_style(page).write(_words(new))]
    draft = open_draft(text)
    draft.insert(place, lines)
    return Edit(page.path, draft.text, draft.first_added + len(lines) - 1)


def _rank(page: Page, place: int, order: list[str]) -> int:
    name = same_title(plain(page.headings[place].text))
    return order.index(name) if name in order else len(order)


def _any_style(page: Page) -> ListStyle:
    """Return how other changes of the page are written."""
    changes = {change.line for change in read_changes(page)}
    items = [item for item in page.items if item.line in changes and item.depth == 0]
    return style_of(page, items[:1]) if items else ListStyle()


def _words(new: NewEntry) -> str:
    if new.kind is not EntryKind.CHANGE:
        raise AssertionError("only changes are added here")
    return f"{new.title} {new.body}".strip() if new.body else new.title
