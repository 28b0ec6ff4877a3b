"""Counting tokens: exact for `cl100k_base` and `o200k_base` (SPEC 1), with no network.

Builds tiktoken's encodings straight from the rank files of the artefact `token-ranks`; tiktoken's own loader, which
downloads and writes to a shared cache folder, must never be called. What looks like a special token is plain text.
"""

import binascii
import hashlib
import json
import math
import re
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from yantra_bot.domain.conversation import Block, Image, Message, ModelRequest, Opaque, Text, ToolCall, ToolResult
from yantra_bot.errors import UserError
from yantra_bot.retrieval.picture_tokens import count_pictures

if TYPE_CHECKING:
    import tiktoken


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """One published encoding."""

    name: str
    file: str
    """The name under which tiktoken caches the ranks: SHA-1 of their address."""
    sha256: str
    pattern: str
    """How text is split before merging; published with tiktoken, but for a shorter way through blanks at the end."""


CL100K = Vocabulary(
    name="cl100k_base",
    file="9b5ad71b2ce5302211f9c61530b329a4922fc6a4",
    sha256="223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
    pattern=(
        r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+"
        r"| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s"
    ),
)
O200K = Vocabulary(
    name="o200k_base",
    file="fb374d419588a4632f3f557e76b4b70aebbca790",
    sha256="446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
    pattern=(
        r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
        r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
        r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|[^\S\r\n]++$|\s*[\r\n]+|\s+(?!\S)|\s+"
    ),
)
LONGEST = 128
"""Bytes of the longest token of either."""
LONG_RUN = 400_000
BLANKS = re.compile(r"[ \t\x0b\x0c\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]++")
"""A million blanks before a word overflow the stack of tiktoken's pattern engine, which ends in a panic."""
MESSAGE_OVERHEAD = 4
"""Tokens that a vendor's framing of one message or one tool costs, about."""


@dataclass(frozen=True, slots=True)
class Counting:
    """How the tokens of a model are counted here."""

    vocabulary: Vocabulary
    margin: float
    """What the vendor may count for one token of ours, at most."""


EXACT_200K, EXACT_100K = Counting(O200K, 1.0), Counting(CL100K, 1.0)
CLAUDE, EARLIER_CLAUDE = Counting(CL100K, 1.55), Counting(CL100K, 1.2)
"""Claude's vocabulary is not public. Others found up to 1.53 of its tokens for one of o200k_base since Opus 4.7, 1.18
before; cl100k_base counts code about as that does."""
UNKNOWN = Counting(CL100K, 1.25)
"""Nothing is known of the model: a cautious guess."""
FAMILIES = (
    (re.compile(r"claude-(3|\w+-3|\w+-4(?!-[78])\b)"), EARLIER_CLAUDE),
    (re.compile(r"claude"), CLAUDE),
    (re.compile(r"gpt-3\.5|gpt-35|gpt-4(?![.o\d])"), EXACT_100K),
    (re.compile(r"gpt-\d|gpt-oss|chatgpt-4o|o[134]\b"), EXACT_200K),
)


def find_counting(model: str) -> Counting:
    """Return how a model's tokens are counted; the cautious UNKNOWN for one that no family fits."""
    name = model.rpartition("/")[2].removeprefix("ft:").lower()
    return next((counting for pattern, counting in FAMILIES if pattern.match(name)), UNKNOWN)


class Tokenizer:
    """Counts and cuts text in tokens. `folder` holds the rank file; it is read at the first use. Thread-safe."""

    def __init__(self, folder: Path, vocabulary: Vocabulary = CL100K, *, long_run: int = LONG_RUN) -> None:
        """`long_run`: so many blanks in a row are counted apart from the rest, which changes no count."""
        self.vocabulary = vocabulary
        self._long_run = long_run
        self._folder = folder
        self._lock = threading.Lock()
        self._encoding: tiktoken.Encoding | None = None

    def load(self) -> None:
        """Read the rank file now. Raises UserError, saying the cure, when it is missing or damaged."""
        self._ready()

    def count(self, text: str) -> int:
        """Return the number of tokens of `text`."""
        return len(self._encode(text))

    def count_batch(self, texts: Iterable[str]) -> list[int]:
        """Return the number of tokens of each text, in order."""
        return [self.count(text) for text in texts]

    def would_exceed(self, text: str, limit: int) -> bool:
        """Say whether `text` has more than `limit` tokens. Cheap when the answer is obvious from its length."""
        # A token is at least one byte and at most LONGEST, and a character is at least one and at most four.
        if len(text) * 4 <= limit:
            return False
        if len(text) > limit * LONGEST:
            return True
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
        tokens = self._encode(text[: limit * LONGEST + LONGEST])
        if len(tokens) <= limit:
            return text
        for kept in range(limit, 0, -1):
            beginning = encoding.decode_bytes(tokens[:kept]).decode("utf-8", errors="ignore")
            if self.count(beginning) <= limit:
                return beginning
        return ""

    def count_request(self, request: ModelRequest) -> int:
        """Return about how many input tokens a request has; each vendor counts and frames in its own way."""
        return self.count_words(request) + count_pictures(request)

    def count_words(self, request: ModelRequest) -> int:
        """Return the same without its pictures."""
        tools = [f"{tool.name}\n{tool.description}\n{json.dumps(tool.parameters)}" for tool in request.tools]
        framing = MESSAGE_OVERHEAD * (len(request.messages) + len(tools) + 1)
        messages = sum(self.count_message(message) for message in request.messages)
        return self.count(request.system) + sum(self.count_batch(tools)) + messages + framing

    def count_message(self, message: Message) -> int:
        """Return the tokens of what a message says, without its framing."""
        return self.count_blocks(message.blocks)

    def count_blocks(self, blocks: Iterable[Block]) -> int:
        """Return the tokens of what the blocks say; pictures are counted apart."""
        return sum(self.count(render_block(block)) for block in blocks if not isinstance(block, Image))

    def _encode(self, text: str) -> list[int]:
        encoding = self._ready()
        if len(text) < self._long_run:
            return encoding.encode_ordinary(text)
        tokens, done = [], 0
        for run in BLANKS.finditer(text):
            if run.end() - run.start() < self._long_run or text[run.end() : run.end() + 1] in ("\r", "\n"):
                continue
            # All but the last blank are one piece of the pattern's, so that cutting here changes no token.
            for place in (run.start(), run.end() - (run.end() < len(text))):
                tokens += encoding.encode_ordinary(text[done:place])
                done = place
        return tokens + encoding.encode_ordinary(text[done:])

    def _ready(self) -> "tiktoken.Encoding":
        if self._encoding is None:
            with self._lock:
                if self._encoding is None:
                    self._encoding = build_encoding(self._folder, self.vocabulary)
        return self._encoding


class Tokenizers:
    """The tokenizer of each model, over the rank files in one folder. Thread-safe."""

    def __init__(self, folder: Path) -> None:
        self._made = {one.name: Tokenizer(folder, one) for one in (CL100K, O200K)}

    def load(self) -> None:
        """Read every rank file now. Raises UserError, saying the cure, when one is missing or damaged."""
        for tokenizer in self._made.values():
            tokenizer.load()

    def of(self, model: str) -> Tokenizer:
        """Return who counts for a model: exactly where its vocabulary is public, else with the nearest public one."""
        return self._made[find_counting(model).vocabulary.name]

    def estimate_request(self, request: ModelRequest) -> int:
        """Return the most input tokens that the vendor will count for a request, about: the margin is on top."""
        words = self.of(request.model).count_words(request)
        return math.ceil(words * find_counting(request.model).margin) + count_pictures(request)


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
        case Image():
            return block.describe()


def build_encoding(folder: Path, vocabulary: Vocabulary) -> "tiktoken.Encoding":
    """Return an encoding built from its rank file, whose hash is checked. Raises UserError."""
    ranks = folder / vocabulary.file
    cure = "Run `make setup` (or `python -m yantra_bot.artefacts`) to fetch it; nothing else downloads it."
    try:
        data = ranks.read_bytes()
    except OSError as problem:
        raise UserError(f"The token rank file {ranks} cannot be read. {cure}") from problem
    if hashlib.sha256(data).hexdigest() != vocabulary.sha256:
        raise UserError(f"The token rank file {ranks} is damaged: its hash is wrong. Delete it. {cure}")
    return _make_encoding(vocabulary, data)


_made: dict[str, "tiktoken.Encoding"] = {}
"""One for each vocabulary, whoever asks: the hash settles what it is, and each takes tens of megabytes."""


def _make_encoding(vocabulary: Vocabulary, data: bytes) -> "tiktoken.Encoding":
    import tiktoken

    if vocabulary.name not in _made:
        _made[vocabulary.name] = tiktoken.Encoding(
            vocabulary.name, pat_str=vocabulary.pattern, mergeable_ranks=read_ranks(data), special_tokens={}
        )
    return _made[vocabulary.name]


def read_ranks(data: bytes) -> dict[bytes, int]:
    """Return the tokens of a rank file whose hash is right: a token in base64 and its rank on each line, in order."""
    # The ranks count up from 0 in both files (their hashes are checked), so that only the tokens need be read.
    return {token: rank for rank, token in enumerate(map(binascii.a2b_base64, data.split()[::2]))}
