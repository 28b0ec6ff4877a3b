"""How much a line tells: whether it reads as a finding, as speech, or as code that can be read again.

Pure, and general: it knows words of English and shapes of names and numbers, no tool and no message of any program.
"""

import re

LONGEST_LINE = 400
"""Characters of a line that are looked at: some patterns go over what they look at many times."""
WORD = re.compile(r"[^\W_]{2,}")
SENTENCE = re.compile(r"(?<=[.!?…])[ \t]+(?=[\"'`(\[]?[A-Z0-9`])|\n+")
PLACED = re.compile(r"^(?:\s*\d+[\t|:]|[\w./-]+\.\w+[:-]\d+[:-])\s?")
"""The number, or path and number, that a tool puts before a line of a file: such a line can be read again."""
NUMBER = re.compile(r"\d")
NAME = re.compile(
    r"\w_\w|[a-z][A-Z]|[\w-]/[\w-]|\w\.[a-z]\w|\w\(\)|`[^`]+`|\"[^\"]+\"|'[^']+'|--?[a-z]\w|\b[A-Z]{2,}\b"
)
CODE = re.compile(
    r"[;{}(\[,\\]\s*$|^\s*[)\]}]|=>|->|:=|^\s*(?:def|class|import|from|return|if|for|while|else|elif|try|except|finally|with"
    r"|raise|assert|yield|async|await|func|fn|let|const|var|public|private|protected|package|use|impl|struct|enum|match"
    r"|case|switch|export|interface|type|pub|static|void|pass|break|continue)\b.*[:({;=]|^\s*@\w|^\s*[\w.\[\]]+\(.*\)$"
    r"|^\s*[\w.\[\], ]+(?::\s*[\w\[\], |.]+)?\s*[-+*/|]?=[^=].*[(\[]"
)
REMARK = re.compile(r"^\s*(?:#|//|/?\*|--|;)\s*\w")
SETTING = re.compile(
    r"^\s*[\w.-]+\s*[:=]\s*(?:[<>=~^]*\d[\w.,<>=~^*% -]*|\"[^\"]+\"|'[^']+'|[Tt]rue|[Ff]alse)[,;]?"
    r"(?:\s*(?:#|//).*)?$"
)
"""A name and a literal value, as configuration and constants have them."""
FUNCTION_WORDS = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at be because been but by can cannot could did do does for from had has have how if in into is"
        " it its just may more must never no not of off on only or our out over own should since so some such than that"
        " the their them then there these they this those to too under until us was we were what when where which while"
        " who whose why will with without would you your",
    )
)
TELLING = re.compile(
    r"\b(?:error|fail\w*|exception|warn\w*|traceback|expected|actual\w*|because|cause[sd]?|reason|decid\w*|decision"
    r"|must|never|always|only|instead|until|unless|deprecated|require[sd]?|limit\w*|time[sd]? ?out|version|fix\w*"
    r"|broke\w*|note|important|remember|prefer\w*|don't|cannot|can't|won't|isn't|doesn't|missing|unknown|killed|denied"
    r"|refus\w*|exceed\w*|pass(?:ed|es)|conflict\w*|wrong|bug|regression|root|turns? out|confirmed|means|expect\w*|keep"
    r"|avoid|invalid|abort\w*|panic\w*|leak\w*|slow\w*|crash\w*|corrupt\w*|race|deadlock|fault|fatal)\b"
    r"|[a-z](?:Error|Exception|Warning|Failure)\b",
    re.IGNORECASE,
)
EMPTY_SPEECH = re.compile(
    r"^(?:ok(?:ay)?\b|let me|let's|i'll|i will|i am going|i'm going|i want|i should|now\b|next\b|good\b|great\b|sure\b"
    r"|looking|first,? let|alright|time to|done\b|hm+\b|thanks|perfect)",
    re.IGNORECASE,
)


def words_of(text: str) -> frozenset[str]:
    """Return the words of a text in lower case, those of names apart."""
    return frozenset(WORD.findall(text.lower()))


def split_sentences(text: str) -> list[str]:
    """Return the sentences and lines of speech, without blank ones."""
    return [sentence.strip() for sentence in SENTENCE.split(text) if sentence.strip()]


def split_lines(text: str) -> list[tuple[str, bool]]:
    """Return the lines of a result that have words, each with whether it is one of a listing that can be read again."""
    cut = (line[:LONGEST_LINE] for line in text.splitlines())
    lines = [(line.strip(), bool(PLACED.match(line))) for line in cut if WORD.search(line)]
    is_listing = sum(placed for _, placed in lines) * 2 > len(lines)
    return [(line, placed and is_listing) for line, placed in lines]


def shape_of(text: str) -> str:
    """Return what lines of one kind have in common: their signs, with words and numbers put aside."""
    return re.sub(r"(\W)\1+", r"\1", re.sub(r"\w+", "w", text))


def judge_speech(text: str) -> float:
    """Return how much a sentence tells, about -0.6 to 1.5."""
    telling = len(set(TELLING.findall(text)))
    score = 0.3 * min(telling, 3) + 0.25 * bool(NUMBER.search(text)) + 0.15 * bool(NAME.search(text))
    return score - (0.6 if EMPTY_SPEECH.match(text) and not telling else 0.0)


def judge_line(text: str, *, is_placed: bool) -> float:
    """Return how much a line of a result tells, about -2 to 2."""
    bare = PLACED.sub("", text) if is_placed else text
    words = bare.lower().split()
    joining = sum(word.strip(".,;:!?()\"'`#*") in FUNCTION_WORDS for word in words)
    telling = len(set(TELLING.findall(bare)))
    score = 0.25 * bool(NUMBER.search(bare)) - (0.25 if REMARK.match(bare) else 0.7) * is_placed
    if SETTING.match(bare):
        return score + 0.9
    if CODE.search(bare) and not telling:
        return score - 0.8
    score += 0.4 * min(telling, 3)
    return score + (0.4 if len(words) >= 4 and joining >= max(1, len(words) * 0.15) else 0.0)
