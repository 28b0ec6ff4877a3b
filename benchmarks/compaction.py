"""What is left of the facts in a long conversation when it is made short.

    python -m benchmarks.compaction

Made-up conversations of about 100,000 tokens: reads of this repository's files, searches, test runs, logs, talk, and
thirty planted facts each (benchmarks/conversations.py). A fact counts as kept when one line of what is left has all of
its keys. One set of facts was looked at while the choice of lines was settled; the other was written afterwards.
"""

import time
from collections import Counter
from collections.abc import Sequence

from benchmarks.aims import Aim, at_least, at_most, print_aims
from benchmarks.conversations import FACTS, HELD_OUT, Fact, is_kept, make_conversation
from benchmarks.measuring import median
from yantra_bot import artefacts
from yantra_bot.domain.conversation import Message, ToolCall, ToolResult
from yantra_bot.retrieval.compaction import Room, compact, count_message
from yantra_bot.retrieval.tokens import Tokenizer

TOKENS = 100_000
CONVERSATIONS = 20
KINDS = {"user": "said by the user", "assistant": "said by the model", "output": "in output", "file": "in a file"}


def is_whole(messages: Sequence[Message]) -> bool:
    """Whether calls and results are the same ones, in the same order."""
    blocks = [block for message in messages for block in message.blocks]
    calls = [block.id for block in blocks if isinstance(block, ToolCall)]
    return calls == [block.call_id for block in blocks if isinstance(block, ToolResult)]


def measure(
    facts: Sequence[Fact], first_seed: int, tokenizer: Tokenizer
) -> tuple[Counter[str], Counter[str], int, float]:
    """Return how many facts of each kind were planted and kept, the most tokens that were left, and ms, median."""
    planted: Counter[str] = Counter()
    kept: Counter[str] = Counter()
    most, took = 0, []
    for seed in range(first_seed, first_seed + CONVERSATIONS):
        messages, chosen = make_conversation(seed, TOKENS, tokenizer.count, facts)
        began = time.process_time()
        short = compact(messages, count=tokenizer.count, room=Room(limit=TOKENS * 9 // 10))
        took.append(1_000 * (time.process_time() - began))
        assert is_whole(short)
        most = max(most, sum(count_message(message, tokenizer.count) for message in short))
        for one in chosen:
            planted[one.where] += 1
            kept[one.where] += is_kept(one, short)
    return planted, kept, most, median(took)


def main() -> None:
    tokenizer = Tokenizer(artefacts.path("token-ranks"))
    tokenizer.load()
    sets = {"settled with": (FACTS, 0), "held out": (HELD_OUT, 1_000)}
    found = {name: measure(facts, seed, tokenizer) for name, (facts, seed) in sets.items()}
    print(f"{CONVERSATIONS} conversations of about {TOKENS:,} tokens for each set of facts.\n")
    print(f"| facts | {' | '.join(KINDS.values())} | all | most tokens left | ms, median |")
    print("|---|---|---|---|---|---|---|---|")
    for name, (planted, kept, most, took) in found.items():
        kinds = " | ".join(f"{kept[kind]} of {planted[kind]}" for kind in KINDS)
        print(f"| {name} | {kinds} | {100 * kept.total() / planted.total():.1f} % | {most:,} | {took:.0f} |")
    planted, kept, _, _ = found["held out"]
    most = max(one[2] for one in found.values())
    spoken = [kind for kind in KINDS if kind != "file"]
    print_aims(
        [
            at_least("facts kept, held out", 100 * kept.total() / planted.total(), 95, "%", digits=1),
            at_least(
                "facts kept that stand in no file, held out",
                100 * sum(kept[kind] for kind in spoken) / sum(planted[kind] for kind in spoken),
                95,
                "%",
                digits=1,
            ),
            Aim("tokens left, most", "≤ 12,000", f"{most:,}", most <= 12_000),
            at_most("time to make one short", max(one[3] for one in found.values()), 1_000, "ms", digits=0),
        ]
    )


if __name__ == "__main__":
    main()
