"""A bug is reproduced before it is mended, and the pull request says which test fails without the change."""

from tests.stories.library import ADD_TEST, BROKEN, FINISH, FIX, GOOD, HEAD, TESTS, call, turn
from tests.stories.scene import Scene
from yantra_bot.domain.run import Phase

TRACEBACK = """Adding texts fails:

```
Traceback (most recent call last):
  File "/home/ann/work/main.py", line 3, in <module>
    print(add("a", "b"))
  File "/home/ann/work/calc/calc.py", line 2, in add
    return first - second
TypeError: unsupported operand type(s) for -: 'str' and 'str'
```
"""


async def test_an_error_of_the_issue_has_to_be_shown_by_a_test(scene: Scene) -> None:
    """The model is shown the code at the frames; a change without a failing test goes back; then the proof is told."""
    scene.issue.body = TRACEBACK
    passes = call("write_file", '{path = "tests/test_more.py", content = "def test_one():\\n    assert 1 == 1\\n"}')
    first = '{last = ["type error: TypeError: unsupported", "2\\\\t    return first - second"]}'
    scene.play(
        HEAD
        + turn("fix", FIX, when=first)
        + turn("sure", FINISH)
        + turn("weak", passes, when='{last = ["Write a test that raises the error of the issue"]}')
        + turn("surer", FINISH)
        + turn("test", ADD_TEST, when='{last = ["They passed: tests/test_more.py::test_one"]}')
        + turn("end", FINISH)
    )
    async with scene.server():
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    (opened,) = scene.pull_requests()
    assert "| fails before | passed |" in opened.body
    assert "tests/test_calc.py::test_add" in opened.body
    assert "fails before the change (AssertionError: assert -1 == 5" in opened.body


async def test_the_proof_is_told_of_any_change_with_tests(scene: Scene) -> None:
    """Also where the issue shows no traceback."""
    async with scene.server():
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    (opened,) = scene.pull_requests()
    assert "Fails before, passes after: 1 test of the change." in opened.body
    assert not opened.pull.is_draft
    assert [step for step in scene.steps() if step.name == "prove on base#1"]


async def test_the_proof_is_told_where_another_test_fails_before_and_after(scene: Scene) -> None:
    """A test that was broken before hides nothing of what the change's own tests show, and is not asked for."""
    old = "def test_old():\n    assert False\n"
    scene.work_in({"calc.py": BROKEN, "tests/test_calc.py": TESTS, "tests/test_old.py": old}, script=GOOD)
    async with scene.server():
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    (opened,) = scene.pull_requests()
    assert "Fails before, passes after: 1 test of the change." in opened.body
    assert "tests/test_old.py::test_old" in opened.body
