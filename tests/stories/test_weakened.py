"""A change that takes something from the tests that were there: flagged, a draft, and never counted as success."""

import pytest

from tests.stories.library import FINISH, FIX, HEAD, RUN_TESTS, TESTS, call, turn
from tests.stories.scene import Scene
from yantra_bot.domain.run import Phase

DOUBLE = "assert double(2) == 4"
WEAKER = {
    "another expected value": (
        [call("edit_file", '{path = "calc.py", search = "number * 2", replace = "number * 3"}')],
        "assert double(2) == 6",
        "tests/test_calc.py::test_double expects something else now: double(2) was 4, is 6",
    ),
    "an assertion less": ([], "double(2)", "tests/test_calc.py::test_double asserts less: 1 before, 0 now"),
    "an assertion that cannot fail": ([], "return\\n    assert double(2) == 4", "asserts less: 1 before, 0 now"),
}


@pytest.mark.case("C10")
@pytest.mark.parametrize("name", WEAKER)
async def test_a_test_that_was_made_weaker_makes_a_draft_and_no_green_check(scene: Scene, name: str) -> None:
    """All tests pass and the model is sure: it is flagged first, the check is neutral, the confidence is lower."""
    edits, now, words = WEAKER[name]
    change = call("edit_file", f'{{path = "tests/test_calc.py", search = "{DOUBLE}", replace = "{now}"}}')
    assert DOUBLE in TESTS
    scene.play(HEAD + turn("fix", FIX, *edits, change) + turn("prove", RUN_TESTS) + turn("end", FINISH))
    async with scene.server():
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    (opened,) = scene.pull_requests()
    assert opened.pull.is_draft
    assert "Tests that were there are not as they were" in opened.body.split("###")[0]
    assert words in opened.body
    assert "1 of these because the change weakens them" in opened.body
    (check,) = scene.repository.check_runs
    assert check.conclusion == "neutral"
    assert "proves less than it did" in repr(vars(check))


REMOVED = call("delete_file", '{path = "tests/test_calc.py"}')
SKIPPED = call(
    "edit_file",
    '{path = "tests/test_calc.py", search = "def test_double", '
    'replace = "import pytest\\n\\n\\n@pytest.mark.skip\\ndef test_double"}',
)
DESELECTS = call(
    "write_file",
    '{path = "conftest.py", content = "def pytest_collection_modifyitems(items):\\n    del items[:1]\\n"}',
)


@pytest.mark.case("C10")
@pytest.mark.parametrize("change", [REMOVED, SKIPPED, DESELECTS], ids=["removed", "skipped", "deselected"])
async def test_a_test_that_does_not_run_any_more_is_never_delivered(scene: Scene, change: str) -> None:
    """It passed before and does not now: three attempts, then a person, and no pull request."""
    ends = "".join(turn(f"end-{number}", FINISH) for number in range(3))
    scene.play(HEAD + turn("fix", FIX, change) + ends)
    async with scene.server():
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.ESCALATED
    assert "passed before the change do not pass now" in ending.reason
    assert scene.pull_requests() == []
