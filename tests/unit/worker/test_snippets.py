"""A model's own program runs in the sandbox alone: it computes, reads the tree, and reaches and breaks nothing else."""

import pytest

from tests.fakes.worker_bench import FILES, Crew
from yantra_bot.domain.conversation import ToolCall
from yantra_bot.worker.client import WorkerWorkspace

HIDDEN_NETWORK = """
socket = __import__("soc" + "ket")
try:
    socket.create_connection(("192.0.2.1", 80), 2)
except OSError as refused:
    print("refused", refused.errno)
"""
OUTSIDE = """
from pathlib import Path
for path in ("/etc/shadow", "/root", "/proc/1/environ", "/home"):
    try:
        here = Path(path)
        print(path, repr(here.read_bytes() if here.is_file() else sorted(here.iterdir())))
    except OSError as refused:
        print(path, type(refused).__name__)
for path in ("/repository/calc.py", "/repository/new.py", "/etc/x", "/run/yantra/snippet.py"):
    try:
        Path(path).write_text("gone")
        print("WROTE", path)
    except OSError as refused:
        print("kept", path)
"""
BOMB = "import os\nwhile True:\n    os.fork()\n"
FLOOD = "while True:\n    print('x' * 10_000)\n"
EATER = "kept = [bytearray(1 << 20) for _ in range(2_000)]\nprint(len(kept))\n"
SPIN = "while True:\n    pass\n"


async def run(workspace: WorkerWorkspace, code: str) -> tuple[str, bool]:
    batch = await workspace.call([ToolCall("1", "run_python", {"code": code})])
    assert batch.changes.files == ()
    return batch.results[0].content, batch.results[0].is_error


async def test_a_program_computes_with_the_repository(crew: Crew) -> None:
    """It reads the tree and imports what lies there, prints, and its failure is told with its trace."""
    workspace = await crew.open(FILES)
    code = "import calc\nprint(calc.add(44, 2), open('/repository/README.md').read())"
    shown, _ = await run(workspace, code)
    assert shown.startswith("Exit code 0, ")
    assert "42 # Calc" in shown
    shown, _ = await run(workspace, "print(1 / 0)")
    assert shown.startswith("Exit code 1, ")
    assert "ZeroDivisionError" in shown


@pytest.mark.case("C07")
@pytest.mark.case("D11")
async def test_a_program_reaches_nothing_outside(crew: Crew) -> None:
    """No network, however it is imported; no file of the host's; nothing is written but in its own temporary folder."""
    workspace = await crew.open(FILES)
    shown, _ = await run(workspace, HIDDEN_NETWORK)
    assert "refused" in shown
    shown, _ = await run(workspace, OUTSIDE)
    assert "WROTE" not in shown
    assert shown.count("kept") == 4
    assert "/etc/shadow FileNotFoundError" in shown
    assert "YANTRA" not in shown


@pytest.mark.case("D13")
@pytest.mark.parametrize("code", [BOMB, FLOOD, EATER, SPIN], ids=["fork bomb", "flood", "memory", "spin"])
async def test_a_program_that_takes_too_much_is_ended(crew: Crew, code: str) -> None:
    """Processes, output, memory and time have bounds; the answer says so in few words, and the worker lives on."""
    workspace = await crew.open(FILES)
    shown, _ = await run(workspace, code)
    assert "limit" in shown or "MemoryError" in shown or "BlockingIOError" in shown
    assert len(shown) < 25_000
    assert "Exit code 0" in (await run(workspace, "print(1)"))[0]
