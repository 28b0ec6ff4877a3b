"""Counting tokens: exact for `cl100k_base` (SPEC 1), with no network.

Builds tiktoken's encoding straight from the rank file of the artefact `token-ranks`; tiktoken's own loader, which
downloads and writes to a shared cache folder, must never be called. What looks like a special token is plain text.
"""

import base64
import hashlib
import json
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from yantra_bot.domain.conversation import Block, Message, ModelRequest, Opaque, Text, ToolCall, ToolResult
from yantra_bot.errors import UserError

if TYPE_CHECKING:
    import tiktoken

RANK_FILE = "9b5ad71b2ce5302211f9c61530b329a4922fc6a4"
"""The name under which tiktoken caches cl100k_base: SHA-1 of its address."""
RANK_SHA256 = "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7"
PATTERN = (
    r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+"
    r"| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s"
)
"""How cl100k_base splits text before merging; published with tiktoken."""
LONGEST = 128
"""Bytes of the longest token."""
MESSAGE_OVERHEAD = 4
"""Tokens that a vendor's framing of one message or one tool costs, about."""


class Tokenizer:
    """Counts and cuts text in tokens. `folder` holds the rank file; it is read at the first use. Thread-safe."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._encoding: tiktoken.Encoding | None = None

    def load(self) -> None:
        """Read the rank file now. Raises UserError, saying the cure, when it is missing or damaged."""
        self._ready()

    def count(self, text: str) -> int:
        """Return the number of tokens of `text`."""
        return len(self._ready().encode_ordinary(text))

    def count_batch(self, texts: Iterable[str]) -> list[int]:
        """Return the number of tokens of each text, in order."""
        return [self.count(text) for text in texts]

    def would_exceed(self, text: str, limit: int) -> bool:
        """Say whether `text` has more than `limit` tokens. Cheap when the answer is obvious from its length."""
        # A token is at least one byte, and a character is at most four.
        if len(text) * 4 <= limit:
            return False
        return self.count(text) > limit

    def truncate(self, text: str, limit: int) -> str:
        """Return the beginning of `text` that is its first `limit` tokens, or all of it.

        Never splits a character and never has more than `limit` tokens; it has fewer only where the cut fell into a
        character of several tokens, or where the shorter text splits into tokens in another way.
        """
        if limit <= 0:
            return ""
        if len(text) * 4 <= limit:
            return text
        encoding = self._ready()
        tokens = encoding.encode_ordinary(text[: limit * LONGEST + LONGEST])
        if len(tokens) <= limit:
            return text
        for kept in range(limit, 0, -1):
            beginning = encoding.decode_bytes(tokens[:kept]).decode("utf-8", errors="ignore")
            if self.count(beginning) <= limit:
                return beginning
        return ""

    def count_request(self, request: ModelRequest) -> int:
        """Return about how many input tokens a request has; each vendor counts and frames in its own way."""
        tools = [f"{tool.name}\n{tool.description}\n{json.dumps(tool.parameters)}" for tool in request.tools]
        framing = MESSAGE_OVERHEAD * (len(request.messages) + len(tools) + 1)
        messages = sum(self.count_message(message) for message in request.messages)
        return self.count(request.system) + sum(self.count_batch(tools)) + messages + framing

    def count_message(self, message: Message) -> int:
        """Return the tokens of what a message says, without its framing."""
        return self.count_blocks(message.blocks)

    def count_blocks(self, blocks: Iterable[Block]) -> int:
        """Return the tokens of what the blocks say."""
        return sum(self.count(render_block(block)) for block in blocks)

    def _ready(self) -> "tiktoken.Encoding":
        if self._encoding is None:
            with self._lock:
                if self._encoding is None:
                    self._encoding = build_encoding(self._folder / RANK_FILE)
        return self._encoding


def render_block(block: Block) -> str:
    """Return what a block makes a model read or write."""
    match block:
        case Text(text=text):
            return text
        case ToolCall(name=name, arguments=arguments):
            return f"{name} {json.dumps(arguments or {}, ensure_ascii=False)}"
        case ToolResult(content=content):
            return content
        case Opaque(payload=payload):
            return json.dumps(payload, ensure_ascii=False)


def build_encoding(ranks: Path) -> "tiktoken.Encoding":
    """Return cl100k_base built from its rank file, whose hash is checked. Raises UserError."""
    import tiktoken

    cure = "Run `make setup` (or `python -m yantra_bot.artefacts`) to fetch it; nothing else downloads it."
    try:
        data = ranks.read_bytes()
    except OSError as problem:
        raise UserError(f"The token rank file {ranks} cannot be read. {cure}") from problem
    if hashlib.sha256(data).hexdigest() != RANK_SHA256:
        raise UserError(f"The token rank file {ranks} is damaged: its hash is wrong. Delete it. {cure}")
    lines = (line.split() for line in data.splitlines() if line)
    merges = {base64.b64decode(token): int(rank) for token, rank in lines}
    return tiktoken.Encoding("cl100k_base", pat_str=PATTERN, mergeable_ranks=merges, special_tokens={})
