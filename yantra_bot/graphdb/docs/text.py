"""What the readers of the documentation share: titles, references, dates, and what makes two titles the same. Pure."""

import re

from yantra_bot.domain.project_docs import Entry, EntryKind
from yantra_bot.graphdb.docs.markdown import Item, Page
from yantra_bot.graphdb.docs.words import plain

MAX_TITLE = 300

_END = re.compile(r"[.!?](?=\s+[\"'“(\[]?[A-Z0-9#`*]|$)|(?<=[a-z]{3})\.(?=\s+[a-z])")
_ABBREVIATION = re.compile(r"(?:\b(?:e\.g|i\.e|etc|vs|cf|no|resp|approx|incl|[A-Za-z])|^\d{1,3})$", re.IGNORECASE)
_LEAD = re.compile(r"(\*\*|__)(?=\S)(.{1,200}?)(?<=\S)\1(?![\w*])")
_NAMED = re.compile(r"(.{1,60}?)(?::|\s[-–—])\s+(?=\S)")
_REFERENCE = re.compile(r"(?<![\w/&])(?:GH-|#)(\d{1,9})\b")
_ISSUE_LINK = re.compile(r"/(?:issues|pull)/(\d{1,9})\b")
_TRAILING = re.compile(r"\s*[(\[]?(?:,?\s*(?:#|GH-|![0-9])\d*)+[)\]]?\.?$")
_CREDIT = re.compile(
    r"\s?(?:\((?:[0-9a-f]{7,40}(?: by [^()]{1,80})?|by [^()]{1,80})\)|by @[\w-]{1,40} in \S{1,100})\.?$"
)
_DATE = re.compile(
    r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[-./]\d{1,2}[-./]\d{4}|\d{4}/\d{1,2}/\d{1,2}"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.? \d{1,2},? \d{4}"
    r"|\d{1,2} (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.? \d{4}",
    re.IGNORECASE,
)
_LINKS = re.compile(r"!?\[[^\[\]]*\](?:\([^()]*\)|\[[^\[\]]*\])|https?://\S+")
_WORD = re.compile(r"[^\W_]+")


def first_sentence(text: str) -> str:
    """Return the first sentence of plain text, without its full stop, and issues, commit and author after it."""
    for end in _END.finditer(text):
        if not _ABBREVIATION.search(text, max(end.start() - 10, 0), end.start()):
            text = text[: end.start()]
            break
    text = _CREDIT.sub("", _TRAILING.sub("", text))
    return text.strip().rstrip(":.").strip()[:MAX_TITLE]


def bold_lead(text: str) -> tuple[str, str]:
    """Return the bold words that a text begins with, and the rest; the first is empty where there are none."""
    lead = _LEAD.match(text)
    return (plain(lead[2]).rstrip(":. "), text[lead.end() :]) if lead else ("", text)


def name_of(text: str) -> str:
    """Return what an item is about: its bold lead, or the words before a colon or a dash, or its first sentence."""
    lead, _ = bold_lead(text)
    if lead:
        return lead[:MAX_TITLE]
    words = plain(text)
    named = _NAMED.match(words)
    return named[1].strip() if named and len(named[1].split()) <= 8 else first_sentence(words)


def references_of(text: str) -> tuple[str, ...]:
    """Return the issues and pull requests that Markdown names, as `#12`, each once, in order."""
    numbers = _REFERENCE.findall(text) + _ISSUE_LINK.findall(text)
    return tuple(dict.fromkeys(f"#{number}" for number in numbers))


def date_in(text: str) -> str:
    """Return the first date in a text, as it is written; empty where there is none."""
    found = _DATE.search(text[:1_000])
    return found[0] if found else ""


def is_only_links(text: str) -> bool:
    """Tell whether nothing but links stands there, as in a table of contents."""
    return not any(letter.isalnum() for letter in _LINKS.sub("", text))


def same_title(title: str) -> str:
    """Return what is equal for titles that say the same in another case, spacing or punctuation."""
    return " ".join(_WORD.findall(title.casefold()))


def key_of(path: str, line: int) -> str:
    """Return the key of an entry that begins there: a link to its line."""
    return f"{path}#L{line}"


def heading_text(page: Page, index: int) -> str:
    """Return what heading `index` says; empty for -1."""
    return plain(page.headings[index].text) if index >= 0 else ""


def text_of_item(page: Page, item: Item) -> str:
    """Return all visible text of an item, with what is nested in it, as Markdown."""
    return "\n".join(line for _, line in page.visible(item.line, min(item.end_line, item.line + 60)))


def entry_of(page: Page, kind: EntryKind, title: str, item: Item) -> Entry:
    """Return the entry that an item of the page is, with its place and the issues it names."""
    references = references_of(text_of_item(page, item))
    key = key_of(page.path, item.line)
    return Entry(kind, title, page.path, item.line, item.end_line, references=references, key=key)
