"""What the tools about symbols answer where there is no code graph: equal names alone, and they say so."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from yantra_bot.agent.answers.lines import one_line, rest_of
from yantra_bot.errors import UserError
from yantra_bot.graphdb.names import rank_similar
from yantra_bot.retrieval.chunks import Chunk, ChunkKind
from yantra_bot.retrieval.corpus import Corpus, Group

MOST: Final = 40
MOST_DOC: Final = 600
MOST_SIMILAR: Final = 5
_KINDS: Final = frozenset({ChunkKind.FUNCTION, ChunkKind.CLASS})


def show_symbol_by_name(corpus: Corpus, name: str, why: str) -> str:
    """Return the definitions with such a name."""
    found = _definitions(corpus, name)
    lines = [why]
    for chunk in found[:MOST]:
        lines.append(f"\n{chunk.path}:{chunk.start or chunk.first}-{chunk.last}  {chunk.kind} {one_line(chunk.name)}")
        lines += [f"  {one_line(chunk.signature)}"] if chunk.signature else []
        lines += [f'  "{one_line(chunk.doc, MOST_DOC)}"'] if chunk.doc else []
    return "\n".join([*lines, *rest_of(len(found), MOST, "Name it with its class or file.")])


def show_uses_by_name(corpus: Corpus, names: Sequence[str], why: str) -> str:
    """Return the code that writes one of the names, tests last."""
    own = [_own(one) for one in names]
    found = [chunk for group in (corpus.groups.code, corpus.groups.tests) for chunk in _writing(corpus, group, own)]
    said = ", ".join(one_line(one, 80) for one in own)
    lines = [why, f"Code that writes the name {said}, which may mean another one:"]
    lines += [f"{one.path}:{one.start or one.first}-{one.last}  {one_line(one.name or 'top level')}" for one in found]
    lines = [*lines[: MOST + 2], *rest_of(len(found), MOST, "search finds all lines with the name.")]
    return "\n".join(lines) if found else f"{why}\nNo other code writes the name {said}."


def names_in(corpus: Corpus, path: str) -> list[str]:
    """Return the names that a file defines; raise UserError where no such file is searched."""
    if path not in corpus.files:
        raise UserError(f"There is no code in {path}. Name a source file of the repository; list_files has them.")
    return [chunk.own_name for chunk in corpus.files[path].chunks if chunk.kind in _KINDS]


def _own(name: str) -> str:
    return name.replace("::", ".").replace("#", ".").rpartition(".")[2] or name


def _definitions(corpus: Corpus, name: str) -> list[Chunk]:
    own, dotted = _own(name), name.replace("::", ".").replace("#", ".")
    every = [chunk for file in corpus.files.values() for chunk in file.chunks if chunk.kind in _KINDS]
    same = [chunk for chunk in every if chunk.own_name == own]
    exact = [chunk for chunk in same if f".{chunk.path.replace('/', '.')}.{chunk.name}".endswith(f".{dotted}")]
    if not same:
        near = rank_similar(own, {chunk.own_name for chunk in every})[:MOST_SIMILAR]
        hint = f" Did you mean {', '.join(near)}?" if near else " codebase_search finds code by what it is about."
        raise UserError(f"There is no symbol {one_line(name, 80)} in this repository.{hint}")
    return exact or same


def _writing(corpus: Corpus, group: Group, names: Sequence[str]) -> list[Chunk]:
    numbers = [corpus.counting.names.find(name) for name in names]
    rows = np.unique(group.names.rows[np.isin(group.names.terms, numbers)]).tolist()
    return [chunk for row in rows if (chunk := group.chunks[row]).own_name not in names]
