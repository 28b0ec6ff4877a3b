"""Is this comment a correction, and what does it say is wrong and right? The patterns of SPEC 9, pure.

Only a person's own visible words decide, as `plain_words` finds them; what is named wrong or right may be inline code.
Where it is not clear this finds nothing: a correction that was not heard can be said with `remember`, and one that was
none would be shown to models for long.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from yantra_bot.domain.lessons import Category
from yantra_bot.webhooks.plain_words import HIDDEN, clean, find_mail_reply, hide

LONGEST: Final = 20_000
"""Letters of a comment that are looked at."""
FEWEST_WORDS: Final = 3
"""Words beside the pattern's own that a correction needs which names neither what is wrong nor what is right."""


class Kind(StrEnum):
    """By which pattern it was found."""

    INSTEAD = "don't use X, use Y"
    SHOULD = "should be X, not Y"
    FORGOTTEN = "you forgot to"
    WRONG = "no, that's wrong"
    MEND = "fix the bug"


@dataclass(frozen=True, slots=True)
class Correction:
    """What somebody said is wrong, in their words."""

    kind: Kind
    said: str
    """The sentences that say it."""
    wrong: str = ""
    """What is not to be done; empty where only what is right was said."""
    right: str = ""
    """What is to be done; empty where it was not said."""
    category: Category = Category.API


_N: Final = r"(?:n't|n\u2019t|\snot)"
_THING: Final = r"[^\n.;,!?]|[.,](?=[^\s,;.!?])"
_X: Final = rf"(?P<wrong>(?:{_THING}){{1,160}}?)"
_Y: Final = rf"(?P<right>(?:{_THING}){{1,160}})"
_SHORT_X: Final = rf"(?P<wrong>(?:{_THING}){{1,80}})"
_SHORT_Y: Final = rf"(?P<right>(?:{_THING}){{1,80}}?)"
_BREAK: Final = r"\s*(?:[,;:.!]|\s[-\u2013\u2014]+|\s\(|\bbut\b|\band\b)\s*"
_DO: Final = r"(?:use|call|import|write|return|raise|throw|catch|put|add|go\sthrough|pass|take|store|keep|log|make|set)"
_DOING: Final = (
    r"(?:using|calling|importing|writing|returning|raising|throwing|catching|adding|passing|storing|logging)"
)
_PLEASE: Final = r"(?:(?:please|instead|rather|just|always|simply|but|and|we|you\s(?:should|must|can)),?\s+)*"

_PATTERNS: Final = tuple(
    (kind, re.compile(text, re.IGNORECASE | re.VERBOSE))
    for kind, text in (
        (
            Kind.INSTEAD,
            rf"\b(?:do{_N}|never|stop|avoid)\s(?:ever\s)?(?:{_DO}|{_DOING})\s{_X}{_BREAK}{_PLEASE}{_DO}\s{_Y}",
        ),
        (Kind.INSTEAD, rf"\bavoid\s{_X}{_BREAK}{_PLEASE}{_DO}\s{_Y}"),
        (Kind.INSTEAD, rf"(?<!to\s)(?<!could\s)\b{_DO}\s{_SHORT_Y},?\s(?:instead\sof|rather\sthan)\s{_SHORT_X}"),
        (Kind.INSTEAD, rf"(?<!to\s)\buse\s{_SHORT_Y}(?:,\s|\s\()(?:and\s)?not\s{_SHORT_X}"),
        (Kind.INSTEAD, rf"\binstead\sof\s{_X}{_BREAK}{_PLEASE}{_DO}\s{_Y}"),
        (Kind.INSTEAD, rf"\balways\s{_DO}\s{_SHORT_Y},?\s(?:and\s)?never\s{_SHORT_X}"),
        (Kind.INSTEAD, rf"\bprefer\s{_SHORT_Y}\s(?:over|to)\s{_SHORT_X}"),
        (
            Kind.SHOULD,
            (
                rf"\b(?:should|must|has\sto|have\sto|needs?\sto|ought\sto)\s(?:really\s|always\s)?"
                rf"(?:be|return|raise|throw|use|say|read|call|take)\s{_SHORT_Y}(?:,?\s(?:and\s|but\s)?not|,?\sinstead\sof|"
                rf",?\srather\sthan)\s{_SHORT_X}"
            ),
        ),
        (
            Kind.SHOULD,
            (
                rf"\b(?:should{_N}|must{_N}|may\snot|can\s?not)\s(?:be|return|raise|throw|use|say|read|call|take)\s{_X}{_BREAK}"
                rf"(?:(?:it|this|that|they)\s)?(?:should|must|has\sto|have\sto|but)\s(?:be\s|return\s|raise\s|use\s)?{_Y}"
            ),
        ),
        (
            Kind.FORGOTTEN,
            (
                rf"\byou(?:\u2019ve|'ve|\shave)?\s(?:still\s|again\s|also\s)?(?:forgot(?:ten)?|missed|left\sout|omitted|"
                rf"neglected)\s(?:to\s)?{_Y}"
            ),
        ),
        (Kind.FORGOTTEN, rf"\byou\s(?:should|need\sto)\shave\s(?P<right>(?:{_THING}){{4,160}})"),
        (
            Kind.WRONG,
            (
                rf"(?:\bno\b[,.!:]?\s+|^\s*|(?<=[.!]\s))(?:that|this|it)(?:['\u2019]s|\sis|\swas)\s(?:just\s|still\s|simply\s|"
                rf"completely\s|plain\s)?(?:wrong|incorrect|not\s(?:right|correct|true|how|what)\b)(?!\sof\s(?:me|us)\b)"
                rf"(?:{_BREAK}{_PLEASE}{_DO}\s{_Y})?"
            ),
        ),
        (
            Kind.MEND,
            (
                r"(?:^\s*|(?<=[.!,:]\s)|\bplease\s)(?:please\s)?fix\s(?:the|that|this)\s(?:[\w-]+\s){0,2}"
                r"(?:bugs?|errors?|issues?|problems?|crash(?:es)?|regressions?)\b"
            ),
        ),
    )
)
_SENTENCE_END: Final = re.compile(r"[.!?]+(?=\s|$)|\n")
_WRAPPED: Final = re.compile(r"(?<!\n)\n(?!\n|[ \t]*(?:[-*+]|\d{1,3}[.)])[ \t])")
_INLINE: Final = re.compile(rf"{HIDDEN}+")
_WORD: Final = re.compile(r"[\w./()-]*\w[\w./()-]*")
_UNSURE: Final = re.compile(
    r"\b(?:if|whether|unless|maybe|perhaps|wonder|not\ssure|suppose|in\scase|my\s(?:bad|mistake)|"
    r"i\s(?:forgot|missed|was\swrong))\b",
    re.IGNORECASE,
)
_TRAILING: Final = re.compile(r"\s(?:instead|here|any\s?more|please|again)$", re.IGNORECASE)
_MARK: Final = re.compile(r"^(?:[-*+]|\d{1,3}[.)])\s+")
_OTHERS: Final = re.compile(r"\b(?:i|you|he|she|they|it|who|which|that)\s*$", re.IGNORECASE)
_NOBODY: Final = re.compile(r"\b(?:i|we|you|he|she|they|everyone|everybody|somebody|someone)\s*$", re.IGNORECASE)
_CALM: Final = frozenset(
    (
        *("fine", "ok", "okay", "good", "great", "ready", "done", "easy", "enough", "safe", "possible", "able", "nice"),
        *("soon", "quick", "quickly", "merged", "here", "there", "available", "trivial", "careful", "clear", "sure"),
        *("urgent", "yet", "now", "only", "just", "because", "too", "that", "so", "today", "tomorrow", "hard", "spot"),
        *(
            "a",
            "an",
            "the",
            "very",
            "quite",
            "pretty",
            "all",
            "problem",
            "big",
            "deal",
            "straightforward",
            "interesting",
        ),
        *("critical", "necessary", "needed", "important", "blocking", "blocker", "difficult", "late", "long", "much"),
    )
)
_CATEGORIES: Final = tuple(
    (category, re.compile(rf"\b(?:{words})", re.IGNORECASE))
    for category, words in (
        (
            Category.SECURITY,
            (
                r"password|secret|credential|api.?key|tls|ssl\b|certificate|verify\s*=|injection|xss|csrf|sanitis|sanitiz|"
                r"shell\s*=|eval\b|exec\b|pickle|yaml\.load|md5|sha1|permission|authori[sz]|encrypt"
            ),
        ),
        (
            Category.ASYNC,
            (
                r"async|await|event.?loop|coroutine|promise|thread|race\scondition|deadlock|blocking\scall|goroutine|"
                r"concurren|time\.sleep"
            ),
        ),
        (Category.TEST, r"tests?\b|testing|assert|mock|fixture|pytest|unittest|coverage|snapshot"),
        (Category.IMPORT, r"imports?\b|imported|importing|circular|dependency|dependencies|requirements?\.txt|package"),
        (
            Category.TYPE,
            (
                r"types?\b|typed|typing|annotation|mypy|(?-i:Optional|None)\b|null\b|undefined|nullable|cast\b|casting|"
                r"decimal|float|integer|bytes"
            ),
        ),
        (Category.SYNTAX, r"syntax|indent|parenthes|semicolon|brace|bracket"),
        (
            Category.STYLE,
            (
                r"style|naming|named?\b|renam|format|docstring|comment|camel.?case|snake_case|lint|spell|typo|"
                r"line.length|print\b|logger|logging|wording|capital"
            ),
        ),
    )
)


def find_correction(text: str) -> Correction | None:
    """Return the first correction that a comment makes; None where it makes none, or only asks."""
    text = clean(text[:LONGEST])
    hidden = hide(text)
    end = find_mail_reply(hidden)
    hidden = _WRAPPED.sub(" ", hidden[:end])
    shown = _show_inline(_WRAPPED.sub(" ", text[:end]), hidden)
    for kind, pattern in _PATTERNS:
        for found in pattern.finditer(hidden):
            if (correction := _read(kind, found, hidden, shown)) is not None:
                return correction
    return None


def guess_category(text: str) -> Category:
    """Return what kind of mistake a person's words are about; the use of an interface where nothing says more."""
    return next((category for category, words in _CATEGORIES if words.search(text)), Category.API)


def _show_inline(text: str, hidden: str) -> str:
    """Return the text, as long as before, with blanks for all that is hidden but inline code."""

    def keep(found: re.Match[str]) -> str:
        part = text[found.start() : found.end()]
        return part if part.startswith("`") and part.endswith("`") else " " * len(part)

    parts, done = [], 0
    for found in _INLINE.finditer(hidden):
        parts += [text[done : found.start()], keep(found)]
        done = found.end()
    return "".join([*parts, text[done:]])


def _read(kind: Kind, found: "re.Match[str]", hidden: str, shown: str) -> Correction | None:
    start = max((one.end() for one in _SENTENCE_END.finditer(hidden, 0, found.start() + 1)), default=0)
    start = min(start, found.start())
    after = _SENTENCE_END.search(hidden, max(found.end() - 1, 0))
    stop = after.end() if after else len(hidden)
    if "?" in hidden[found.start() : stop] or _UNSURE.search(hidden, start, found.end()):
        return None
    wrong, right = (_take(found, name, shown) for name in ("wrong", "right"))
    said = _MARK.sub("", " ".join(shown[start : _end_of(kind, stop, hidden)].split()))
    if not _is_telling(kind, found, wrong, right, said, hidden[start : found.start()]):
        return None
    return Correction(kind, said, wrong, right, guess_category(said))


def _end_of(kind: Kind, stop: int, hidden: str) -> int:
    """Return where what was said ends: who only says that something is wrong says why in the next sentence."""
    if kind is not Kind.WRONG:
        return stop
    after = _SENTENCE_END.search(hidden, min(stop, len(hidden)))
    return after.end() if after and "\n" not in hidden[stop : after.end()] else len(hidden) if not after else stop


def _take(found: "re.Match[str]", name: str, shown: str) -> str:
    if name not in found.re.groupindex or found.start(name) < 0:
        return ""
    words = " ".join(shown[found.start(name) : found.end(name)].split()).strip(" ,;:-\u2013\u2014")
    if words.count(")") > words.count("("):
        words = words.removesuffix(")")
    return _TRAILING.sub("", words)


def _is_telling(kind: Kind, found: "re.Match[str]", wrong: str, right: str, said: str, before: str) -> bool:
    """Say whether a lesson could be made of it, and it is no figure of speech."""
    match kind:
        case Kind.INSTEAD:
            return bool(wrong and right) and not _OTHERS.search(before)
        case Kind.SHOULD:
            return bool(wrong and right) and not _NOBODY.search(before) and not (_is_calm(wrong) or _is_calm(right))
        case Kind.FORGOTTEN:
            return ("`" in right or len(_WORD.findall(right)) > 1) and not _is_calm(right)
        case _:
            return bool(right) or len(_WORD.findall(said)) - len(_WORD.findall(found.group())) >= FEWEST_WORDS


def _is_calm(words: str) -> bool:
    found = _WORD.findall(words.lower())
    return "`" not in words and all(word in _CALM for word in found[:2])
