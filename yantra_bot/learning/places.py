"""Where a mistake was made, as a lesson's texts have it: files, and names that are the repository's own. Pure."""

import builtins
import keyword
import re
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Final

from yantra_bot.graphdb.languages import language_of

_PATH: Final = re.compile(r"(?<![\w/\\.@+-])(?:[/\\]?(?:[\w.@~+-]+[/\\])+)?[\w@+-][\w.@+-]*\w")
"""A word that may be a file's: with or without its folders."""
_NAME: Final = re.compile(r"[^\W\d]\w+")
_SYMBOL: Final = re.compile(r"(?<![\w.])[A-Z]\w*(?:\.[^\W\d]\w*)+")
"""A member of a class."""
_REMARK: Final = re.compile(r"^A change of \S+, in (\S+)$")
"""How `remarks` names the symbol that was changed."""
_ANONYMOUS: Final = re.compile(r"file\d+(?:\.\w+)?")
_EVERYBODYS: Final = frozenset(
    {"__init__.py", "__main__.py", "conftest.py", "manage.py", "setup.py"}
    | {f"{name}.js" for name in ("Next", "Node", "Nuxt", "React", "Vue", "d3", "three")}
)
_WORDS: Final = """
    api app base client common config core counter data home index init lib libs main model models object package
    packages path public queue request response server service services session shared site src string test tests
    tool tools usr util utils var view views web
"""
_PLAIN: Final = frozenset(
    {
        *_WORDS.split(),
        *(name for kind in (str, bytes, list, dict, set, int, float, BaseException) for name in dir(kind)),
        *keyword.kwlist,
        *(name.casefold() for name in dir(builtins)),
    }
)
"""Names of folders and symbols that say nothing of whose they are."""


def is_file(word: str) -> bool:
    """Say whether a word is the path of a file: by an ending that code has, or by its folders."""
    if _ANONYMOUS.fullmatch(word) or word in _EVERYBODYS:
        return False
    slashes = word.count("/") + word.count("\\")
    path = PurePosixPath(word.replace("\\", "/"))
    return slashes > 1 or language_of(str(path)) is not None or (slashes == 1 and path.suffix[1:].isalnum())


def find_own_names(texts: Iterable[str], symbols: Iterable[str], file: str) -> frozenset[str]:
    """Return the names that folders, files and symbols of a lesson are made of, in small letters."""
    places = [file, *symbols]
    for text in texts:
        places += filter(is_file, _PATH.findall(text))
        places += _SYMBOL.findall(text)
        places += _REMARK.findall(text)
    found = {name for place in places for name in _parts(place)}
    return frozenset(name for name in found if len(name) > 2 and name not in _PLAIN)


def hide_files(text: str, names: dict[str, str]) -> str:
    """Return a text in which each file is `file1` with its ending; `names` is filled with which is which."""

    def replace(match: re.Match[str]) -> str:
        word = match.group()
        if not is_file(word):
            return word
        return names.setdefault(word, f"file{len(names) + 1}{PurePosixPath(word.replace(chr(92), '/')).suffix}")

    return _PATH.sub(replace, text)


def _parts(place: str) -> list[str]:
    """Return the names in a path or a symbol, without endings of files and without those of Python's own."""
    path, mark, symbol = place.rpartition("::")
    names = _NAME.findall(symbol) if mark or not is_file(symbol) else _NAME.findall(_stem(symbol))
    return [name.casefold() for name in (*names, *_NAME.findall(_stem(path)))]


def _stem(path: str) -> str:
    return str(PurePosixPath(path.replace("\\", "/")).with_suffix("")) if path.strip("/.\\") else ""
