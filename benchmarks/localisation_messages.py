"""Which commits fix bugs, by what their messages say, and the query that a message makes: no path, no file name."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator

LEAST_WORDS = 4
_FIXES = re.compile(
    r"\b(fix(e[sd]|ing)?|bugs?|bugfix(es)?|hotfix|issues?|errors?|crash(e[sd]|ing)?|regressions?|broken|breaks?"
    r"|wrong(ly)?|incorrect(ly)?|fail(s|ed|ing|ures?)?|leak(s|ing)?|deadlocks?|raises?|exceptions?|tracebacks?)\b",
    re.IGNORECASE,
)
_MENDS = re.compile(
    r"\b(fix(e[sd]|ing)?|bugs?|bugfix|regression|(clos|resolv)e[sd]?\W{1,3}(gh-?)?#\d+)\b", re.IGNORECASE
)
"""What the rest of a message has to say where the subject does not."""
_NO_FIX = re.compile(
    r"\W*((merge|revert|bump|release|prepare|update dependenc|pre-?commit|back to)\b"
    r"|(typing|refactor|rename|move|reformat)\b"
    r"|(build|chore|ci|docs?|tests?|style)\b.{0,20}:)",
    re.IGNORECASE,
)
_ADDS = re.compile(r"\W*(add(ed|s)?|implement(ed|s)?|support|introduced?|deprecated?|drop(ped)?|feat)\b", re.IGNORECASE)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_WORD = re.compile(r"[a-z][a-z0-9]*")
_SAYS_NOTHING = _words("""
    fix fixes fixed fixing fixup bug bugs issue issues error errors failure failures failing fail broken wrong
    correct minor small some few more another other several various a an the in of on for to and with from by
    all is are up new my our this that chore build refactor feat misc cleanup clean update add remove
""")
_NO_CODE = _words("""
    typo typos doc docs documentation documenting docstring docstrings lint linting linter linters flake8 flake
    mypy pyright typing types type hint hints annotation annotations pep8 pep precommit commit ci travis tox
    appveyor github actions coverage codecov changelog changes news release version versions test tests testing
    testcase unittest unittests comment comments whitespace spelling grammar formatting style black isort ruff
    pylint readme rst markdown links link warnings sphinx doctest doctests example examples wording import
    imports unused
""")
_TRAILER = re.compile(r"^\s*([A-Z][a-z]+(-[A-Za-z]+)+|Change-Id|cc|CC|Ref|Refs)\s*:\s.*$")
_DIVIDER = re.compile(r"^\s*([-=*]{3,}|--HG--|branch : \S+)\s*$")
_URL = re.compile(r"\b(https?|ftp|git)://\S+|\bwww\.\S+", re.IGNORECASE)
_TOKEN = re.compile(r"[^\s`'\"()\[\]{}<>,;]+")
_ENDING = re.compile(
    r"\.(py|pyi|pyx|rst|md|txt|cfg|toml|ini|json|ya?ml|lock|sh|[cm]?[jt]sx?|go|mod|rs|java|kt|c|h|cc|cpp|hpp|html?|css|xml|gradle|ipynb)"
    r"(:\d+)?$",
    re.IGNORECASE,
)


def is_fix(message: str) -> bool:
    """Say whether a message tells of a mended bug in code: not only of a typo, documentation, tests or the like."""
    subject, _, body = message.strip().partition("\n")
    if _NO_FIX.match(subject) or (_ADDS.match(subject) and not _MENDS.search(message)):
        return False
    if not _FIXES.search(subject) and not _MENDS.search(body):
        return False
    words = [word for word in _WORD.findall(subject.lower()) if word not in _SAYS_NOTHING]
    return bool(words) and words[0] not in _NO_CODE and not all(word in _NO_CODE for word in words)


def make_query(message: str, list_paths: Callable[[], Iterable[str]]) -> str | None:
    """Return a message without trailers, addresses, paths and file names; None where too few words are left.

    `list_paths` gives every path of the commit's parent; it is asked only where something in the message has a slash.
    """
    lines = [line for line in message.strip().splitlines() if not _TRAILER.match(line) and not _DIVIDER.match(line)]
    text = _URL.sub(" ", "\n".join(lines))
    tree = list_ends(list_paths()) if "/" in text else set()
    text = _TOKEN.sub(lambda found: "" if names_file(found[0], tree) else found[0], text)
    kept = [re.sub(r"[ \t]+", " ", line).strip() for line in text.splitlines()]
    query = re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()
    return query if len(re.findall(r"[^\W\d_]{2,}", query)) >= LEAST_WORDS else None


def names_file(token: str, tree: Collection[str]) -> bool:
    """Say whether a word is a path or the name of a file. `tree` has what may name one, as `list_ends` gives it."""
    bare = token.strip(":*!?|").removeprefix("./").strip(".:/")
    if _ENDING.search(bare):
        return True
    return "/" in bare and (bare in tree or bare.split(":")[0] in tree)


def list_ends(paths: Iterable[str]) -> set[str]:
    """Return what may name a file or folder: each path and folder, with and without suffix, from any folder on."""
    names: set[str] = set()
    for whole in {folder for path in paths for folder in _list_parents(path)}:
        for path in (whole, whole.rpartition(".")[0]):
            parts = path.split("/")
            names.update("/".join(parts[begin:]) for begin in range(len(parts) - 1))
    return names


def _list_parents(path: str) -> Iterator[str]:
    """Yield a path and each folder that it lies in."""
    while path:
        yield path
        path = path.rpartition("/")[0]
