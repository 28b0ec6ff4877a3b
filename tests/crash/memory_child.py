"""A writer of the memory of mistakes that may be killed: `python -m tests.crash.memory_child FOLDER NAME COUNT WHAT`.

It says `ready` when everything is loaded, `kept N` when an occurrence is stored and, where WHAT is `optimise`,
`optimising` before each upkeep. It goes on until COUNT, half of it about one mistake that all writers make.
"""

import sys

from tests.fakes.memories import WordModel, make_occurrence
from yantra_bot.clock import SystemClock
from yantra_bot.learning.store import engine
from yantra_bot.learning.store.mistakes import Mistakes

COMMON = "close the file only where all went well"


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(folder: str, name: str, count: int, what: str) -> None:
    model = WordModel()
    store = Mistakes(folder, lambda: model, clock=SystemClock())
    say(f"ready {engine.TRIES}")
    sys.stdin.readline()
    for number in range(count):
        tried = COMMON if number % 2 else f"use {name} letter {chr(ord('a') + number % 26)}"
        store.learn([make_occurrence(f"{name} {number}", tried, at=1_000.0 + number)])
        say(f"kept {number}")
        if what == "optimise":
            say("optimising")
            store.optimise()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4])
