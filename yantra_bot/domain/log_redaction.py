"""What is hidden of what production says, in logs, events and alerts: secrets by their shape, and by their names. Pure.

Stricter than what code is read by: in a program `password = read()` is worth showing, in a log its value never is.
"""

import re
from typing import Final

from yantra_bot.domain.redaction import REDACTED, redact

_NAME: Final = (
    r"(?:pass(?:word|wd|wort|phrase|code)|(?<![a-z])pwd(?![\"']?\s?[:=]\s?[\"']?/)|(?<=[_-])pass|secret|token"
    r"|api[_-]?key|access[_-]?key|private[_-]?key|signing[_-]?key|encryption[_-]?key|credentials?|session[_-]?id|jwt)"
    r"(?:[_-]?(?:value|key(?:[_-]?base)?|id|hash|text|str|string|data|header|base64|b64|confirmation|\d{1,3}))?"
)
_QUOTED: Final = r"\\{1,7}\"[^\"\n]*|\"(?:\\.|[^\"\\\n])*|'(?:\\.|[^'\\\n])*"
"""A value from its quotation mark on: escaped once more, of JSON, of others."""
_SEPARATOR: Final = r"[\"'\]\\]{0,9}\s{0,3}(?:=>|:=|==?|:(?!:))\s{0,3}(?:\[(?!redacted\]))?(?!\[redacted\])"
_EMPTY: Final = r"(?!(?:none|null|nil|true|false|undefined)(?![\w.-]))"
_SCHEMES: Final = r"(?:bearer|basic|token|apikey|negotiate)\s{1,3}[^\s\"]+"
_OTHER_SCHEMES: Final = r"(?:digest|aws4|oauth|hmac)(?:[^\n\"]|(?<==)\"[^\"\n]*\")*|[^\s\"]+(?:[^\S\n]+[^\s\"]+)?"
_PATTERNS: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?:proxy-)?authorization{_SEPARATOR}(?P<value>{_QUOTED}|{_SCHEMES}|{_OTHER_SCHEMES})",
        rf"(?:set-)?cookie2?{_SEPARATOR}(?P<value>{_QUOTED}|[^\s\"][^\n\"]*)",
        rf"{_NAME}{_SEPARATOR}{_EMPTY}(?P<value>{_QUOTED}|[^\s\"{{\[][^\s\"]*)",
        rf"--{_NAME}[^\S\n]+(?P<value>{_QUOTED}|[^\s\"-][^\s\"]*)",
        r"\bbearer\s{1,3}(?P<value>(?=[^\s\"]{0,4000}\d)[\w.~+/=-]{8,})",
        r"://(?P<value>[^/\s@\"'<>]{1,700})@",
    )
)
_HINTS: Final = (
    *("pass", "pwd", "secret", "token", "key", "credential", "session", "jwt"),
    *("authorization", "cookie", "bearer", "://"),
)
_JSON_NUMBER: Final = re.compile(r"-?\d[\d.eE+-]*")
_KEY_LINE: Final = re.compile(
    r"(?:^|[\s\"':])[A-Za-z0-9+/]{16,}={0,2}[\"'}\],\s]*\Z|(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{32,}"
)
"""A line within a key, also with what is written before it, or as a value of JSON."""
_LAST_LINE: Final = re.compile(
    r"\s*[A-Za-z0-9+/]{1,80}={0,2}\s*|.*[\s\"'][A-Za-z0-9+/]{1,80}={1,2}[\"'}\],\s]*", re.DOTALL
)
_BARE: Final = re.compile(
    r"(?:^|.*\s)(?=[^\s]{0,80}[A-Z])(?=[^\s]{0,80}[a-z])(?=[^\s]{0,80}\d)[A-Za-z0-9+/]{60,}={0,2}\s*", re.DOTALL
)
"""A line that ends in what keys and certificates are written in: neither beginning nor end of it need be read."""
_BEGIN: Final = re.compile(r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY")
_END: Final = re.compile(r"-----END [A-Z ]{0,40}PRIVATE KEY")
MOST_OTHERS: Final = 20
"""Lines that are none of a key, after which a key whose end never came is taken to be over."""


def redact_log(text: str) -> str:
    """Return a text of production with its secrets hidden. Linear in its length; JSON stays JSON."""
    text = redact(text)
    low = text.lower()
    if not any(hint in low for hint in _HINTS):
        return text
    for pattern in _PATTERNS:
        text = pattern.sub(_hide, text)
    return text


def redact_lines(lines: list[str]) -> list[str]:
    """Return the lines of one writer, oldest first, also without those of private keys that go over several.

    A key whose beginning or end was not read is hidden all the same.
    """
    is_of_key = _lines_of_keys(lines)
    return [REDACTED if hidden else redact_log(line) for line, hidden in zip(lines, is_of_key, strict=True)]


def _hide(found: re.Match[str]) -> str:
    value = found["value"]
    before, after = found[0][: found.start("value") - found.start()], found[0][found.end("value") - found.start() :]
    mark = re.match(r"\\*[\"']?", value)
    quote = mark[0] if mark is not None else ""
    if not quote and _JSON_NUMBER.match(value) and re.search(r"\"\s{0,3}:\s{0,3}\[?\Z", before):
        number = _JSON_NUMBER.match(value)
        return f'{before}"{REDACTED}"{value[number.end() if number else 0 :]}{after}'
    # The escape of the closing quotation mark is a part of what was matched.
    closing = value[len(value.rstrip("\\")) :] if quote.startswith("\\") else ""
    return f"{before}{quote}{REDACTED}{closing}{after}"


def _lines_of_keys(lines: list[str]) -> list[bool]:
    hidden = [_BARE.fullmatch(line) is not None for line in lines]
    others = MOST_OTHERS + 1
    for number, line in enumerate(lines):
        ends = _position(_END, line)
        if ends >= 0 and others > MOST_OTHERS and _position(_BEGIN, line) < 0:
            _hide_back(lines, hidden, number)
        if max(_position(_BEGIN, line), ends) >= 0:
            others = 0 if _position(_BEGIN, line) > ends else MOST_OTHERS + 1
        elif others <= MOST_OTHERS and (_KEY_LINE.search(line) or _is_rest(lines, hidden, number)):
            hidden[number], others = True, 0
        else:
            others += 1
    return hidden


def _is_rest(lines: list[str], hidden: list[bool], number: int) -> bool:
    """Whether a short line ends a key: right after one of its lines."""
    return number > 0 and hidden[number - 1] and _LAST_LINE.fullmatch(lines[number]) is not None


def _hide_back(lines: list[str], hidden: list[bool], end: int) -> None:
    """Hide the lines before the end of a key whose beginning was not read."""
    is_last = True
    for number in range(end - 1, -1, -1):
        if not (_KEY_LINE.search(lines[number]) or (is_last and _LAST_LINE.fullmatch(lines[number]))):
            return
        hidden[number], is_last = True, False


def _position(pattern: re.Pattern[str], line: str) -> int:
    return max((found.start() for found in pattern.finditer(line)), default=-1)
