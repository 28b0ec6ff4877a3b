"""What a run of the demonstration was reminded of, and what it leaves to be remembered for the next time."""

from demo.servers import ROOT, memory_place
from demo.stage import BEGIN_SECONDS, Stage, wait_until
from yantra_bot.cli.display import find_result
from yantra_bot.domain.lessons import Came
from yantra_bot.runs.memory_outbox import NEVER
from yantra_bot.runs.records import Records


async def show_lessons(stage: Stage, records: Records, run_id: str) -> None:
    """Say both, once the memory has stored what the run taught."""
    console, told = stage.console, records.reminded(run_id)
    for one in told.of:
        came = "It was heeded, and not made again." if one.came is Came.HELPED else "It did not help."
        console.print("\n[bold]Reminded of a mistake that an earlier run made:[/]", highlight=False)
        console.print(f"  {one.words} ({one.similarity:.0%} alike). {came}", highlight=False, markup=False)
    if told.problem:
        console.print(f"\nWithout the memory of mistakes: {told.problem}", highlight=False, markup=False)
    if not find_result(records, run_id, "learn", int):
        return

    async def is_stored() -> bool:
        return not records.told_memory(now=NEVER / 2, limit=1)

    await wait_until(is_stored, BEGIN_SECONDS, "The memory did not store what the run taught")
    console.print("\n[bold]Remembered:[/] the mistake of the first attempt, and what repaired it.", highlight=False)
    console.print("  Play `make demo` once more: the run is reminded of it before it begins.", highlight=False)
    place = memory_place().removeprefix(f"{ROOT}/")
    console.print(f"  YANTRA_MEMORY_URL={place} .venv/bin/yantra mistakes list", highlight=False, markup=False)
