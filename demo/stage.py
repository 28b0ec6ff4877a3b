"""What both acts of the demonstration share: who plays, where the records lie, how a run is waited for and shown."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from rich.console import Console

from demo.servers import REPOSITORY, LocalGitHub
from yantra_bot.app.home import Home
from yantra_bot.cli.display import Display, find_result, show_ending
from yantra_bot.domain.commands import Verb
from yantra_bot.domain.proof import TestReport
from yantra_bot.domain.run import Ending
from yantra_bot.runs.records import Records

T = TypeVar("T")

PATIENCE_SECONDS = 1_800.0
"""A real model may answer, and takes its time."""
BEGIN_SECONDS = 60.0
NEWEST = 20


@dataclass(slots=True)
class Stage:
    """Who plays and where. `run_ids` are the runs to be told again at the end, in their order."""

    console: Console
    github: LocalGitHub
    home: Home
    port: int
    environment: dict[str, str]
    run_ids: list[str] = field(default_factory=list)

    def introduce(self, issue: int, title: str, command: str, *, repository: str = REPOSITORY) -> None:
        """Say who orders what."""
        self.console.print(f"{repository}#{issue}: {title}", highlight=False)
        self.console.print(f"alice comments: [bold]{command}[/]\n", highlight=False)

    async def open_records(self) -> Records:
        """Return the server's records, as soon as it has made them."""

        async def find() -> bool:
            return self.home.records.exists()

        await wait_until(find, BEGIN_SECONDS, "The server kept no record of the comment")
        return Records.open(self.home.records, read_only=True)

    async def find_run(self, records: Records, issue: int, verb: Verb, *, besides: Sequence[str] = ()) -> str:
        """Return the run that was ordered on an issue or begun for a pull request, and is none of `besides`."""

        async def find() -> str | None:
            orders = (run.order for run in records.runs(NEWEST) if run.order.run_id not in besides)
            return next((one.run_id for one in orders if (one.issue_number, one.command.verb) == (issue, verb)), None)

        return await wait_until(find, BEGIN_SECONDS, f"No run of {verb} began on #{issue}")

    async def wait_for_ending(self, records: Records, run_id: str) -> Ending:
        """Return how the run ended."""

        async def find() -> Ending | None:
            return records.ending(run_id)

        return await wait_until(find, PATIENCE_SECONDS, "The run did not end")

    async def follow(self, display: Display, records: Records, run_id: str) -> Ending:
        """Show a run until it has ended, and what came of it."""
        ending = await display.follow(self.wait_for_ending(records, run_id))
        self.run_ids.append(run_id)
        diff = find_result(records, run_id, "diff", str) or ""
        tests = find_result(records, run_id, "test", TestReport)
        page = f"http://127.0.0.1:{self.port}/runs/{run_id}"
        show_ending(self.console, ending, diff=diff, page_url=page, tests=tests)
        return ending


async def wait_until(look: Callable[[], Awaitable[T | None]], seconds: float, what: str) -> T:
    """Return what `look` finds as soon as it finds something. Raises TimeoutError, which says `what`."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := await look():
            return found
        await asyncio.sleep(0.05)
    raise TimeoutError(f"{what} within {seconds / 60:.0f} minutes.")
