"""Adds a decision as a page of its own, in the form and with the number that the records beside it suggest. Pure."""

import re
import unicodedata
from collections.abc import Mapping

from yantra_bot.domain.project_docs import Status
from yantra_bot.errors import UserError
from yantra_bot.graphdb.docs.decisions import is_record
from yantra_bot.graphdb.docs.markdown import Page, read_page
from yantra_bot.graphdb.docs.style import open_draft
from yantra_bot.graphdb.docs.words import plain
from yantra_bot.graphdb.docs.writing import Edit, NewEntry

DEFAULT_FOLDER = "docs/adr"
_NAME = re.compile(r"((?:adr[-_ ]?)?)(0*)(\d{1,5})([-_ .])", re.IGNORECASE)
_HEADING = re.compile(r"((?:adr|decision)?[-_ ]?#?)(0*)(\d{1,5})(\s*[.:)–—-]+\s*|\s+)", re.IGNORECASE)
_SECTIONS = ("Status", "Context", "Decision", "Consequences")


def find_record_folders(pages: Mapping[str, str]) -> dict[str, list[Page]]:
    """Return the folders that hold decision records, with their pages by number."""
    found: dict[str, list[Page]] = {}
    for path in sorted(pages):
        page = read_page(path, pages[path])
        if is_record(page):
            found.setdefault(path.rpartition("/")[0], []).append(page)
    return found


def add_record(pages: Mapping[str, str], new: NewEntry) -> Edit:
    """Return a new page for the decision; raise UserError where several folders could be meant."""
    folders = find_record_folders(pages)
    folder = new.path.rstrip("/") if new.path else next(iter(folders), DEFAULT_FOLDER)
    if new.path.lower().endswith(".md"):
        raise UserError("A decision is a page of its own here. Name only its folder with --file.")
    if len(folders) > 1 and not new.path:
        raise UserError(f"Decisions are kept in several folders. Name one with --file: {', '.join(folders)}")
    records = folders.get(folder, [])
    path, number = _name(folder, records, new.title)
    if path in pages:
        raise UserError(f"{path} is there already. Give the decision another title.")
    model = records[-1] if records else None
    newline = open_draft(pages[model.path]).newline if model else "\n"
    return Edit(path, newline.join([*_lines(model, number, new), ""]), 1)


def _name(folder: str, records: list[Page], title: str) -> tuple[str, int]:
    """Return the path and the number of the next record."""
    highest, form = 0, ("", 4, "-")
    for record in records:
        found = _NAME.match(record.path.rsplit("/", 1)[-1])
        if found and int(found[3]) >= highest:
            highest = int(found[3])
            form = found[1], len(found[2]) + len(found[3]) if found[2] else 0, found[4]
    prefix, width, separator = form
    number = highest + 1
    words = re.findall(r"[a-z0-9]+", unicodedata.normalize("NFKD", title).casefold())
    slug = ("_" if separator == "_" else "-").join(words)[:60].strip("-_") or "decision"
    return f"{folder}/{prefix}{number:0{width}d}{separator}{slug}.md", number


def _lines(model: Page | None, number: int, new: NewEntry) -> list[str]:
    status = (new.status or Status.PROPOSED).capitalize()
    sections = _sections(model)
    lines: list[str] = []
    in_front = model is not None and bool(model.front)
    if in_front:
        lines += ["---", f"status: {status.lower()}", *([f"date: {new.date}"] if new.date else []), "---", ""]
    lines += [f"# {_title(model, number, new.title)}", ""]
    if new.date and not in_front:
        lines += [f"Date: {new.date}", ""]
    body = new.body
    for section in sections:
        lines += [f"## {section}", ""]
        if section.casefold() == "status":
            lines += [status, ""]
        elif body:
            lines += [body, ""]
            body = ""
    return lines[:-1]


def _sections(model: Page | None) -> list[str]:
    """Return the headings of a record's sections; those of its model, if it has any."""
    if model is None:
        return list(_SECTIONS)
    found = [plain(heading.text) for heading in model.headings if heading.level == 2]
    return found or list(_SECTIONS)


def _title(model: Page | None, number: int, title: str) -> str:
    if model is None:
        return f"{number}. {title}"
    found = _HEADING.match(model.headings[0].text)
    if found is None:
        return title
    width = len(found[2]) + len(found[3]) if found[2] else 0
    return f"{found[1]}{number:0{width}d}{found[4]}{title}"
