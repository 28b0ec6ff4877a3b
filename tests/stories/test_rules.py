"""What the maintainers of a repository decide, and where it is read from."""

import pytest

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


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ("enabled: false\n", "says `enabled: false`"),
        ("budget: 3\n", "budget is not known"),
        ("tests:\n  command: npm test\n", "has to be a list of words"),
        ("tests: [\n", "is no valid YAML in line 2"),
        ("a: &a [x]\nb: *a\n", "aliases"),
    ],
)
@pytest.mark.case("N04")
async def test_a_rules_file_that_forbids_or_is_wrong_ends_the_run_with_its_reason(
    scene: Scene, rules: str, expected: str
) -> None:
    """Nothing is guessed: the file, the place in it and the cure are named, and nothing is checked out."""
    scene.work_in(SHELL_FILES | {".github/yantra.yml": rules})
    async with scene.server():
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.FAILED
    assert expected in ending.reason
    assert scene.branches() == []
    assert not [one for one in scene.github.calls if "git-upload-pack" in one.path]


@pytest.mark.case("C05")
async def test_rules_of_another_branch_count_for_nothing(scene: Scene) -> None:
    """What a stranger's branch says of the bot is not read."""
    scene.work_in(SHELL_FILES)
    scene.github.commit(scene.repository, {".github/yantra.yml": "enabled: false\n"}, branch="evil")
    async with scene.server():
        await scene.comment("@yantra implement --dry-run")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
