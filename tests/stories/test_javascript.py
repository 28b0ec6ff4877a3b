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


async def test_of_several_packages_the_one_that_was_changed_is_tested_before_and_after(scene: Scene) -> None:
    """The same tests are run on the base once it is known which; the other package is named as not run."""
    files = {
        "package.json": '{"private": true, "workspaces": ["packages/*"]}',
        **javascript.in_folder("packages/one"),
        **javascript.in_folder("packages/two"),
    }
    scene.work_in(files, script=javascript.good_in("packages/two"))
    async with scene.server():
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    (opened,) = scene.pull_requests()
    assert "(node in packages/two)" in opened.body
    assert "2 passed, 0 failed; before the change 2 passed, 0 failed" in opened.body
    assert "not run: node in packages/one." in opened.body
    tested = [step.name for step in scene.steps() if step.name.startswith("test base#")]
    assert tested == ["test base#1", "test base#2"]


async def test_python_and_javascript_side_by_side_are_each_tested_by_their_own(scene: Scene) -> None:
    """A change of the web part alone runs its tests; the rules may say which runner there is, and then it is that."""
    python = {"tests/test_sums.py": "def test_sums():\n    assert 1 + 1 == 2\n", "sums.py": "ONE = 1\n"}
    rules = {".github/yantra.yml": "tests: {runner: node}\n"}
    scene.work_in({**python, **rules, **javascript.in_folder("web")}, script=javascript.good_in("web"))
    async with scene.server():
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    (opened,) = scene.pull_requests()
    assert "(node in web)" in opened.body
    assert "not run" not in opened.body


async def test_declared_packages_are_there_when_the_tests_run(scene: Scene) -> None:
    """Installed in the sandbox; here from the repository itself, since a story has no network."""
    scene.work_in(javascript.WITH_PACKAGE, script=javascript.GOOD_WITH_PACKAGE)
    async with scene.server():
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    (opened,) = scene.pull_requests()
    assert "3 passed, 0 failed; before the change 2 passed, 0 failed" in opened.body
    assert "could not all be installed" not in opened.body
    assert not any("node_modules" in line for line in opened.body.splitlines())
