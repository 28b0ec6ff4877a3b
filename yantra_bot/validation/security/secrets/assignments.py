"""Finds values that are given to a name that says it is a secret: a password, a token, a key. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from yantra_bot.validation.security.secrets.placeholders import is_random, is_wordlike, stands_for_one

MIN_LENGTH = 8
_KEYWORD = re.compile(r"pass|pwd|secret|token|cred|key|login|auth|connect|crypt", re.IGNORECASE)
_NAME = (
    r"(?<![\w.-])(?P<name>[\w.-]{0,60}?(?:passw(?:or)?d|passphrase|secret|token|credential|(?<![A-Za-z])pwd|(?:api|auth|access|"
    r"private|encryption|signing|master|service|account|client|db)[_-]?(?:key|pass))\w{0,40})"
)
_QUOTED = re.compile(
    _NAME + r"[\"'`]?\]?\s{0,4}(?::\s{0,4}[\w.\[\]| ]{1,40}?\s{0,4}=(?!=)|:=|=>|[:=](?!=))\s{0,4}[rbu]?"
    r"(?P<quote>[\"'`])(?P<value>[^\"'`\s]{8,200})(?P=quote)",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"^\s*(?:export\s+|-\s+)?" + _NAME + r"\s*[:=]\s*(?P<value>[^\s\"'`#]{8,200})\s*(?:#.*)?$", re.IGNORECASE
)
_CALL = re.compile(
    r"(?P<name>(?:set_?password|login|authenticate|connect|encrypt|decrypt)\w*)\((?:[^()\"']*,\s*)?"
    r"(?P<quote>[\"'])(?P<value>[^\"'\s]{8,200})(?P=quote)\s*\)",
    re.IGNORECASE,
)
_HARMLESS = re.compile(
    r"(?:_?(?:name|id|ids|url|uri|file|path|dir|header|field|type|label|prompt|message|error|regex|pattern|placeholder|hint|"
    r"title|text|help|env|var|variable|prefix|suffix|format|algorithm|class|length|size|count|limit|hash|digest|checksum|"
    r"fingerprint|public|endpoint|expiry|expires|ttl|scope|scopes|issuer|audience|column|param|kind|version|template|"
    r"policy|arn|ref|source|provider|validator|schema|selector|input|element|key_name|budget|tokens|tokenizer|encoding))$"
    r"|public|tokenize|csrf_?token_?name|next_?token|page_?token|stop_?token|pad_?token|eos|bos|special_?token",
    re.IGNORECASE,
)
_SETTINGS = frozenset({".env", ".ini", ".cfg", ".conf", ".properties", ".yml", ".yaml", ".toml", ".envrc"})
_WORDS = frozenset({".md", ".rst", ".txt", ".adoc", ".html", ".svg", ".lock", ".po", ".csv", ".ipynb"})


@dataclass(frozen=True, slots=True)
class Assignment:
    """A name and the value it is given, at `start` to `end` of the line."""

    name: str
    value: str
    start: int
    end: int


def find_assignments(path: str, line: str, *, takes_words: bool = False) -> Iterator[Assignment]:
    """Give what a line gives to names of secrets, as far as it is no placeholder.

    `takes_words`: quoted values that read like words, too. They are rather labels, which only who hides does not mind.
    """
    file = PurePosixPath(path)
    if file.suffix.lower() in _WORDS or not _KEYWORD.search(line):
        return
    for match in _matches(file, line):
        name, value = match["name"], match["value"]
        is_word_taken = takes_words and match.re is _QUOTED and not stands_for_one(value)
        if not _HARMLESS.search(name) and (is_word_taken or _is_likely(value)):
            yield Assignment(name, value, *match.span("value"))


def _matches(file: PurePosixPath, line: str) -> Iterator[re.Match[str]]:
    yield from _QUOTED.finditer(line)
    yield from _CALL.finditer(line)
    is_settings = file.suffix.lower() in _SETTINGS or file.name.startswith(".env")
    if is_settings and (match := _BARE.search(line)) is not None:
        yield match


def _is_likely(value: str) -> bool:
    if stands_for_one(value) or is_wordlike(value) or "://" in value or value.startswith(("/", "./", "~", "\\")):
        return False
    return is_random(value, bits=2.75)
