"""What the maintainers of a repository decide, and where it is read from."""

from tests.stories.library import SHELL_FILES
from tests.stories.scene import Scene
from yantra_bot.domain.run import Phase


async def test_a_repository_of_another_language_is_proven_by_its_own_command(scene: Scene) -> None:
    """Its test command comes from `.github/yantra.yml`; nothing is installed."""
    scene.work_in(SHELL_FILES)
    async with scene.server():
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    (opened,) = scene.pull_requests()
    assert "`sh test.sh` ended with 0" in opened.body
