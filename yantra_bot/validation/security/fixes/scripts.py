"""The mechanical fixes of JavaScript and TypeScript, by the text of the line that was found."""

import re
from collections.abc import Iterator

from yantra_bot.validation.security.fixes.script_sql import fix_statement
from yantra_bot.validation.security.fixes.source import Draft, Edit

_PLAIN_VALUE = r"(?!.*<)[\w.$\[\]()\"' ]+;?\s*$"
_SWAPS: dict[str, tuple[tuple[re.Pattern[str], str, str], ...]] = {
    "tls": (
        (re.compile(r"(\b(?:rejectUnauthorized|strictSSL)\s*[:=]\s*)false\b"), r"\1true", "check certificates"),
        (re.compile(r"(NODE_TLS_REJECT_UNAUTHORIZED\s*=\s*)([\"'])0\2"), r"\g<1>\g<2>1\g<2>", "check certificates"),
        (re.compile(r"(\bminVersion\s*:\s*)([\"'])TLSv1(?:\.1)?\2"), r"\1\2TLSv1.2\2", "ask for TLS 1.2 or later"),
    ),
    "weak-hash": (
        (re.compile(r"(\bcreate(?:Hash|Hmac)\(\s*)([\"'])(?:md5|sha1|MD5|SHA1)\2"), r"\1\2sha256\2", "use SHA-256"),
    ),
    "xss": (
        (
            re.compile(r"\.(?:innerHTML|outerHTML)(\s*\+?=(?!=)\s*" + _PLAIN_VALUE + ")"),
            r".textContent\1",
            "set text, not HTML",
        ),
    ),
    "deserialisation": ((re.compile(r"\byaml\.unsafeLoad\("), "yaml.load(", "read plain values only"),),
}
_LITERAL = re.compile(
    r"(?P<name>[A-Za-z_$][\w$]*)[\"']?\s*(?::\s*\w+\s*=|[:=](?!=))\s*(?P<literal>[\"'`](?P<value>[^\"'`]{4,})[\"'`])"
)


def fix_script(fix: str, text: str, line: int, end_line: int) -> Iterator[Draft]:
    """Give fixes of a class for these lines."""
    start = sum(len(one) + 1 for one in text.split("\n")[: line - 1])
    for one in text.split("\n")[line - 1 : end_line]:
        for pattern, new, title in _SWAPS.get(fix, ()):
            swapped = pattern.sub(new, one)
            if swapped != one:
                yield Draft(title, (Edit(start, start + len(one), swapped),))
        if fix == "sql-injection":
            yield from fix_statement(text, one, start)
        if fix == "hard-coded-secret":
            yield from _fix_literal(one, start)
        start += len(one) + 1


def _fix_literal(line: str, start: int) -> Iterator[Draft]:
    for match in _LITERAL.finditer(line):
        words = re.sub(r"\W+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", match["name"])).strip("_").upper()
        title = f"read it from the environment variable {words}, which has to be set wherever this runs"
        first, last = match.span("literal")
        yield Draft(title, (Edit(start + first, start + last, f"process.env.{words}"),), (words,))
