"""Seeds breaks into sources of TypeScript, Go and Java, by their text alone.

Only functions and methods whose name is declared once, and called elsewhere, are changed: then what was edited and who
calls it is certain enough without a compiler; where one is at hand, it judges.
"""

import random
import re
from collections import Counter
from collections.abc import Iterator

from benchmarks.review_seeds import Seed

KINDS = ("rename", "removed parameter", "new required parameter", "wrong arity")
_DECLARED = {
    "TypeScript": re.compile(
        r"^[ \t]*(?:export )?(?:default )?(?:async )?function (\w+)\s*(?:<[^()]*>)?\(", re.MULTILINE
    ),
    "Go": re.compile(r"^func (?:\(\w+ \*?\w+\) )?(\w+)\(", re.MULTILINE),
    "Java": re.compile(
        r"^[ \t]+(?:(?:public|private|protected|static|final|synchronized) )+[\w<>\[\], .?]+ (\w+)\(", re.MULTILINE
    ),
}
_NEW = {"TypeScript": "seeded: Date", "Go": "seeded chan struct{}", "Java": "java.util.Date seeded"}
_NOTHING = {"TypeScript": "null as any", "Go": "nil", "Java": "null"}
_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_SHORTEST = 5
"""Names that are shorter are those of much else."""


def make_typed_seeds(language: str, files: dict[str, str], count: int, chance: random.Random) -> list[Seed]:
    """Return so many seeds, of each kind in turn."""
    plain = {path: _COMMENT.sub(_blank, text) for path, text in files.items()}
    said = Counter(word for text in plain.values() for word in re.findall(r"\b\w+(?=\s*\()", text))
    declared = [
        (path, found)
        for path, text in plain.items()
        for found in _DECLARED[language].finditer(text)
        if not re.search(r"([_/.]test|spec|Test)\.\w+$|/test/", path)
    ]
    names = Counter(found.group(1) for _, found in declared)
    chosen = [
        (path, found)
        for path, found in declared
        if names[found.group(1)] == 1 and said[found.group(1)] > 1 and len(found.group(1)) >= _SHORTEST
    ]
    chance.shuffle(chosen)
    makers = [_rename, _remove, _add, _call]
    seeds: list[Seed] = []
    turn = 0
    for path, found in chosen:
        for step in range(len(makers)):
            seed = next(makers[(turn + step) % len(makers)](language, files, plain, path, found), None)
            if seed is not None:
                seeds.append(seed)
                turn += step + 1
                break
        if len(seeds) == count:
            break
    return seeds


def _blank(found: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", found.group())


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def _edited(files: dict[str, str], path: str, start: int, end: int, new: str) -> dict[str, str]:
    return {path: files[path][:start] + new + files[path][end:]}


def _list(text: str, start: int) -> tuple[int, int, list[str]]:
    """Return where a parameter list's inside begins and ends, and its parts."""
    depth, at, begin, parts = 0, start, start, []
    while at < len(text):
        sign = text[at]
        if sign in "([{<":
            depth += 1
        elif sign in ")]}" or (sign == ">" and text[at - 1] not in "=-"):
            if depth == 0:
                break
            depth -= 1
        elif sign == "," and depth == 0:
            parts.append(text[begin:at])
            begin = at + 1
        at += 1
    return start, at, [part for part in [*parts, text[begin:at]] if part.strip()]


def _rename(
    language: str, files: dict[str, str], plain: dict[str, str], path: str, found: re.Match[str]
) -> Iterator[Seed]:
    name = found.group(1)
    new = f"Seeded{name}" if language == "Go" and name[0].isupper() else f"seeded{name}"
    edited = _edited(files, path, found.start(1), found.end(1), new)
    yield Seed("rename", path, _line(plain[path], found.start(1)), name, edited)


def _remove(
    language: str, files: dict[str, str], plain: dict[str, str], path: str, found: re.Match[str]
) -> Iterator[Seed]:
    start, end, parts = _list(plain[path], found.end())
    is_plain = all(" " in part.strip() or ":" in part for part in parts) and "..." not in plain[path][start:end]
    if parts and is_plain and not re.search(r"[=?]|this", parts[-1]):
        edited = _edited(files, path, start, end, ",".join(parts[:-1]))
        yield Seed("removed parameter", path, _line(plain[path], found.start(1)), found.group(1), edited)


def _add(
    language: str, files: dict[str, str], plain: dict[str, str], path: str, found: re.Match[str]
) -> Iterator[Seed]:
    start, end, parts = _list(plain[path], found.end())
    is_named = all(" " in part.strip() or ":" in part for part in parts[-1:])
    if is_named and "..." not in plain[path][start:end] and not re.search(r"\bthis\b", plain[path][start:end]):
        new = _NEW[language] + (", " if parts else "")
        edited = _edited(files, path, start, start, new)
        yield Seed("new required parameter", path, _line(plain[path], found.start(1)), found.group(1), edited)


def _call(
    language: str, files: dict[str, str], plain: dict[str, str], path: str, found: re.Match[str]
) -> Iterator[Seed]:
    name = found.group(1)
    if "..." in plain[path][found.end() : _list(plain[path], found.end())[1]]:
        return
    for other, text in plain.items():
        for call in re.finditer(rf"\b{name}\(", text):
            is_definition = other == path and call.start() == found.start(1)
            before = text[: call.start()].rsplit("\n", 1)[-1]
            owner = re.search(r"\b([A-Z]\w*)\.$", before) if language == "Java" else None
            if owner is not None and owner.group(1) != path.rpartition("/")[2].removesuffix(".java"):
                continue  # of another class: it may be the language's own
            if not is_definition and not re.search(r"\b(function|func|new)\s+$", before):
                is_empty = text[call.end() :].lstrip().startswith(")")
                new = ", ".join([_NOTHING[language]] * 9) + ("" if is_empty else ", ")
                edited = _edited(files, other, call.end(), call.end(), new)
                yield Seed("wrong arity", other, _line(text, call.start()), name, edited)
                return
