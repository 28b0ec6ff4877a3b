"""What is checked of a change beside its tests, from the comment to the pull request."""

from tests.stories.library import FINISH, FIX, HEAD, call, turn
from tests.stories.scene import Scene
from yantra_bot.domain.run import Phase

NEW_ARGUMENT = call(
    "edit_file",
    '{path = "calc.py", search = "def double(number):", replace = "def double(number, times):"}',
)
MISSPELT = call("edit_file", '{path = "calc.py", search = "first - second", replace = "first + secnd"}')
MENDED = call("edit_file", '{path = "calc.py", search = "secnd", replace = "second"}')
OLD_SIGNATURE = call(
    "edit_file",
    '{path = "calc.py", search = "def double(number, times):", replace = "def double(number):"}',
)
LONELY = {
    "calc.py": "def add(first, second):\n    return first - second\n\n\ndef double(number):\n    return number * 2\n",
    "app.py": "from calc import double\n\n\ndef main():\n    return double(2)\n",
    "tests/test_calc.py": "from calc import add\n\n\ndef test_add_nothing():\n    assert add(3, 0) == 3\n",
    "conftest.py": "",
}
"""A library whose tests do not see a broken caller."""


async def test_a_misspelt_name_goes_back_before_any_test_runs(scene: Scene) -> None:
    """The model is told of it with the name that was meant, in the same attempt; the pull request tells the check."""
    scene.play(
        HEAD
        + turn("wrong", MISSPELT)
        + turn("sure", FINISH)
        + turn("right", MENDED, when='{last = ["Before any test was run", "secnd", "second"]}')
        + turn("end", FINISH)
    )
    async with scene.server():
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    names = [step.name.split("#")[0] for step in scene.steps()]
    assert names.count("test") == 1, "the misspelt change was not tested"
    assert names.count("check") >= 2
    (opened,) = scene.pull_requests()
    assert "1 attempt." in opened.body
    assert "| dependencies | passed |" in opened.body


async def test_a_broken_caller_that_no_test_sees_makes_a_draft(scene: Scene) -> None:
    """The model insists: it is not asked for ever, the tests pass, and a person decides over what the graph shows."""
    scene.work_in(LONELY, script=HEAD + turn("wrong", FIX, NEW_ARGUMENT) + turn("sure", FINISH) + turn("end", FINISH))
    async with scene.server():
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    (opened,) = scene.pull_requests()
    assert opened.pull.is_draft
    assert "| dependencies | **failed** |" in opened.body
    assert "app.py:5" in opened.body or "double" in opened.body
    assert [phase.phase for phase in scene.runs()[0].phases].count(Phase.DEPENDENCY_VALIDATION) == 2


async def test_a_broken_caller_is_mended_by_the_model(scene: Scene) -> None:
    """It takes the change of the signature back, and the pull request is ready for review."""
    scene.work_in(
        LONELY,
        script=HEAD
        + turn("wrong", FIX, NEW_ARGUMENT)
        + turn("sure", FINISH)
        + turn("right", OLD_SIGNATURE, when='{last = ["double"]}')
        + turn("end", FINISH),
    )
    async with scene.server():
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    (opened,) = scene.pull_requests()
    assert not opened.pull.is_draft
