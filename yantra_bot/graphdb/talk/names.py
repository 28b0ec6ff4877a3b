"""Finds names that no list knows, by their form and by the words beside them. Pure."""

import re
from collections.abc import Iterable, Iterator

from yantra_bot.domain.talk import EntityKind
from yantra_bot.graphdb.talk.spotted import Spotted

_CAPITAL = r"[A-ZÀ-ÖØ-Þ][\w'’-]{1,30}"
_FIRST_NAME = re.compile(r"\b[A-Z][a-z]{1,20}\b")
_WORDS = re.compile(r"[\w'’.-]*\w")
_SURNAME = re.compile(
    r"(?: (?:van|von|de|der|da|di|del|la|le|el|al|bin|ten|ter)){0,2}(?: [A-Z]\.)?"
    r" [A-ZÀ-ÖØ-Þ][\w-]{1,30}(?:['’](?!s\b)\w+)?"
)
_PERSON_BEFORE = re.compile(
    r"\b(?:by|thanks to|thanks,?|thank you,?|cc|ask(?:ed)?|met|meet|hired|author|reviewer|maintainer|with|from|ping|hi"
    r"|hello|Mr\.?|Mrs\.?|Ms\.?|Dr\.?|Prof\.?|colleague|developer|engineer):? $",
    re.IGNORECASE,
)
_PERSON_AFTER = re.compile(
    r"(?:'s|’s)?,? (?:said|says|wrote|writes|works?|worked|joined|suggested|suggests|reported|reports|found|fixed|built"
    r"|created|maintains?|knows?|lives?|thinks|mentioned|proposed|reviewed|implemented|added|asked|is|was|has|will|can"
    r"|and|uses|leads?|from|who)\b"
)
_INTRODUCED = re.compile(
    rf"\b(?:Mr\.?|Mrs\.?|Ms\.?|Dr\.?|Prof\.?|[Aa]uthor|[Rr]eviewer|[Mm]aintainer|hired|[Tt]hanks to|[Cc][Cc]):? "
    rf"({_CAPITAL} {_CAPITAL})"
)
_SUFFIXES = (
    "Inc|Ltd|LLC|GmbH|Corp|Corporation|AG|SE|Foundation|University|Institute|Labs?|Technologies|Software|Systems|Bank"
    "|Group|Consortium|Society|Association|Company"
)
_ORGANISATION = re.compile(
    rf"\b(?:[Tt]he )?((?:[A-Z][\w&.-]{{1,30}} ){{0,3}}?[A-Z][\w&.-]{{1,30}},? (?:{_SUFFIXES})\b"
    rf"|University of {_CAPITAL}(?: {_CAPITAL})?)"
)
_EMPLOYER = re.compile(
    r"\b(?:work(?:s|ed|ing)? (?:at|for)|employed (?:at|by)|hired by|engineers? at|team at|joined|left)"
    r" ([A-Z][\w&-]{1,30}(?: [A-Z][\w&-]{1,30}){0,3})\b"
)
_PLACE = re.compile(
    r"\b(?:based in|located in|lives? in|living in|moved to|offices? in|born in|held in|took place in)"
    rf" ({_CAPITAL}(?: {_CAPITAL}){{0,2}})\b"
)
_PROJECT = re.compile(
    r"\b(?:[Tt]he|[Oo]ur|[Aa]n?|[Tt]his) ([A-Za-z][\w.-]{1,40}) "
    r"(?:project|library|package|repo|repository|framework|crate|plugin|SDK|gem)\b"
)
_COMMON = re.compile(r"[a-z]+(?:-[a-z]+)*$")
_FILE = re.compile(
    r"(?<![\w/.@-])((?:[\w.-]{1,60}/){0,8}[\w.-]{1,100}\.(?:md|rst|txt|pdf|adoc|docx|ipynb))(?![\w/])", re.IGNORECASE
)
_STANDARD = re.compile(r"\b(RFC|PEP|ADR|JEP|EIP|BIP|CVE)[ -]?(\d{1,5}(?:-\d{4,7})?)\b")
_NAMED_PAGE = re.compile(
    r"\b(?:[Tt]he|[Oo]ur) (README|[Cc]hangelog|CHANGELOG|CONTRIBUTING|[Rr]oadmap|[Rr]elease notes)\b"
)
_PAGE = re.compile(
    r"\b(?:[Tt]he|[Oo]ur) (README|readme|[Cc]hangelog|CHANGELOG|CONTRIBUTING|[Rr]oadmap|[Rr]elease notes)\b"
)
_PAGE = re.compile(r"https?://([\w.-]{3,100})(/[\w./~%-]{0,200})?[^\s)\]>\"']{0,500}")
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|svg|webp|mp4|ico)$", re.IGNORECASE)
_RELEASE = re.compile(
    r"\b(?:[Rr]eleased?(?: of)?(?: version)? v?|[Vv]ersion |v)"
    r"(\d{1,4}\.\d{1,4}(?:\.\d{1,5})?(?:[-.]?(?:rc|alpha|beta|a|b)\.?\d{0,3})?)\b"
)
_CONFERENCE = re.compile(
    r"\b((?:[A-Z][a-z]{1,12}){1,2}(?:Con|Conf|DEM|Summit|Camp)|[A-Z]{2,8}DEM|[A-Z]{2,6}Con)(?: [A-Z]{2})?"
    r"(?: (20\d\d))?\b"
)
_DATE = (
    r"20\d\d-\d\d-\d\d|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
    r"|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.? \d{1,2}"
)
_HAPPENING = re.compile(
    r"\b(incident|outage|meeting|stand-?up|retrospective|hackathon|kick-?off|workshop|sprint|post-?mortem|launch)"
    rf"(?: (?:of|on|from))? ({_DATE}|\d{{1,3}})\b",
    re.IGNORECASE,
)


def find_people(text: str, first_names: frozenset[str], known: Iterable[str]) -> Iterator[Spotted]:
    """Yield people: those who take part, by their full name, then first names with a surname or a cue beside them."""
    full: dict[str, list[str]] = {}
    for name in known:
        if " " in name:
            full.setdefault(name.split()[0], []).append(name)
    for word in _WORDS.finditer(text) if full else ():
        for name in full.get(word[0], ()):
            end = word.start() + len(name)
            if text.startswith(name, word.start()) and not text[end : end + 1].isalnum():
                yield Spotted(EntityKind.PERSON, name, word.start(), end, 0.95, name)
    for found in _FIRST_NAME.finditer(text):
        if found[0] not in first_names:
            continue
        surname = _SURNAME.match(text, found.end())
        name = found[0] + (surname[0] if surname else "")
        is_cued = _PERSON_BEFORE.search(text, max(found.start() - 24, 0), found.start()) is not None
        if surname or is_cued or _PERSON_AFTER.match(text, found.end()):
            sure = 0.85 if surname else 0.55
            yield Spotted(EntityKind.PERSON, name, found.start(), found.start() + len(name), sure, name)
    for found in _INTRODUCED.finditer(text):
        yield Spotted(EntityKind.PERSON, found[1], *found.span(1), 0.6, found[1])


def find_organisations(text: str) -> Iterator[Spotted]:
    """Yield organisations by the end of their name, and employers by the words before; places people are in too."""
    for found in _ORGANISATION.finditer(text):
        yield Spotted(EntityKind.ORGANISATION, found[1].removeprefix("The "), *found.span(1), 0.8, found[1])
    for found in _EMPLOYER.finditer(text):
        yield Spotted(EntityKind.ORGANISATION, found[1], *found.span(1), 0.55, found[1])
    for found in _PLACE.finditer(text):
        yield Spotted(EntityKind.LOCATION, found[1], *found.span(1), 0.6, found[1])


def find_projects(text: str) -> Iterator[Spotted]:
    """Yield what is called a project or a library, if its name is no common word."""
    for found in _PROJECT.finditer(text):
        if not _COMMON.match(found[1]) or "-" in found[1]:
            yield Spotted(EntityKind.PROJECT, found[1], *found.span(1), 0.6, found[1])


def find_documents(text: str) -> Iterator[Spotted]:
    """Yield pages: files, standards, what a project has one of, and addresses without their query."""
    for found in _STANDARD.finditer(text):
        yield Spotted(EntityKind.DOCUMENT, f"{found[1]} {found[2]}", *found.span(), 0.95, found[0])
    for found in _NAMED_PAGE.finditer(text):
        yield Spotted(EntityKind.DOCUMENT, found[1], *found.span(1), 0.6, found[1])
    for found in _PAGE.finditer(text):
        address = (found[1] + (found[2] or "")).rstrip("/.")
        if not _PICTURE.search(address) and not found[1].endswith("shields.io"):
            yield Spotted(EntityKind.DOCUMENT, address, *found.span(), 0.6, address)
    for found in _FILE.finditer(text):
        if "://" not in text[max(found.start() - 10, 0) : found.start()]:
            yield Spotted(EntityKind.DOCUMENT, found[1], *found.span(), 0.9, found[1])


def find_events(text: str) -> Iterator[Spotted]:
    """Yield releases, conferences, and happenings with a date or a number."""
    for found in _RELEASE.finditer(text):
        yield Spotted(EntityKind.EVENT, f"release {found[1]}", *found.span(), 0.6, found[0])
    for found in _CONFERENCE.finditer(text):
        yield Spotted(EntityKind.EVENT, found[0], *found.span(), 0.85, found[0])
    for found in _HAPPENING.finditer(text):
        yield Spotted(EntityKind.EVENT, f"{found[1].lower()} {found[2]}", *found.span(), 0.6, found[0])
