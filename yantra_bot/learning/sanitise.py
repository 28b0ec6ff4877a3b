"""What of a text may be remembered: no secret, nobody's data, no long literal; abroad, no name of the business. Pure.

Whatever is stored passes `sanitise` first. What leaves its repository's scope passes `anonymise` too.
"""

import builtins
import keyword
import re
import sys
from collections.abc import Collection, Iterable
from typing import Final

from yantra_bot.domain.redaction import redact
from yantra_bot.learning.places import hide_files
from yantra_bot.validation.security.secrets import mask_assignments

LONGEST_LITERAL: Final = 160
"""Letters of a text between quotes beyond which it is replaced: content is no part of a lesson, errors' words are."""
LONGEST: Final = 2_000
"""Letters of one sanitised text."""
MOST_READ: Final = 16_000
"""Letters of a text that are looked at: so many that none of what is kept was cut before it was looked at whole."""

_URL_USER: Final = re.compile(r"(?<=://)[^/\s@'\"]{1,500}@")
_QUERY: Final = re.compile(
    r"(?i)([?&;](?:access_?token|auth|api_?key|key|pass(?:word|wd)?|secret|sig(?:nature)?|token)=)[^&\s'\"#]+"
)
_EMAIL: Final = re.compile(r"(?i)[\w.+%-]{1,64}@(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24}\b")
_DIGITS: Final = re.compile(r"(?<![\w.+])\d(?:[ -]?\d){12,60}(?![\w.])")
_GROUP: Final = re.compile(r"\d+")
_LONGEST_CARD: Final = 2 * 19 - 1
"""Letters of a card's number, each digit parted from the next."""
_NATIONAL: Final = re.compile(
    r"\b\d{3}-\d{2}-\d{4}\b"  # United States
    r"|\b[A-CEGHJ-PR-TW-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b"  # United Kingdom
    r"|\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b"  # IBAN
    r"|(?<![\d.] )(?<![\w.+])\d{4} \d{4} \d{4}(?!\w| \d)"  # India
)
_PHONE: Final = re.compile(
    r"(?<![\w.+-])(?<!\d )(?:\+\d{1,3}[ .-]?)?(?:\(\d{2,4}\)[ .-]?|\d{2,4}[ .-])\d{3,4}[ .-]?\d{3,4}(?![\w.-]| \d)"
)
_FULL_PHONE: Final = re.compile(r"(?<![\w+])\+\d{8,15}\b")
_MENTION: Final = re.compile(r"(?<![\w@/.`])@[A-Za-z0-9][A-Za-z0-9-]{0,38}\b(?![\w./(])")
_SIGNED: Final = re.compile(
    r"(?im)^([^\S\n]*(?:[a-z]+(?:-[a-z]+)*-by|author|committer|reporter|assignee)[^\S\n]*:)[^\n]*\S[^\n]*$"
)
_HOME: Final = re.compile(r"(/(?:home|Users)/|[A-Za-z]:\\Users\\)[^/\\\s'\":]+")
_LITERAL: Final = re.compile(r"(?<![\w\\])('''|\"\"\"|['\"])(?P<inside>(?:\\.|(?!\1)[^\\])*)\1(?!\w)", re.DOTALL)
_WORD: Final = re.compile(r"[^\W\d]\w*")


def sanitise(text: str, *, people: Collection[str] = (), is_prose: bool = False) -> str:
    """Return what of `text` may be stored, LONGEST letters at most. Doing it twice changes nothing more.

    `people` are names and logins that are known from where the text was written. In prose `@word` names somebody; in
    code and in what tools print it is a decorator, an annotation, a package.
    """
    kept = hide_secrets(text if len(text) <= MOST_READ else _cut(text))
    kept = _EMAIL.sub("[e-mail]", kept)
    kept = _DIGITS.sub(_hide_cards, kept)
    kept = _NATIONAL.sub("[id]", kept)
    kept = _FULL_PHONE.sub("[phone]", _PHONE.sub("[phone]", kept))
    kept = _SIGNED.sub(r"\1 [name]", kept)
    if is_prose:
        kept = _MENTION.sub("@[name]", kept)
    kept = _HOME.sub(r"\1[name]", kept)
    kept = _without_people(kept, people)
    kept = mask_assignments(_LITERAL.sub(_shorten_literal, kept))
    return kept if len(kept) <= LONGEST else kept[: LONGEST - 1] + "…"


def hide_secrets(text: str) -> str:
    """Return a text without secrets; asked before a text is cut, since half a secret is not known as one."""
    kept = _URL_USER.sub("", redact(text))
    return mask_assignments(_QUERY.sub(r"\1[redacted]", kept))


def _cut(text: str) -> str:
    """Return the beginning of a text, up to a blank: half a word would not be known as a secret."""
    begun = text[:MOST_READ]
    return "".join(begun.rsplit(maxsplit=1)[:1]) if begun.strip() else begun


def is_card(text: str) -> bool:
    """Say whether digits are a card's number: by the check digit of ISO/IEC 7812 (Luhn)."""
    digits = [int(one) for one in text if one.isdigit()]
    doubled = [sum(divmod(2 * digit, 10)) if place % 2 else digit for place, digit in enumerate(reversed(digits))]
    return 13 <= len(digits) <= 19 and sum(doubled) % 10 == 0 and any(digits)


def _hide_cards(match: "re.Match[str]") -> str:
    """Replace the groups of digits that are a card's number together, wherever among others they stand."""
    text, groups = match.group(), list(_GROUP.finditer(match.group()))
    for first, start in enumerate(groups):
        for end in groups[first:]:
            if end.end() - start.start() > _LONGEST_CARD:
                break
            if is_card(text[start.start() : end.end()]):
                rest = _DIGITS.sub(_hide_cards, text[end.end() :])
                return f"{text[: start.start()]}[card]{rest}"
    return text


def anonymise(texts: Iterable[str], *, known: Collection[str] = (), own: Collection[str] = ()) -> tuple[str, ...]:
    """Return sanitised texts in which names of the repository's own stand as `name1`, `name2`, the same in each text.

    `known` are names that everybody has: those of libraries. Words of prose and of languages are left alone, but for
    those in `own`, in small letters. Files stand as `file1.py`.
    """
    files: dict[str, str] = {}
    places: dict[str, str] = {}
    allowed = _COMMON | set(known)

    def replace(match: re.Match[str]) -> str:
        word = match.group()
        if word.casefold() not in own and (word in allowed or not _is_identifier(word)):
            return word
        return places.setdefault(word, f"name{len(places) + 1}")

    return tuple(_WORD.sub(replace, hide_files(text, files)) for text in texts)


def _is_identifier(word: str) -> bool:
    """Say whether a word is made up for code: joined by underscores, with capitals inside, or with digits."""
    if re.fullmatch(r"(?:file|name)\d+", word):
        return False
    inner = word[1:]
    return (
        "_" in word.strip("_") or any(one.isdigit() for one in word) or (inner != inner.lower() and not word.isupper())
    )


def _without_people(text: str, people: Collection[str]) -> str:
    for name in sorted({one for one in people if len(one) > 2}, key=len, reverse=True):
        text = re.sub(rf"(?i)(?<![\w\[]){re.escape(name)}(?![\w\]])", "[name]", text)
    return text


def _shorten_literal(match: "re.Match[str]") -> str:
    inside = match.group("inside")
    if len(inside) <= LONGEST_LITERAL:
        return match.group()
    return f"{match.group(1)}[{len(inside)} letters]{match.group(1)}"


_COMMON: Final = frozenset(
    {
        *keyword.kwlist,
        *keyword.softkwlist,
        *dir(builtins),
        *sys.stdlib_module_names,
        "TypeScript",
        "JavaScript",
        "GitHub",
    }
)
