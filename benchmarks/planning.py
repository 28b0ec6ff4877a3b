"""Plans: the time to the first step and to the end, by a head start and by planning first, with scripted models.

    python -m benchmarks.planning

The run is a real one, on a small repository of shell, in a folder: story, engine, worker, sandbox, git. The models are
played: the quick one answers after 0.2 s, the strong one after 2 s, each from the same script. `plan first` lets the
strong model plan and is approved as soon as the plan is there; `head start` lets the quick one plan, works at once, and
merges the strong model's steps. The first step is the first turn's tools. Prints a Markdown table.
"""

import asyncio
import logging
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from benchmarks.aims import Aim, print_aims
from benchmarks.machine import describe_machine
from tests.stories.library import FINISH, HEAD, SHELL_FILES, SHELL_FIX, call, turn
from tests.stories.plans import FOLLOWING, PLAN, done, plan_call
from yantra_bot.app.control import open_engine
from yantra_bot.app.logs import set_up_logging
from yantra_bot.app.terminal import make_order, mirrors_of
from yantra_bot.app.workshop import Materials, open_materials, open_workshop
from yantra_bot.domain.commands import Command, Options, Verb
from yantra_bot.domain.conversation import ModelAnswer, ModelRequest
from yantra_bot.domain.plan import Decision, Means, Verdict
from yantra_bot.domain.repository import Repository
from yantra_bot.domain.run import Phase
from yantra_bot.domain.tiers import Route, Tier
from yantra_bot.forge.local import LocalFolder, LocalForge, LocalRemote
from yantra_bot.ports import Model
from yantra_bot.runs.orders import STORY
from yantra_bot.settings import Settings

ROUNDS: Final = 5
QUICK, STRONG = "quick", "strong"
SECONDS: Final = {QUICK: 0.2, STRONG: 2.0}
REST: Final = (("Mend add at its root", "add adds", ""), ("Run all tests", "all pass", "1"))
READ: Final = call("read_file", '{path = "calc.sh"}')
SCRIPT: Final = HEAD + "".join((
    turn("refine", plan_call(REST), when="{shown = ['made in a hurry']}"),
    PLAN,
    turn("look", READ, when=FOLLOWING),
    turn("seen", done(1, "seen"), when=FOLLOWING),
    turn("fix", SHELL_FIX, done(2, "add uses plus"), when=FOLLOWING),
    turn("end", done(3, "all pass"), FINISH, when=FOLLOWING),
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds from the order, and whether the second look was merged."""

    first: float
    total: float
    merged: bool


class Slow:
    """A script's answers after the time that each model takes."""

    def __init__(self, script: Model) -> None:
        self._script = script

    async def answer(self, request: ModelRequest, *, on_text: Callable[[str], None] | None = None) -> ModelAnswer:
        """Answer as the script does, later."""
        await asyncio.sleep(SECONDS[request.model])
        return await self._script.answer(request, on_text=on_text)


class Chosen:
    """The tiers of two models: implements `runs.workshop.Chooser`."""

    routes = False

    def of_tier(self, tier: Tier) -> str:
        """Return the quick one for the fast tier."""
        return QUICK if tier is Tier.FAST else STRONG

    async def route(self, text: str) -> Route:
        """Nobody is routed here."""
        raise AssertionError(text)


def make_repository(folder: Path) -> Path:
    """Return a git repository with the small library of shell."""
    for name, text in SHELL_FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    for words in (
        ("init", "-q", "-b", "main"),
        ("add", "."),
        ("-c", "user.name=a", "-c", "user.email=a@b.example", "commit", "-qm", "Begin"),
    ):
        subprocess.run(["git", "-C", str(folder), *words], check=True)
    return folder


async def take(folder: Path, repository: Path, options: Options) -> Took:
    """Run once."""
    settings = Settings(
        state_folder=folder / "state",
        replay_script=folder / "script.toml",
        package_index_url="none",
        polling_seconds=0.01,
    )
    async with open_materials(settings, mirrors=mirrors_of(settings)) as materials:
        return await run(settings, materials, repository, options)


async def run(settings: Settings, materials: Materials, repository: Path, options: Options) -> Took:
    """Order a run and time it; a plan that waits is approved at once."""
    local = LocalFolder(repository, materials.git, materials.home.records.parent)
    forge = LocalForge(local, "add subtracts", name="library", on_comment=lambda *_: None)
    remote = LocalRemote(materials.mirrors.of("library"), local, materials.records.blobs, materials.clock)
    async with open_workshop(settings, materials, forge=lambda *_: forge, remote=lambda *_: remote) as workshop:
        slow = Slow(workshop.model(STRONG))
        played = replace(workshop, model=lambda _: slow, default_model=STRONG, chooser=Chosen())
        async with open_engine(settings, materials, played) as engine:
            command = Command(Verb.IMPLEMENT, "", options)
            order = make_order(command, Repository(0, "local", "library"), issue_number=0, task="add subtracts")
            began = time.time()
            await engine.enqueue(STORY, order)
            while materials.records.ending(order.run_id) is None:
                materials.records.decide(order.run_id, Decision(Verdict.APPROVED, "you", means=Means.TERMINAL), at=0)
                await engine.wake(order.run_id)
                await asyncio.sleep(0.01)
            ending = await engine.wait(order.run_id)
    assert ending.phase is Phase.COMPLETE, ending.reason
    steps = materials.records.steps(order.run_id)
    record = materials.records.run(order.run_id)
    assert record is not None
    merged = any("Mend add at its root" in step.request for step in steps if step.name.startswith("show plan"))
    return Took(
        first=next(step.started_at for step in steps if step.name.startswith("tools#")) - began,
        total=(record.ended_at or 0.0) - began,
        merged=merged,
    )


async def main() -> None:
    """Measure and print."""
    set_up_logging(level=logging.ERROR)
    folder = Path(tempfile.mkdtemp(prefix="yantra-benchmark-"))
    folder.chmod(0o711)
    ways = {
        "plan first": Options(plan=True, dry_run=True),
        "head start": Options(head_start=True, dry_run=True),
    }
    found: dict[str, list[Took]] = {name: [] for name in ways}
    try:
        (folder / "script.toml").write_text(SCRIPT)
        repository = make_repository(folder / "library")
        await take(folder, repository, ways["head start"])  # the first one lays out mirror and caches
        for _ in range(ROUNDS):
            for name, options in ways.items():
                found[name].append(await take(folder, repository, options))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(describe_machine("python -m benchmarks.planning"))
    print_table(found)


def print_table(found: dict[str, list[Took]]) -> None:
    """Print what both ways took, and the aims."""
    print(
        f"Scripted models: the quick one answers after {SECONDS[QUICK]} s, the strong one after {SECONDS[STRONG]:.0f} "
        "s; both ways take four turns of the strong one. Of what is saved, 1.8 s are the models'; the rest is that a "
        "plan that waits lets its worker go, so that another is started, and what the machine's load makes of it.\n"
    )
    print("| way | rounds | first step, median s | end, median s | end, slowest s | refined |")
    print("|---|---|---|---|---|---|")
    for name, rounds in found.items():
        refined = f"{sum(one.merged for one in rounds)} of {len(rounds)}" if name == "head start" else "–"
        first, total = medians(rounds)
        print(
            f"| {name} | {len(rounds)} | {first:.2f} | {total:.2f} | {max(o.total for o in rounds):.2f} | {refined} |"
        )
    before, after = medians(found["plan first"]), medians(found["head start"])
    first, total = before[0] - after[0], before[1] - after[1]
    print(f"\nSaved: {first:.2f} s until the first step, {total:.2f} s until the end.")
    rounds, merged = len(found["head start"]), sum(one.merged for one in found["head start"])
    print_aims([
        Aim("first step sooner", "> 1 s", f"{first:.2f} s", first > 1),
        Aim("end sooner", "> 0 s", f"{total:.2f} s", total > 0),
        Aim("the second look was merged", f"{rounds} of {rounds}", f"{merged} of {rounds}", merged == rounds),
    ])  # fmt: skip


def medians(rounds: Sequence[Took]) -> tuple[float, float]:
    """Return the median seconds until the first step, and until the end."""
    return statistics.median(one.first for one in rounds), statistics.median(one.total for one in rounds)


if __name__ == "__main__":
    asyncio.run(main())
