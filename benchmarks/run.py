"""A whole run without model time: from the order to the branch, on a small repository, answered by a script.

    python -m benchmarks.run

The story, engine, worker, sandbox, git and pytest are the real ones; the forge is a folder. `cold` installs the
repository's environment, `warm` finds it. `three attempts` is the worst case of SPEC 4. Prints a Markdown table.
"""

import asyncio
import logging
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from benchmarks.aims import at_most, print_aims
from benchmarks.machine import describe_machine
from demo.servers import wheel_folder
from tests.stories.library import ADD_TEST, FINISH, FIX, HEAD, RUN_TESTS, call, turn, write_library
from yantra_bot.app.logs import set_up_logging
from yantra_bot.app.terminal import open_local
from yantra_bot.domain.commands import Command, Options, Verb
from yantra_bot.domain.run import Phase
from yantra_bot.settings import Settings

GOOD = HEAD + turn("fix", FIX, ADD_TEST) + turn("prove", RUN_TESTS) + turn("end", FINISH)
WRONG = call("edit_file", '{path = "calc.py", search = "first - second", replace = "second - first"}')
WORST = HEAD + turn("wrong", WRONG) + "".join(turn(f"sure-{number}", FINISH) for number in range(3))
ROUNDS = 5


def make_repository(folder: Path) -> Path:
    """Return a git repository with the small library."""
    write_library(folder)
    for words in (
        ("init", "-q", "-b", "main"),
        ("add", "."),
        ("-c", "user.name=a", "-c", "user.email=a@b.example", "commit", "-qm", "Begin"),
    ):
        subprocess.run(["git", "-C", str(folder), *words], check=True)
    return folder


async def take(folder: Path, repository: Path, script: str, expected: Phase) -> float:
    """Run once; return the seconds from order to ending, less what the script took to answer."""
    (folder / "script.toml").write_text(script)
    settings = Settings(
        state_folder=folder / "state",
        replay_script=folder / "script.toml",
        package_index_url="none",
        package_folders=(wheel_folder(folder),),
    )
    command = Command(Verb.IMPLEMENT, "", Options(dry_run=True))
    async with open_local(settings, repository, "add subtracts", command, on_comment=lambda *_: None) as session:
        began = time.perf_counter()
        ending = await session.engine.wait(session.order.run_id)
        seconds = time.perf_counter() - began
        steps = session.records.steps(session.order.run_id)
    assert ending.phase is expected, ending.reason
    return seconds - sum((step.finished_at or 0) - step.started_at for step in steps if step.name.startswith("model#"))


async def main() -> None:
    """Measure and print."""
    set_up_logging(level=logging.ERROR)
    folder = Path(tempfile.mkdtemp(prefix="yantra-benchmark-"))
    folder.chmod(0o711)
    try:
        repository = make_repository(folder / "library")
        rows = [("first success, cold environment", [await take(folder, repository, GOOD, Phase.COMPLETE)], "10")]
        warm = [await take(folder, repository, GOOD, Phase.COMPLETE) for _ in range(ROUNDS)]
        worst = [await take(folder, repository, WORST, Phase.ESCALATED) for _ in range(ROUNDS)]
        rows += [("first success, warm environment", warm, "10"), ("three attempts, warm", worst, "30")]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(describe_machine("python -m benchmarks.run"))
    print("| run without model time | rounds | median s | slowest s | target s |\n|---|---|---|---|---|")
    for name, seconds, target in rows:
        print(f"| {name} | {len(seconds)} | {statistics.median(seconds):.1f} | {max(seconds):.1f} | < {target} |")
    print_aims(at_most(f"{name}, slowest", max(seconds), float(target), "s") for name, seconds, target in rows)


if __name__ == "__main__":
    asyncio.run(main())
