"""What of a chunk is embedded: where it lies and what it is called in plain words, then what it says. Pure.

The beginning counts most, for a model reads only so many tokens. Whatever changes here changes vectors: raise RECIPE,
so that kept ones are not taken for those of the new text.
"""

import re

from yantra_bot.retrieval.chunks import Chunk

RECIPE = 1
CHARACTERS_PER_TOKEN = 12
"""More of a text than this, times the tokens that are read, cannot matter; code has about three."""
_PARTS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[^\W\d_A-Z]+|[A-Z]+|\d+")
_QUOTES = "\"'`"


def describe(chunk: Chunk, tokens: int) -> str:
    """Return the text to embed of a chunk when `tokens` of it are read.

    Path and qualified name in words, signature, docstring, and the code without what was already said.
    """
    room = tokens * CHARACTERS_PER_TOKEN
    title = f"{part_words(chunk.path)}: {part_words(chunk.name)}"
    said = {line.strip().strip(_QUOTES) for line in (*chunk.signature.splitlines(), *chunk.doc.splitlines())}
    rest: list[str] = []
    for line in chunk.text[: 4 * room].splitlines():
        bare = line.strip().strip(_QUOTES)
        if bare and bare not in said:
            rest.append(line)
    parts = (title, chunk.signature, chunk.doc, *rest)
    return "\n".join(part for part in parts if part)[:room]


def part_words(name: str) -> str:
    """Return the parts of a path or an identifier in lower case: `src/HTTPServer.py` is `src http server py`."""
    return " ".join(part.lower() for part in _PARTS.findall(name))
