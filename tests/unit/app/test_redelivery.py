"""Control asks for missed deliveries only while the door says that it takes them."""

import asyncio
from pathlib import Path

import pytest

from yantra_bot.app.door import DoorPart, run_door, show_port
from yantra_bot.app.home import Home
from yantra_bot.app.redelivery import is_door_ready

HOST = "127.0.0.1"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path).lay_out()


async def test_the_door_is_ready_while_it_listens_and_control_is_alive(home: Home) -> None:
    """Not before, not while /readyz is red, and not after: its port is not told any more."""
    part = DoorPart(
        state_folder=home.folder, host=HOST, port=0, webhook_secrets=("x" * 32,), handle="yantra",
        repositories=(), allowed_bots=(),
    )  # fmt: skip
    assert not await is_door_ready(home, HOST)
    stop, port = asyncio.Event(), asyncio.get_running_loop().create_future()
    door = asyncio.create_task(run_door(part, stop, on_listening=port.set_result))
    try:
        assert await port == int(home.listening.read_text())
        assert not await is_door_ready(home, HOST)
        home.heartbeat.touch()
        assert await is_door_ready(home, HOST)
    finally:
        stop.set()
        await door
    assert not home.listening.exists()
    assert not await is_door_ready(home, HOST)


@pytest.mark.parametrize("told", ["9", "", "a port"])
async def test_what_a_killed_door_left_is_no_readiness(home: Home, told: str) -> None:
    """Nobody listens there, or it is no port at all."""
    home.listening.write_text(told)
    assert not await is_door_ready(home, HOST)


def test_a_port_that_cannot_be_told_does_not_end_the_door(tmp_path: Path) -> None:
    """It goes on taking deliveries."""
    show_port(tmp_path / "missing" / "port", 80)
    assert list(tmp_path.iterdir()) == []
