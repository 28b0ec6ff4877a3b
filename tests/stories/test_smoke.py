"""The program that a change reaches is started, from the comment to the pull request."""

from tests.stories.library import FINISH, HEAD, call, turn
from tests.stories.scene import Scene
from yantra_bot.domain.run import Phase

MAIN = "import sys\n\nfrom calc import add\n\nprint(add(2, int(sys.argv[2]) if len(sys.argv) > 2 else 3))\n"
FILES = {
    "calc/__init__.py": "def add(first, second):\n    return first - second\n",
    "calc/__main__.py": MAIN,
    "tests/test_calc.py": "import calc\n\n\ndef test_add_nothing():\n    assert calc.add(3, 0) == 3\n",
    "conftest.py": "",
}
FIX = call("edit_file", '{path = "calc/__init__.py", search = "first - second", replace = "first + second"}')
BREAK = call(
    "edit_file", '{path = "calc/__main__.py", search = "import sys\\n", replace = "import sys\\n\\nsys.exitt\\n"}'
)
MEND = call("edit_file", '{path = "calc/__main__.py", search = "\\nsys.exitt\\n", replace = ""}')


async def test_a_program_that_still_starts_stands_in_the_pull_request(scene: Scene) -> None:
    """By the words with which a person would start it."""
    scene.work_in(FILES, script=HEAD + turn("fix", FIX) + turn("end", FINISH))
    async with scene.server():
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    (opened,) = scene.pull_requests()
    assert "| smoke | passed |" in opened.body
    assert "python -m calc --help" in opened.body


async def test_a_program_that_crashes_goes_back_to_the_model(scene: Scene) -> None:
    """No test sees it; it started before the change, and the second attempt is what is delivered."""
    scene.work_in(
        FILES,
        script=HEAD
        + turn("wrong", FIX, BREAK)
        + turn("sure", FINISH)
        + turn("right", MEND, when='{last = ["python -m calc --help", "exitt"]}')
        + turn("end", FINISH),
    )
    async with scene.server():
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    (opened,) = scene.pull_requests()
    assert "2 attempts" in opened.body
    assert "| smoke | passed |" in opened.body
