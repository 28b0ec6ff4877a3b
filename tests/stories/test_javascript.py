"""`@yantra implement` on repositories that are not Python's."""

import shutil

import pytest

from tests.stories import javascript
from tests.stories.scene import Scene
from yantra_bot.domain.run import Phase

pytestmark = pytest.mark.skipif(
    shutil.which("node", path="/usr/local/bin:/usr/bin") is None, reason="NO NODE where a sandbox looks for it"
)


async def test_a_library_in_javascript_becomes_a_tested_pull_request(scene: Scene) -> None:
    """Its own test script proves the change, test by test, as before and as after."""
    scene.work_in(javascript.FILES, script=javascript.GOOD)
    async with scene.server():
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    (opened,) = scene.pull_requests()
    assert not opened.pull.is_draft
    assert "`npm test` (node)" in opened.body
    assert "3 passed, 0 failed; before the change 2 passed, 0 failed" in opened.body
    (check,) = scene.repository.check_runs
    assert check.conclusion == "success"


async def test_a_failing_test_in_javascript_goes_back_to_the_model(scene: Scene) -> None:
    """By its name and with what it said; the second attempt is what is delivered."""
    scene.work_in(javascript.FILES, script=javascript.CORRECTED)
    async with scene.server():
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    (opened,) = scene.pull_requests()
    assert "2 attempts" in opened.body


async def test_a_script_that_only_has_an_exit_code_is_a_proof_of_its_own_kind(scene: Scene) -> None:
    """No test is named; the exit code says that they passed before and after."""
    package = '{"scripts": {"test": "node check.mjs"}}'
    check = "import { add } from './calc.mjs';\nprocess.exit(add(3, 0) === 3 ? 0 : 1);\n"
    scene.work_in(
        {"calc.mjs": javascript.BROKEN, "check.mjs": check, "package.json": package},
        script=javascript.GOOD_SCRIPT,
    )
    async with scene.server():
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    (opened,) = scene.pull_requests()
    assert "`npm test` ended with 0" in opened.body
    assert "no test was named (the verdict is pass)" in opened.body
