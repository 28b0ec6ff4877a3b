"""What compression saves: tokens of named packages in six languages, and the time it takes.

    python -m benchmarks.compression

Every file is compressed, its tokens are counted before and after, and the syntax trees are compared: Python's by the
interpreter's parser, the others' by tree-sitter, node by node. Time is processor time of one process, without parsing.
"""

import time
from dataclasses import dataclass, fields
from pathlib import Path

from benchmarks.aims import Aim, at_least, at_most, print_aims
from benchmarks.sources import PACKAGES, fetch
from tests.fakes.syntax_trees import tree_of
from yantra_bot import artefacts
from yantra_bot.retrieval.compress import compress
from yantra_bot.retrieval.summaries import squeeze_docstrings
from yantra_bot.retrieval.tokens import Tokenizers

ROUNDS = 3


@dataclass(slots=True)
class Tally:
    """Sums over files."""

    files: int = 0
    lines: int = 0
    before: int = 0
    after: int = 0
    before_200k: int = 0
    after_200k: int = 0
    left: int = 0
    """Files that were left as they are because nothing was sure."""
    parsed: int = 0
    changed: int = 0
    """Trees that are not what they were."""
    seconds: float = 0.0
    after_squeezing: int = 0

    @property
    def squeezed(self) -> float:
        return 100 * (1 - self.after_squeezing / self.before) if self.before else 0.0

    @property
    def saved(self) -> float:
        return 100 * (1 - self.after / self.before) if self.before else 0.0

    @property
    def saved_200k(self) -> float:
        return 100 * (1 - self.after_200k / self.before_200k) if self.before_200k else 0.0

    @property
    def speed(self) -> float:
        """Milliseconds for 1 000 lines."""
        return 1e6 * self.seconds / self.lines if self.lines else 0.0

    def add(self, other: "Tally") -> None:
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))


def measure(files: list[Path], tokenizers: Tokenizers) -> Tally:
    """Return what compressing the files saves and takes."""
    tally = Tally()
    texts = [(path.name, text) for path in files if (text := read(path)) is not None]
    best = float("inf")
    for _ in range(ROUNDS):
        began = time.process_time()
        shown = [compress(text, name) for name, text in texts]
        best = min(best, time.process_time() - began)
    tally.seconds = best
    for (name, text), short in zip(texts, shown, strict=True):
        tally.files += 1
        tally.lines += text.count("\n")
        tally.before += tokenizers.of("gpt-4").count(text)
        tally.after += tokenizers.of("gpt-4").count(short.shown)
        tally.before_200k += tokenizers.of("gpt-6").count(text)
        tally.after_200k += tokenizers.of("gpt-6").count(short.shown)
        if name.endswith(".py"):
            tally.after_squeezing += tokenizers.of("gpt-4").count(squeeze_docstrings(short.shown))
        tally.left += not short.is_compressed and "nothing to shorten" not in short.note
        tree = tree_of(text, name)
        tally.parsed += tree is not None
        tally.changed += tree is not None and tree_of(short.shown, name) != tree
    return tally


def read(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        return None


def row(name: str, tally: Tally) -> str:
    return (
        f"| {name} | {tally.files} | {tally.lines:,} | {tally.before:,} | {tally.after:,} | {tally.saved:.1f} % "
        f"| {tally.saved_200k:.1f} % | {tally.speed:.2f} | {tally.left} | {tally.parsed} | {tally.changed} |"
    )


def main() -> None:
    tokenizers = Tokenizers(artefacts.path("token-ranks"))
    languages: dict[str, Tally] = {}
    heads = "files | lines | tokens | compressed | saved | saved, o200k | ms a 1,000 lines | left | trees | changed"
    print(f"| package | {heads} |")
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for package in PACKAGES:
        total = languages.setdefault(package.language, Tally())
        found = fetch(package)
        if found is None:
            print(f"| {package.name} ({package.client} is not here) | | | | | | | | | | |")
            continue
        tally = measure(found[1], tokenizers)
        total.add(tally)
        print(row(f"{package.name} {found[0]} ({package.client})", tally), flush=True)
    for language, total in languages.items():
        print(row(f"**{language}**", total))
    print(
        "\nTokens are cl100k_base's where no other is named. `left`: files left as they are; `trees`: files that parse."
    )
    print(
        f"Docstrings are kept. Python's cut to their first paragraph, as the ladder does where a budget is short: "
        f"{languages['Python'].squeezed:.1f} % saved."
    )
    aims: list[Aim] = []
    for language, total in languages.items():
        aims.append(at_least(f"{language}: tokens saved", total.saved, 20, "%", digits=1))
        aims.append(at_most(f"{language}: time for 1,000 lines", total.speed, 1, "ms", digits=2))
    changed = sum(total.changed for total in languages.values())
    aims.append(Aim("syntax trees that changed", "0", str(changed), changed == 0))
    print_aims(aims)


if __name__ == "__main__":
    main()
