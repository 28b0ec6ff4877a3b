"""A stop that another process wrote down reaches the run."""

import asyncio
import contextlib
from pathlib import Path

from tests.unit.runs.test_replaying import ORDER
from yantra_bot.domain.run import Ending, Phase
from yantra_bot.runs.cancels import heed_cancels
from yantra_bot.runs.records import Records


class Rounds:
    """A clock whose every sleep is one round."""

    def __init__(self, *rounds: object) -> None:
        self._rounds = list(rounds)

    def now(self) -> float:
        return 0.0

    async def sleep(self, seconds: float) -> None:
        if not self._rounds:
            raise asyncio.CancelledError
        step = self._rounds.pop(0)
        if callable(step):
            step()


async def test_a_run_is_woken_once_and_a_failing_look_is_repeated(tmp_path: Path) -> None:
    """Until it has ended, and whatever the engine says the first time."""
    records = Records.open(tmp_path / "records.sqlite")
    records.start_run(ORDER, 1.0)
    woken: list[str] = []

    async def stop(run_id: str) -> None:
        woken.append(run_id)
        if len(woken) == 1:
            raise RuntimeError("the database is away")

    clock = Rounds(
        lambda: records.request_stop(ORDER.run_id, "root", at=2.0),
        None,
        None,
        lambda: records.end_run(ORDER.run_id, Ending(Phase.STOPPED, "root stopped this run."), 3.0),
        None,
    )
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.create_task(heed_cancels(records, stop, clock))
    assert woken == [ORDER.run_id, ORDER.run_id]
    assert records.stops_asked() == ()
    records.close()
