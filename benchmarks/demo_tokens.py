"""The demo's run: input that a vendor's prompt cache gives back, and what compressed source saves.

    python -m benchmarks.demo_tokens

The run of `make demo` on its library and issue, from a folder instead of the local GitHub, with its recorded answers:
each request is laid out as for Anthropic and read as its prompt cache works: what is before a breakpoint is written,
and read again by the next request that begins with the same blocks; a prefix under 1,024 tokens is not kept.
Tokens are our own count. Nobody was asked: what a vendor really gives back also depends on its five minutes.
"""

import asyncio
import json
import logging
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from demo.servers import ISSUE_TITLE, ROOT, wheel_folder
from yantra_bot import artefacts
from yantra_bot.app.logs import set_up_logging
from yantra_bot.app.terminal import open_local
from yantra_bot.domain.commands import Command, Options, Verb
from yantra_bot.domain.context import PromptContext
from yantra_bot.domain.conversation import ModelRequest
from yantra_bot.models import anthropic_shape
from yantra_bot.retrieval.compress import compress
from yantra_bot.retrieval.tokens import Tokenizers
from yantra_bot.runs.codec import decode, decode_envelope
from yantra_bot.runs.ledger import StepRow
from yantra_bot.settings import Settings

LEAST_PREFIX = 1_024
MODEL = "claude-sonnet-5-5"
COMMIT = ("-c", "user.name=a", "-c", "user.email=a@b.example", "commit", "-qm", "Begin")


@dataclass(frozen=True, slots=True)
class Piece:
    """One block of a request, in the order that the vendor reads them."""

    text: str
    tokens: int
    ends_prefix: bool


@dataclass(slots=True)
class Served:
    """How the tokens of one request were read."""

    total: int
    read: int
    written: int


def make_repository(folder: Path) -> Path:
    """Return a git repository with the demo's library."""
    shutil.copytree(artefacts.path("demo-library"), folder)
    for words in (("init", "-q", "-b", "main"), ("add", "."), COMMIT):
        subprocess.run(["git", "-C", str(folder), *words], check=True)
    return folder


async def play(folder: Path) -> Sequence[StepRow]:
    """Tell the demo's run once; return its steps."""
    settings = Settings(
        state_folder=folder / "state",
        replay_script=ROOT / "demo" / "recording.toml",
        package_index_url="none",
        package_folders=(wheel_folder(folder),),
    )
    task = f"{ISSUE_TITLE}\n\n{(ROOT / 'demo' / 'bug.md').read_text(encoding='utf-8')}"
    command = Command(Verb.IMPLEMENT, "", Options(dry_run=True))
    repository = make_repository(folder / "library")
    async with open_local(settings, repository, task, command, on_comment=lambda *_: None) as session:
        ending = await session.engine.wait(session.order.run_id)
        print(f"The run ended {ending.phase} after {ending.spent.model_calls} calls.\n")
        return session.records.steps(session.order.run_id)


def lay_out(request: ModelRequest, tokenizers: Tokenizers) -> Iterator[Piece]:
    """Yield the blocks of a request: tools, system text, turns."""
    body = anthropic_shape.encode(request)
    turns = [{"role": turn["role"], **block} for turn in body["messages"] for block in turn["content"]]
    for block in (*body.get("tools", ()), *body.get("system", ()), *turns):
        plain: dict[str, Any] = {name: value for name, value in block.items() if name != "cache_control"}
        text = json.dumps(plain, ensure_ascii=False, sort_keys=True)
        yield Piece(text, tokenizers.of(MODEL).count(text), "cache_control" in block)


def serve(requests: Sequence[ModelRequest], tokenizers: Tokenizers) -> list[Served]:
    """Return how each request's tokens were read, one after the other."""
    kept: set[tuple[str, ...]] = set()
    served = []
    for request in requests:
        pieces = list(lay_out(request, tokenizers))
        ends = [place + 1 for place, piece in enumerate(pieces) if piece.ends_prefix]
        # The vendor looks back from each breakpoint for the longest beginning that it has.
        known = max((end for end in range(len(pieces) + 1) if _prefix(pieces, end) in kept), default=0)
        read = sum(piece.tokens for piece in pieces[:known])
        last = max(ends, default=0)
        total = sum(piece.tokens for piece in pieces)
        written = max(0, sum(piece.tokens for piece in pieces[:last]) - read)
        kept |= {_prefix(pieces, end) for end in ends if sum(one.tokens for one in pieces[:end]) >= LEAST_PREFIX}
        served.append(Served(total, read, written))
    return served


def _prefix(pieces: Sequence[Piece], end: int) -> tuple[str, ...]:
    return tuple(piece.text for piece in pieces[:end])


def show_cache(steps: Sequence[StepRow], tokenizers: Tokenizers) -> None:
    """Print how each request was read, and the share that the cache gave back."""
    requests = [decode(step.request, ModelRequest) for step in steps if step.name.startswith("model#")]
    served = serve(requests, tokenizers)
    print("| request | input, tokens | read from the cache | written to it | share read |\n|---|---|---|---|---|")
    for number, one in enumerate(served, start=1):
        print(f"| {number} | {one.total:,} | {one.read:,} | {one.written:,} | {one.read / one.total:.3f} |")
    total, read = sum(one.total for one in served), sum(one.read for one in served)
    written = sum(one.written for one in served)
    print(f"| all | {total:,} | {read:,} | {written:,} | {read / total:.3f} |")


def show_compression(steps: Sequence[StepRow], tokenizers: Tokenizers) -> None:
    """Print what compression saves of the library's source, and what this run's first prompt holds."""
    count = tokenizers.of(MODEL).count
    texts = [(str(path), path.read_text("utf-8")) for path in sorted(artefacts.path("demo-library").rglob("*.py"))]
    before = sum(count(text) for _, text in texts)
    after = sum(count(compress(text, path).shown) for path, text in texts)
    chosen = [step.envelope for step in steps if step.name == "assemble context#1" and step.envelope]
    context: PromptContext = decode_envelope(chosen[0], PromptContext)
    print(
        f"\nThe library's {len(texts)} Python files: {before:,} tokens, compressed {after:,}: "
        f"{1 - after / before:.3f} saved. The first prompt's context took {context.tokens:,} of {context.budget:,} "
        "tokens: source is compressed where a share of that is full, and what may be edited never is, so that this run "
        "was saved nothing by it."
    )


async def main() -> None:
    """Measure and print."""
    set_up_logging(level=logging.ERROR)
    tokenizers = Tokenizers(artefacts.path("token-ranks"))
    folder = Path(tempfile.mkdtemp(prefix="yantra-benchmark-"))
    folder.chmod(0o711)
    try:
        steps = await play(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    show_cache(steps, tokenizers)
    show_compression(steps, tokenizers)


if __name__ == "__main__":
    asyncio.run(main())
