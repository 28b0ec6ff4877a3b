"""Cuts files into chunks: code at functions and classes, documents at headings, configuration at blocks."""

from pathlib import PurePosixPath
from typing import Final

from yantra_bot.retrieval.chunking.code import cut_code
from yantra_bot.retrieval.chunking.grammars import grammar_of
from yantra_bot.retrieval.chunking.prose import cut_document, cut_settings
from yantra_bot.retrieval.chunks import Chunk

DOCUMENTS: Final = frozenset({".md", ".markdown", ".rst"})
SETTINGS: Final = frozenset({".toml", ".ini", ".cfg", ".yml", ".yaml", ".json"})
MAX_BYTES: Final = 1024 * 1024


def is_cut(path: str) -> bool:
    """Say whether files of that name are cut into chunks."""
    return grammar_of(path) is not None or PurePosixPath(path).suffix.lower() in DOCUMENTS | SETTINGS


def cut_file(path: str, data: bytes) -> list[Chunk]:
    """Return the chunks of a file; none where it is of no kind that is known, too large, or no text."""
    if len(data) > MAX_BYTES or b"\0" in data:
        return []
    grammar = grammar_of(path)
    if grammar is not None:
        return cut_code(path, data, grammar)
    suffix = PurePosixPath(path).suffix.lower()
    text = data.decode("utf-8", "replace")
    if suffix in DOCUMENTS:
        return cut_document(path, text)
    return cut_settings(path, text) if suffix in SETTINGS else []
