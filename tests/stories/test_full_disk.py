"""The disk of the workers is full: the run says so, ends, and the next one works once there is room."""

import os
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.stories.library import FINISH, HEAD, SHELL_FILES, SHELL_FIX, turn
from tests.stories.scene import Scene
from tests.stories.test_browser import HEADING, SITE
from tests.stories.test_integration import FILES as WITH_DATABASE
from tests.stories.test_operation import fill
from yantra_bot.domain.run import Phase
from yantra_bot.runs.steps import Moment

ENDS = "".join(turn(f"end-{number}", FINISH) for number in range(4))
SCRIPT = HEAD + turn("fix", SHELL_FIX) + ENDS
EDIT_PAGE = HEAD + turn("edit", HEADING) + ENDS


@pytest.fixture
def workers_disk(scene: Scene) -> Iterator[Path]:
    """A disk of 64 MB under the workers, apart from the server's state."""
    folder = scene.home.workers
    folder.mkdir(parents=True)
    mounting = ["mount", "-t", "tmpfs", "-o", "size=64m,mode=0711", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mounting, check=False, capture_output=True).returncode != 0:
        pytest.skip("NO SMALL DISK: only root may mount one")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


class Filler:
    """A probe that fills a disk as soon as a step begins."""

    def __init__(self, disk: Path, step: str) -> None:
        self.disk, self.step = disk, step
        self.filling: Path | None = None

    def __call__(self, run_id: str, name: str, moment: Moment) -> None:
        if name == self.step and moment is Moment.BEFORE_WORK and self.filling is None:
            self.filling = fill(self.disk)


@dataclass(frozen=True)
class Place:
    """Where in a run the disk is full: its step and phase, and what it works in. `needs` is what has to be there."""

    step: str
    phase: Phase
    files: Mapping[str, str]
    script: str = SCRIPT
    needs: str = ""


PLACES = {
    "tests and scan": Place("test#1", Phase.UNIT_TESTING, SHELL_FILES),
    "database": Place("check change#2", Phase.INTEGRATION_TESTING, WITH_DATABASE),
    "browser": Place("check change#2", Phase.BROWSER_VALIDATION, SITE, EDIT_PAGE, needs="found_browser"),
}


@pytest.mark.case("L03")
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", PLACES)
async def test_a_full_disk_of_the_workers_is_told_and_nothing_is_left_to_do(
    scene: Scene, workers_disk: Path, name: str, request: pytest.FixtureRequest
) -> None:
    """Filled while tests run, a database or Chromium: the run ends with the cure, and a retry works afterwards."""
    place = PLACES[name]
    if place.needs:
        request.getfixturevalue(place.needs)
    filler = Filler(workers_disk, place.step)
    scene.work_in(place.files, script=place.script)
    async with scene.server(probe=filler):
        await scene.comment("@yantra implement")
        ending = await scene.ending()
        assert filler.filling is not None
        assert ending.phase is Phase.FAILED
        assert "The disk of the workers is full. Free some space" in ending.reason
        assert "The disk of the workers is full." in scene.said()[0]
        assert (scene.branches(), scene.pull_requests()) == ([], [])
        assert place.phase in [one.phase for one in scene.runs()[0].phases]
        filler.filling.unlink()
        await scene.comment("@yantra retry")
        again = await scene.ending(of=2)
    assert again.phase is Phase.COMPLETE, again.reason
    assert len(scene.pull_requests()) == 1
