"""Whether two questions about code ask the same: only where nothing that could change the answer differs. Pure.

Vectors of meaning cannot tell: `minimum` and `maximum`, or who calls whom, are nearly one point to them. So each
question is brought into a form: names and numbers as they are, other words in their order, without what says nothing,
and a few known ways of saying the same made one. Questions of one form are one; every other pair is not.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from yantra_bot.agent.explaining.wording import (
    ARTICLES,
    BE,
    CONTRACTIONS,
    EVERYWHERE,
    MODALS,
    NOUNS,
    PARTICIPLES,
    POINTING,
    POLITE,
    QUESTIONS,
    SAME,
    SAYS_WHICH,
    THINGS,
)

LONGEST: Final = 600
"""Characters; a longer question tells a story of its own, and is like no other."""
LEAST: Final = 2
"""Words of a form: a shorter one leaves too much to be guessed."""
_TOKEN: Final = re.compile(r"`([^`\n]+)`|([\w$@#./:<>=+*~^%&|\\-]+(?:['’]\w+)?(?:\(\))?)")
_CODE: Final = re.compile(r"[_$@#/:<>=+*~^%&|\\]|\w\.\w|\(\)|\d|[a-z][A-Z]|^[A-Z]{2,}$|^[A-Z]\w*[A-Z]")
_NAME: Final = "`"
_PASSIVE: Final = re.compile(r"^[a-z]{3,}ed$")


@dataclass(frozen=True, slots=True)
class Form:
    """A question as far as its answer depends on it. `words` in order, `marks` of tense and mood without."""

    words: tuple[str, ...]
    marks: tuple[str, ...]
    names: frozenset[str]
    """Names of code, as they were written."""
    points: bool
    """Whether it may mean something that was said elsewhere: then nobody can tell from it alone what it asks."""

    @property
    def key(self) -> str:
        """Return what two questions that ask the same have in common, and no others."""
        return "\x1f".join((*self.words, "\x1e", *self.marks))

    @property
    def stands_alone(self) -> bool:
        """Say whether it means the same wherever it is asked: it names code, and points nowhere."""
        return bool(self.names) and not self.points


def read_form(text: str) -> Form | None:
    """Return the form of a question; None for one that is too long or says too little to be compared."""
    if len(text) > LONGEST:
        return None
    raw = [token for token in _split(text) if token]
    plain = _drop_polite(raw)
    words, marks = _mark([SAME.get(token, token) for token in _exchange(plain)])
    words = [_stem(SAME.get(word, word)) for word in _reorder(words, marks)] if words else []
    if len(words) < LEAST:
        return None
    names = frozenset(word for word in words if word.startswith(_NAME) and not word[1:].isdigit())
    return Form(tuple(words), tuple(sorted(marks.elements())), names, _points(plain))


def _split(text: str) -> Iterator[str]:
    """Yield the tokens: names of code and numbers behind a mark, other words in lower case, contractions opened."""
    for quoted, bare in _TOKEN.findall(text.replace("’", "'")):
        if quoted:
            yield _name(quoted)
            continue
        word = bare.strip(".:-")
        owner = word.removesuffix("'s")
        if word.lower() in CONTRACTIONS:
            yield from CONTRACTIONS[word.lower()].split()
        elif _CODE.search(owner):
            yield _name(owner)
        else:
            yield owner.lower()


def _name(text: str) -> str:
    """Return a name of code as a token; brackets and a slash at its end say nothing."""
    return _NAME + " ".join(text.split()).removesuffix("()").rstrip("/")


def _points(tokens: Sequence[str]) -> bool:
    """Say whether a question speaks of `it`, or of `the function` with no word of which one."""
    if any(token in POINTING for token in tokens):
        return True
    behind = [*tokens[2:], ""]
    return any(
        one == "the" and thing in THINGS and not (after in SAYS_WHICH or after.startswith(_NAME))
        for one, thing, after in zip(tokens, tokens[1:], behind, strict=False)
    )


def _drop_polite(tokens: Sequence[str]) -> list[str]:
    """Return the tokens without the phrases that begin or end a question and ask nothing."""
    left, before = [word for word in tokens if word != "please"], -1
    while len(left) != before:
        before = len(left)
        for phrase, _ in POLITE:
            size = len(phrase)
            if size < len(left) and tuple(left[:size]) == phrase:
                left = left[size:]
            if size < len(left) and tuple(left[-size:]) == phrase:
                left = left[:-size]
    return left


def _exchange(tokens: Sequence[str]) -> list[str]:
    """Return the tokens with every known phrase as what it becomes; the longest first."""
    done: list[str] = []
    at = 0
    while at < len(tokens):
        found = next((pair for pair in EVERYWHERE if tuple(tokens[at : at + len(pair[0])]) == pair[0]), None)
        done += found[1] if found else [tokens[at]]
        at += len(found[0]) if found else 1
    return done


def _mark(tokens: Sequence[str]) -> tuple[list[str], Counter[str]]:
    """Return the words that stay in order, and the marks of those that may stand elsewhere."""
    words: list[str] = []
    marks: Counter[str] = Counter()
    for at, word in enumerate(tokens):
        # The first `do` only helps, unless it is what is asked: `what does it do`, `what it does`.
        helps = "do" not in marks and at < len(tokens) - 1
        if word in BE:
            marks.update(BE[word].split())
        elif word in MODALS:
            marks[word] += 1
        elif word in ("do", "does", "did") and helps:
            marks.update(["do", "past"] if word == "did" else ["do"])
        elif word not in ARTICLES:
            words.append("do" if word == "does" else word)
    del marks["do"]
    return words, marks


def _reorder(words: list[str], marks: Counter[str]) -> list[str]:
    """Return the words in one order, whichever voice a question has: `B's A` for `A of B`, `Y does X` for `X done`."""
    for noun, verb in NOUNS.items():
        size = len(noun)
        if words[0] == "what" and tuple(words[1 : 1 + size]) == noun and words[1 + size : 2 + size] == ["of"]:
            del marks["be"]
            return ["what", *words[2 + size :], verb]
    turned = _turn_passive(words, marks)
    if turned.count("of") != 1:
        return turned
    at = turned.index("of")
    rest = turned[at + 1 :]
    return [*turned[: at - 1], *rest, turned[at - 1]] if rest and at > 1 else turned


def _turn_passive(words: list[str], marks: Counter[str]) -> list[str]:
    """Return `where one sets X` for `where is X set`, and `Y calls X` for `is X called by Y`."""
    if marks["be"] != 1:
        return words
    asks = 1 if words[0] in QUESTIONS else 0
    begin = asks + 1
    at = next((at for at in range(begin, len(words)) if _is_participle(words[at])), 0)
    if not at or "one" in words:
        return words
    done, verb, rest = words[asks:at], _base(words[at]), words[at + 1 :]
    if rest.count("by") > 1:
        return words
    doer = ["one"]
    if "by" in rest:
        doer, rest = rest[rest.index("by") + 1 :], rest[: rest.index("by")]
    if not doer:
        return words
    del marks["be"]
    # `which X is used` asks for what is used; after `where`, `when`, `why` and `how` the rest is a whole sentence.
    fronted = words[0] in ("what", "which", "who", "whom", "whose")
    return [*words[:asks], *done, *doer, verb, *rest] if fronted else [*words[:asks], *doer, verb, *done, *rest]


def _is_participle(word: str) -> bool:
    return word in PARTICIPLES or _PASSIVE.match(word) is not None


def _base(word: str) -> str:
    """Return the verb of a participle; whether an `e` belongs to it does not matter, since `_stem` drops it."""
    if word in PARTICIPLES:
        return PARTICIPLES[word]
    return f"{word[:-3]}y" if word.endswith("ied") else word[:-2]


def _stem(word: str) -> str:
    """Return a word without the `s` of several or of a verb, and without an `e` at its end; names stay."""
    if word.startswith(_NAME) or len(word) < 4:
        return word
    if word.endswith("ies"):
        word = f"{word[:-3]}y"
    elif word.endswith(("sses", "shes", "ches", "xes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    return word.removesuffix("e") if len(word) > 3 else word
