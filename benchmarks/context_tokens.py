"""What a prompt's tokens buy: the share of what a fix changed that a prompt shows, for each 1 000 tokens of it.

    python -m benchmarks.context_tokens --repo GITDIR [--repo …] [--most 6] [--half testing] [--tasks FOLDER]

The tasks are those of `benchmarks.localisation`. Beside the product's context stand whole files (the first ones that
plain BM25 ranks, each in full) and aider's repository map, which is made for the same text by aider itself.
"""

import argparse
import json
import subprocess
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType

from benchmarks.aims import Aim, at_least, print_aims
from benchmarks.context_own import BUDGETS, OwnContexts
from benchmarks.graph_rivals import AIDER, install
from benchmarks.localisation import HALVES, VARIABLE, half_of, load_tasks, named_repositories
from benchmarks.localisation_bm25 import PlainSearch
from benchmarks.localisation_git import Blobs, Checkout, name_repository
from benchmarks.localisation_tasks import Task
from benchmarks.localisation_truth import is_source, list_functions
from benchmarks.machine import describe_machine
from yantra_bot import artefacts
from yantra_bot.retrieval.tokens import Tokenizer

MOST = 6
MAPS = (1024, 4096, 8192)
"""Tokens of aider's map: what it takes by default with files in the chat, and up to what it takes without any."""
FILES = (1, 3, 5)
OURS = "this context"
GOALS = (("whole files", 5.0), ("aider's map", 2.0))
DEFINITIONS = (
    "Shown: the share of the functions a fix changed that a prompt shows: in full, or in aider's map by the line that "
    "begins them. Right: the share of the functions a prompt shows that the fix changed. Per 1 000 tokens: the mean of "
    "each, divided by the mean of a prompt's tokens (cl100k_base) in thousands. The query itself is not counted."
)


@dataclass(frozen=True, slots=True)
class Prompt:
    """What one way of making a prompt gives for a task: its text and the functions that it shows."""

    text: str
    functions: frozenset[str]


Way = Callable[[Task, Path, Sequence[str]], Prompt]
"""Makes the prompt for a task, given a folder with its tree and the paths of the sources in it."""


@dataclass(slots=True)
class Buys:
    """Sums over tasks of one way."""

    tasks: int = 0
    shown: float = 0.0
    right: float = 0.0
    tokens: int = 0

    def add(self, prompt: Prompt, truth: Iterable[str], tokens: int) -> None:
        """Count one task."""
        wanted = frozenset(truth)
        hit = len(wanted & prompt.functions)
        self.tasks += 1
        self.shown += hit / len(wanted)
        self.right += hit / max(len(prompt.functions), 1)
        self.tokens += tokens

    @property
    def shown_per_1000(self) -> float:
        return 1000 * self.shown / max(self.tokens, 1)

    @property
    def right_per_1000(self) -> float:
        return 1000 * self.right / max(self.tokens, 1)

    def row(self, name: str) -> str:
        """Return it as a row of the table."""
        count = max(self.tasks, 1)
        means = f"{self.tokens / count:.0f} | {self.shown / count:.3f} | {self.right / count:.3f}"
        return f"| {name} | {self.tasks} | {means} | {self.shown_per_1000:.4f} | {self.right_per_1000:.4f} |"


class AiderMap(AbstractContextManager["AiderMap"]):
    """Aider's own maker of maps, in a process of its own."""

    def __init__(self, python: Path) -> None:
        command = [str(python), str(Path(__file__).with_name("aider_context.py"))]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()

    def make(self, tokens: int, task: Task, tree: Path, sources: Sequence[str]) -> Prompt:
        """Return the map for a task."""
        given, told = self._process.stdin, self._process.stdout
        if given is None or told is None:
            raise AssertionError("both were asked for")
        question = {"root": str(tree), "files": list(sources), "query": task.query, "tokens": tokens}
        with suppress(BrokenPipeError):
            given.write(f"{json.dumps(question)}\n")
            given.flush()
        line = told.readline()
        if not line:
            raise SystemExit("aider's map ended before it answered")
        text: str = json.loads(line)
        return Prompt(text, frozenset(find_shown(text, tree)))


def find_shown(text: str, tree: Path) -> Iterator[str]:
    """Yield the functions whose first line stands in a map; where several of a file begin alike, all of them."""
    sections: dict[str, set[str]] = {}
    lines: set[str] = set()
    for line in text.splitlines():
        if line.endswith(":") and not line.startswith(("│", "⋮")):
            lines = sections.setdefault(line[:-1], set())
        elif line.startswith("│"):
            lines.add(line[1:].strip())
    for path, shown in sections.items():
        with suppress(OSError):
            source = (tree / path).read_bytes()
            written = source.decode("utf-8", "replace").splitlines()
            for span in list_functions(path, source):
                head = range(span.first - 1, min(span.last, span.first + 8))
                if any(written[number].strip() in shown for number in head if _begins(written[number], span.name)):
                    yield f"{path}::{span.name}"


def _begins(line: str, name: str) -> bool:
    return name.rpartition(".")[2] in line


def show_files(search: PlainSearch, count: int, task: Task, tree: Path, _: Sequence[str]) -> Prompt:
    """Return the first files that a search names, in full."""
    texts: list[str] = []
    functions: set[str] = set()
    for path in search(task).files[:count]:
        source = (tree / path).read_bytes()
        texts.append(f"{path}\n{source.decode('utf-8', 'replace')}")
        functions.update(f"{path}::{span.name}" for span in list_functions(path, source))
    return Prompt("\n\n".join(texts), frozenset(functions))


def show_own(own: OwnContexts, budget: int, task: Task, _: Path, __: Sequence[str]) -> Prompt:
    """Return the product's context; what it shows of a function in part, or by its signature, does not count."""
    return Prompt(*own.make(budget, task))


def make_ways(search: PlainSearch, aider: AiderMap | None) -> dict[str, Way]:
    """Return the rivals by name."""
    ways: dict[str, Way] = {f"whole files, the first {count}": partial(show_files, search, count) for count in FILES}
    if aider is not None:
        ways |= {f"aider's map, {size} tokens": partial(aider.make, size) for size in MAPS}
    return ways


def measure(repositories: Sequence[Path], folder: Path | None, most: int, aider: AiderMap | None) -> dict[str, Buys]:
    """Return what each way buys over all tasks of the repositories."""
    tokenizer = Tokenizer(artefacts.path("token-ranks"))
    found: dict[str, Buys] = {}
    for repository in repositories:
        tasks = load_tasks(repository, folder, most)
        with ExitStack() as stack:
            blobs = stack.enter_context(Blobs(repository.resolve()))
            checkout = Checkout(blobs, Path(stack.enter_context(TemporaryDirectory(prefix="yantra-benchmark-"))))
            own = OwnContexts(repository, tasks, checkout.folder, stack)
            ways = make_ways(PlainSearch(blobs), aider) | {
                f"{OURS}, a budget of {budget}": partial(show_own, own, budget) for budget in BUDGETS
            }
            for task in tasks:
                sources = [path for path in checkout.move(task.sha) if is_source(path)]
                for name, way in ways.items():
                    prompt = way(task, checkout.folder, sources)
                    found.setdefault(name, Buys()).add(prompt, task.functions, tokenizer.count(prompt.text))
    return found


def find_aims(found: dict[str, Buys]) -> Iterator[Aim]:
    """Yield the aims: the product's context beside the best of each rival."""
    ours = next((one for name, one in found.items() if name.startswith(OURS)), None)
    for rival, goal in GOALS:
        theirs = [one for name, one in found.items() if name.startswith(rival)]
        for figure in ("right", "shown"):
            best = max((getattr(one, f"{figure}_per_1000") for one in theirs), default=0.0)
            what = f"{figure} per 1 000 tokens, beside the best of {rival}"
            if ours is None or not best:
                yield Aim(what, f"≥ {goal:g}×", "not measured", None)
            else:
                yield at_least(what, getattr(ours, f"{figure}_per_1000") / best, goal, "×", digits=1)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repo", type=Path, action="append", default=[])
    parser.add_argument("--tasks", type=Path)
    parser.add_argument("--most", type=int, default=MOST)
    parser.add_argument("--half", choices=HALVES)
    options = parser.parse_args()
    given = options.repo or named_repositories()
    chosen = [one for one in given if options.half in (None, half_of(name_repository(one)))]
    print(describe_machine("python -m benchmarks.context_tokens"))
    print(f"{DEFINITIONS}\n")
    found: dict[str, Buys] = {}
    python = install("aider", AIDER) if chosen else None
    if python:
        with AiderMap(python) as aider:
            found = measure(chosen, options.tasks, options.most, aider)
    elif chosen:
        print("aider could not be installed here and was left out.\n")
        found = measure(chosen, options.tasks, options.most, None)
    if found:
        print("| prompt | n | tokens | shown | right | shown per 1 000 tokens | right per 1 000 tokens |")
        print("|---|---|---|---|---|---|---|")
        print("\n".join(buys.row(name) for name, buys in found.items()), flush=True)
    else:
        print(f"not measured: name repositories with --repo, or in {VARIABLE}; none is shipped with this one.")
    print_aims(find_aims(found))


if __name__ == "__main__":
    main()
