"""What `supervise` starts: one part of the product, told its settings over standard input.

It leaves when asked to (SIGTERM), and when the process that started it is gone.
"""

import asyncio
import os
import signal
import sys

from yantra_bot.app.logs import set_up_logging
from yantra_bot.errors import UserError


async def watch_life_line(stop: asyncio.Event) -> None:
    """Set `stop` when standard input ends: whoever started this process is gone."""
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await reader.read()
    stop.set()


async def run_part(name: str, told: str) -> None:
    """Run a part until it is told to stop."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stop.set)
    watch = asyncio.create_task(watch_life_line(stop))
    try:
        if name == "door":
            from yantra_bot.app.door import DoorPart, run_door

            await run_door(DoorPart.model_validate_json(told), stop, on_listening=announce)
        else:
            from yantra_bot.app.control import run_control
            from yantra_bot.app.control_part import ControlPart

            await run_control(ControlPart.model_validate_json(told), stop)
    finally:
        watch.cancel()


def announce(port: int) -> None:
    """Say on standard output where the door listens."""
    sys.stdout.write(f"Listening on port {port}\n")
    sys.stdout.flush()


def read_line() -> str:
    """Return the first line of standard input, taking not a byte more: the rest is the life line."""
    line = bytearray()
    while not line.endswith(b"\n"):
        byte = os.read(0, 1)
        if not byte:
            break
        line += byte
    return line.decode()


def main() -> int:
    """Run the part that the command line names; return the exit status."""
    set_up_logging()
    try:
        asyncio.run(run_part(sys.argv[1], read_line()))
    except UserError as error:
        sys.stderr.write(f"{error}\n")
        return os.EX_CONFIG
    return 0


if __name__ == "__main__":
    sys.exit(main())
