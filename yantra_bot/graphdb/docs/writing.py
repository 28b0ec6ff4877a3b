"""What is to be added to a project's Markdown, and to which page: values and checks that all kinds share. Pure."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from yantra_bot.domain.paths import check_path
from yantra_bot.domain.project_docs import EntryKind, Status
from yantra_bot.errors import UserError

MAX_WORDS = 2_000
DEFAULT_PAGES = {EntryKind.TASK: "PLAN.md", EntryKind.CHANGE: "CHANGELOG.md", EntryKind.FEATURE: "FEATURES.md"}


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry that a person wants to add. Empty fields are left to the style of the page."""

    kind: EntryKind
    title: str
    body: str = ""
    path: str = ""
    """The page to add to; needed where several could be meant."""
    group: str = ""
    """The milestone of a task, the section of a feature; a change always goes to what is unreleased."""
    creates_group: bool = False
    category: str = ""
    status: Status | None = None
    depends_on: tuple[str, ...] = ()
    user_actions: tuple[str, ...] = ()
    date: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """The whole new text of one page, and the line where the new entry begins."""

    path: str
    text: str
    line: int


def check_words(new: NewEntry) -> None:
    """Raise UserError for words that would be something else in Markdown: several lines, control characters."""
    words = {"title": new.title, "text": new.body, "group": new.group, "category": new.category, "date": new.date}
    words |= {f"dependency {name!r}": name for name in new.depends_on}
    words |= {f"user action {name!r}": name for name in new.user_actions}
    if not any(letter.isalnum() for letter in new.title):
        raise UserError("The title has no letters. Say what it is about.")
    for what, text in words.items():
        if len(text) > MAX_WORDS:
            raise UserError(f"The {what[:40]} has {len(text)} characters; at most {MAX_WORDS} fit. Shorten it.")
        if any(unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"} for letter in text):
            raise UserError(f"The {what[:40]} has a line break or a control character. Give it as one line.")


def pick_page(pages: Mapping[str, str], candidates: Sequence[str], new: NewEntry) -> str:
    """Return the page to add to: the one that is named, else the only one with entries of the kind, else a new one."""
    if new.path:
        path = check_path(new.path)
        if not path.lower().endswith(".md"):
            raise UserError(f"{path} is no Markdown page. Name one that ends with .md.")
        return path
    if len(candidates) > 1:
        listed = ", ".join(candidates[:12])
        raise UserError(f"{len(candidates)} pages have entries of the kind {new.kind}. Name one with --file: {listed}")
    if candidates:
        return candidates[0]
    default = DEFAULT_PAGES[new.kind]
    if default in pages:
        raise UserError(f"{default} has no entries of the kind {new.kind} yet. Name the page to add to with --file.")
    return default
