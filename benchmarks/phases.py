"""What each phase of a run costs beside the model, on ten and on a hundred thousand lines of real code.

    python -m benchmarks.phases [--lines 10000 100000]

The tree is Django's, cut to the lines, as a git repository. A script edits four files and finishes. The run is the real
one, from a terminal: engine, worker, sandbox, scan. It is taken in three states: nothing is kept of the repository and
its test command does nothing, so that nothing hides what is ours; the graph is kept, as the last push leaves it; that,
with tests that take some seconds, during which the context is got ready. Steps are timed by the run's own record; saves
and the confidence are timed apart, many times over.
"""

import argparse
import asyncio
import json
import logging
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Final

from benchmarks.aims import Aim, at_most, print_aims
from benchmarks.graph_edits import make_edits
from benchmarks.machine import describe_machine
from benchmarks.review_speed import git
from benchmarks.trees import find_django, make_tree
from tests.stories.library import FINISH, HEAD, turn
from yantra_bot.agent.confidence import score_confidence
from yantra_bot.app.control import open_engine
from yantra_bot.app.logs import set_up_logging
from yantra_bot.app.terminal import make_order
from yantra_bot.app.workshop import open_materials, open_workshop
from yantra_bot.domain.checks import CheckKind, CheckResult
from yantra_bot.domain.commands import Command, Options, Verb
from yantra_bot.domain.proof import ChangeFacts, Comparison, TestReport, Verdict
from yantra_bot.domain.repository import Actor, Repository
from yantra_bot.domain.run import Order, Phase
from yantra_bot.forge.local import LocalFolder, LocalForge, LocalRemote
from yantra_bot.graphdb.columns_file import COLUMNS, key_of, save_columns
from yantra_bot.graphdb.facts_cache import FactsCache
from yantra_bot.graphdb.store_exchange import FACTS
from yantra_bot.runs.codec import decode_envelope
from yantra_bot.runs.ledger import StepRow
from yantra_bot.runs.orders import STORY
from yantra_bot.runs.records import Records
from yantra_bot.sandbox.mirror import Mirror
from yantra_bot.settings import Settings
from yantra_bot.worker.commit_graph import CommitGraph

EDITED: Final = 4
ROUNDS: Final = 3
MANY: Final = 200
NUMBER: Final = 7
"""Of the repository, on the forge."""
TASK: Final = "Fields of a form keep the text that the user wrote, also when their widget is hidden."
SHOWN: Final = ("fetch", "outline", "assemble context", "tools", "check change", "test", "scan", "measure", "diff")
"""The steps that the table names, by what the record calls them."""


@dataclass(frozen=True, slots=True)
class State:
    """What is there when a run begins, and how long its tests take, in seconds."""

    name: str
    has_graph: bool
    tests: int


STATES: Final = (
    State("nothing kept, tests of 0 s", False, 0),
    State("graph kept, tests of 0 s", True, 0),
    State("graph kept, tests of 5 s", True, 5),
)


def make_repository(folder: Path, lines: int, tests: int) -> tuple[int, str]:
    """Commit the tree with tests of so many seconds; return its lines, and a script that edits some files."""
    made = make_tree(folder, find_django(), lines)
    (folder / ".github").mkdir()
    (folder / ".github" / "yantra.yml").write_text(f'tests:\n  command: ["sleep", "{tests}"]\n')
    for words in (("init", "-q", "-b", "main"), ("add", "-A"), ("commit", "-q", "-m", "base"), ("gc", "-q")):
        git(folder, *words)
    paths = sorted(str(path.relative_to(folder)) for path in folder.rglob("*.py"))
    edits = [edit for edit in make_edits(folder, paths, 3 * EDITED) if edit.kind == "a changed body"][:EDITED]
    calls = [_write(edit.path, edit.text) for edit in edits]
    return made, HEAD + turn("edit", *calls) + turn("end", FINISH)


def _write(path: str, text: str) -> str:
    """Return the call that writes a file; JSON's strings are TOML's."""
    arguments = f"{{path = {json.dumps(path)}, content = {json.dumps(text)}}}"
    return f'[[turn.call]]\nname = "write_file"\narguments = {arguments}'


def keep_graph(tree: Path, state: Path) -> None:
    """Leave the graph of the head where a push leaves it for runs."""
    store, scratch = state / "control" / "graphs" / str(NUMBER), state.parent / f"{tree.name}-kept"
    for made in (store, scratch / "git", scratch / "sources"):
        made.mkdir(parents=True)
    descriptor = os.open(tree / ".git", os.O_RDONLY | os.O_DIRECTORY)
    cache = FactsCache(store / FACTS)
    try:
        commit = git(tree, "rev-parse", "HEAD").strip()
        graph = CommitGraph(Mirror(descriptor, scratch / "git"), commit, scratch / "sources", cache=cache, processes=1)
        save_columns(store / COLUMNS, key_of(commit), graph.view.columns)
    finally:
        cache.close()
        os.close(descriptor)


async def take(folder: Path, repository: Path, script: str) -> tuple[StepRow, ...]:
    """Run once and return the record's steps."""
    (folder / "script.toml").write_text(script)
    settings = Settings(
        state_folder=folder / "state",
        replay_script=folder / "script.toml",
        package_index_url="none",
        critique_rounds=0,
    )
    # As `app.terminal` does it, but for the number: a terminal's repositories have none, and so no kept graph.
    order = make_order(
        Command(Verb.IMPLEMENT, "", Options(dry_run=True)),
        Repository(NUMBER, "local", repository.name),
        issue_number=0,
        task=TASK,
    )
    async with open_materials(settings) as materials:
        local = LocalFolder(repository, materials.git, materials.home.records.parent)
        forge = LocalForge(local, TASK, name=repository.name, on_comment=lambda *_: None)
        remote = LocalRemote(materials.mirrors.of("local"), local, materials.records.blobs, materials.clock)
        async with (
            open_workshop(settings, materials, forge=lambda *_: forge, remote=lambda *_: remote) as workshop,
            open_engine(settings, materials, workshop) as engine,
        ):
            await engine.enqueue(STORY, order)
            ending = await engine.wait(order.run_id)
            assert ending.phase is Phase.COMPLETE, ending.reason
            return materials.records.steps(order.run_id)


def seconds_of(steps: Iterable[StepRow], name: str) -> float:
    """Return what all steps of a name took together."""
    return sum((step.finished_at or 0) - step.started_at for step in steps if step.name.split("#")[0] == name)


def validation_of(steps: Iterable[StepRow]) -> CheckResult:
    """Return what the last check of the edited files says of itself."""
    found = [
        decode_envelope(step.envelope or "", CheckResult) for step in steps if step.name.startswith("check change#")
    ]
    return [one for one in found if one.kind is CheckKind.DEPENDENCIES][-1]


def time_saves(folder: Path) -> tuple[list[float], list[float]]:
    """Return the seconds of saving a step of a model's size, its beginning and its end, and of looking it up."""
    records = Records.open(folder / "records.sqlite")
    order = Order("run", Repository(1, "a", "b"), 0, 1, Command(Verb.IMPLEMENT), Actor(1, "a", is_bot=False), None, 0.0)
    records.start_run(order, 0.0)
    envelope = "ok " + json.dumps("x" * 8_000)
    saves, lookups = [], []
    for number in range(MANY):
        began = time.perf_counter()
        records.begin_step("run", number, f"model#{number}", request="{}", at=0.0)
        records.finish_step("run", number, envelope, at=1.0)
        saves.append(time.perf_counter() - began)
        began = time.perf_counter()
        assert records.finished_step("run", number, f"model#{number}", request="{}") == envelope
        lookups.append(time.perf_counter() - began)
    records.close()
    return saves, lookups


def time_confidence() -> list[float]:
    """Return the seconds of weighing the factors."""
    report, same = TestReport(Verdict.PASS, ("true",), 0, 1.0), Comparison((), (), ())
    taken = []
    for _ in range(MANY):
        began = time.perf_counter()
        score_confidence(claimed=0.9, report=report, comparison=same, facts=ChangeFacts(EDITED, 4))
        taken.append(time.perf_counter() - began)
    return taken


async def measure(folder: Path, lines: int, state: State) -> tuple[list[str], list[Aim]]:
    """Return the row and the aims of a repository of a size, in a state."""
    place = folder / f"{lines}-{STATES.index(state)}"
    tree = place / "tree"
    place.mkdir(mode=0o711)
    made, script = make_repository(tree, lines, state.tests)
    if state.has_graph:
        keep_graph(tree, place / "state")
    runs = [await take(place, tree, script) for _ in range(ROUNDS)]
    cells = [f"{statistics.median(seconds_of(steps, name) for steps in runs):.2f}" for name in SHOWN]
    validated = [validation_of(steps) for steps in runs]
    each = statistics.median(one.seconds for one in validated) / EDITED * 1_000
    row = f"| {made:,} | {state.name} | {' | '.join(cells)} | {each:.0f} ({validated[0].state}) |"
    context = statistics.median(seconds_of(steps, "assemble context") for steps in runs) * 1_000
    where = f"{made:,} lines, {state.name}"
    return [row], [
        at_most(f"context, {where}", context, 200, "ms", digits=0),
        at_most(f"dependency validation of a file, {where}", each, 50, "ms", digits=0),
    ]


def _describe(values: Sequence[float]) -> str:
    ordered = sorted(values)
    return f"{statistics.median(ordered) * 1_000:.2f} | {ordered[int(len(ordered) * 0.95)] * 1_000:.2f}"


async def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, nargs="+", default=[10_000, 100_000])
    asked = parser.parse_args()
    set_up_logging(level=logging.ERROR)
    folder = Path(tempfile.mkdtemp(prefix="yantra-benchmark-"))
    folder.chmod(0o711)
    rows: list[str] = []
    aims: list[Aim] = []
    try:
        for lines, state in product(asked.lines, STATES):
            found = await measure(folder, lines, state)
            rows += found[0]
            aims += found[1]
        saves, lookups = time_saves(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    weighed = time_confidence()
    print(describe_machine("python -m benchmarks.phases"))
    print(f"Median of {ROUNDS} runs, seconds by step; {EDITED} files are edited.\n")
    print(f"| lines | state | {' | '.join(SHOWN)} | validation of a file, ms |\n|{'---|' * (len(SHOWN) + 3)}")
    print("\n".join(rows))
    print("\n| apart | median ms | p95 ms |\n|---|---|---|")
    print(f"| saving a step with 8 kB, begin and end | {_describe(saves)} |\n| looking it up | {_describe(lookups)} |")
    print(f"| confidence | {_describe(weighed)} |")
    p95 = sorted(saves)[int(len(saves) * 0.95)] * 1_000
    aims += [at_most("state save, p95", p95, 5, "ms", digits=2)]
    aims += [at_most("confidence, slowest", max(weighed) * 1_000, 1, "ms", digits=3)]
    print_aims(aims)


if __name__ == "__main__":
    asyncio.run(main())
