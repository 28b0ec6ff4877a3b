"""Takes personal data and secrets out of a text before anything is read from it. Pure.

Each is replaced by a mark of the same meaning, so that what stands around it can still be read.
"""

import re
from collections.abc import Callable

_PEM = re.compile(
    r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----.{0,20000}?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|\Z)", re.DOTALL
)
_TOKEN = re.compile(
    r"\b(?:gh[pousr]_[A-Za-z0-9]{16,255}|github_pat_\w{20,255}|glpat-[\w-]{16,64}|xox[abeprs]-[\w-]{10,255}"
    r"|sk-[A-Za-z0-9_-]{16,255}|AKIA[A-Z0-9]{16}|AIza[\w-]{30,64}|pypi-[\w-]{20,255}|npm_[A-Za-z0-9]{30,64}"
    r"|eyJ[\w-]{8,2000}\.[\w-]{8,4000}(?:\.[\w-]{4,2000})?)"
)
_NAMED_SECRET = re.compile(
    r"\b((?:api[_-]?key|access[_-]?key|secret|token|passw(?:or)?d|bearer|authorization)\b[\"']?\s{0,4}[:=]"
    r"\s{0,4}(?:bearer\s{1,4})?[\"']?)[^\s\"'`,;()\[\]]{6,500}(?![(\[])",
    re.IGNORECASE,
)
_URL_PASSWORD = re.compile(r"(?<=://)[^\s/@:]{1,100}:[^\s/@]{1,200}(?=@)")
_MAIL = re.compile(r"[\w.+%'-]{1,64}@(?=[\w-]{1,63}\.)[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
_MAIL_WORDS = re.compile(
    r"\b[\w.+-]{1,64}\s?[(\[{]at[)\]}]\s?[\w-]{1,63}(?:\s?(?:\.|[(\[{]dot[)\]}])\s?[\w-]{2,63}){1,4}", re.IGNORECASE
)
_PHONE = re.compile(
    r"(?<![\w.#/:-])(?:\+\d{1,3}[\s.-]?(?:\(\d{1,4}\)[\s.-]?)?\d{1,4}(?:[\s.-]?\d{2,4}){2,4}"
    r"|\(\d{3}\)\s?\d{3}[\s.-]\d{4}|\d{3}[.-]\d{3}[.-]\d{4}|0\d{2,4}[/ -]\d{5,9})(?![\w.-]*\w)"
)
_STREET = re.compile(
    r"\b\d{1,5}[a-zA-Z]?,? (?:[NSEW]\.? )?(?:[A-Z][\w'.-]{1,30} ){1,3}"
    r"(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Way|Court|Square|Sq)\b\.?"
    r"|\b[A-ZÄÖÜ][\wäöüß-]{1,30}(?:straße|strasse|str\.|gasse|allee|platz) \d{1,4}[a-z]?\b"
    r"|\b\d{1,4},? (?:rue|avenue|boulevard|place) (?:d[eu'] ?|des ?|de la ?)?[A-Z][\w'-]{1,30}"
)
_ADDRESS = re.compile(r"\b(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)\b(?!\.\d)")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b")
_CARD = re.compile(r"(?<![\w.-])(?:\d{4}[ -]){3}\d{4}(?![\w-])")

_MARKS: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (_PEM, "[key]"),
    (_TOKEN, "[token]"),
    (_NAMED_SECRET, lambda found: found[1] + "[secret]"),
    (_URL_PASSWORD, "[secret]"),
    (_MAIL, "[mail]"),
    (_MAIL_WORDS, "[mail]"),
    (_IBAN, "[account]"),
    (_CARD, "[card]"),
    (_PHONE, "[phone]"),
    (_STREET, "[address]"),
    (_ADDRESS, "[network address]"),
)

_IN_LINKS = ((_TOKEN, "[token]"), (_URL_PASSWORD, "[secret]"), (_MAIL, "[mail]"))


def mask(text: str) -> str:
    """Return the text with a mark in place of mail addresses, phone numbers, postal addresses, accounts and secrets."""
    for pattern, mark in _MARKS:
        text = pattern.sub(mark, text)
    return text


def mask_link(link: str) -> str:
    """Return a link to where something was said, without secrets and mail addresses; hosts and numbers stay."""
    for pattern, mark in _IN_LINKS:
        link = pattern.sub(mark, link)
    return link
