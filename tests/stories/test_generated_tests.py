"""Tests for changed lines that no test runs: asked for, judged one by one, and told in the pull request."""

import shutil

import pytest

from tests.crash.harness import Crash
from tests.fakes.github import git_repository
from tests.stories import coverage as own
from tests.stories import javascript
from tests.stories.library import SHELL_FILES, SHELL_GOOD, call
from tests.stories.scene import Scene
from tests.stories.test_crash import CrashEverywhere, crash_and_go_on
from tests.stories.test_kill import assert_done_once, at_step, kill_and_go_on
from tests.stories.test_replay import CODE
from tests.stories.test_terminal import yantra
from yantra_bot.domain.run import Ending, Phase
from yantra_bot.runs.steps import Moment

NEEDS_NODE = pytest.mark.skipif(
    shutil.which("npm", path="/usr/local/bin:/usr/bin") is None, reason="NO NODE where a sandbox looks for it"
)


async def play(scene: Scene, script: str, **settings: int) -> Ending:
    """Let a run go through with this script."""
    scene.play(script)
    async with scene.server(**{"generated_test_rounds": 2, **settings}):
        await scene.comment("@yantra implement")
        return await scene.ending()


def delivered(scene: Scene, ending: Ending) -> str:
    """Return the text of the one pull request, which is ready."""
    assert ending.phase is Phase.COMPLETE, ending.reason
    (opened,) = scene.pull_requests()
    assert not opened.pull.is_draft, opened.body
    return str(opened.body)


def files(scene: Scene) -> set[str]:
    """Return the paths that the pull request changes."""
    (opened,) = scene.pull_requests()
    base = scene.repository.default_branch
    told = git_repository.run_git(scene.repository.git_dir, "diff", "--name-only", base, opened.pull.head_sha)
    return set(told.split())


def content(scene: Scene, path: str) -> str:
    (opened,) = scene.pull_requests()
    return str(git_repository.run_git(scene.repository.git_dir, "show", f"{opened.pull.head_sha}:{path}"))


async def test_lines_that_no_test_runs_get_a_test(scene: Scene) -> None:
    """One call more: the test is kept for the line that it runs, it is told, and a replay comes to the same."""
    ending = await play(scene, own.ONE_GOOD)
    body = delivered(scene, ending)
    assert "Tests run 3 of 3 changed lines of code (100%); 2 of 3 changed lines of code (67%) before" in body
    assert "asked once for tests of lines that none ran: 1 kept, 0 dropped." in body
    assert "- `tests/test_add.py::test_add_to_nothing`: runs calc.py:3" in body
    assert files(scene) == {"calc.py", "tests/test_add.py"}
    assert ending.spent.model_calls == 3
    assert Phase.TEST_GENERATION in [entry.phase for entry in scene.runs()[0].phases]
    scene.values["generated_test_rounds"] = 2
    told = await yantra(scene, "runs", "replay", scene.runs()[0].order.run_id, PYTHONPATH=str(CODE))
    assert told.out.startswith(f"Identical: {len(scene.steps())} steps"), told


async def test_a_change_whose_lines_are_run_asks_for_nothing(scene: Scene) -> None:
    """The change brings the test itself: no call is made, and the share is told."""
    covers = call("write_file", f'{{path = "tests/test_calc.py", content = """{own.COVERS}"""}}')
    ending = await play(scene, own.script(change=(own.GROWN, covers)))
    body = delivered(scene, ending)
    assert "Tests run 3 of 3 changed lines of code (100%)." in body
    assert "was asked" not in body
    assert ending.spent.model_calls == 2


async def test_tests_that_prove_nothing_are_taken_out_again(scene: Scene) -> None:
    """One that passes without the change and runs nothing new, one without an assertion, one that fails: one stays."""
    every = (own.USELESS, own.RAISES, own.IDLE, own.FAILING)
    ending = await play(
        scene, own.script(own.when("write", own.ASKED, own.write_tests(*every), own.DONE)), generated_test_rounds=1
    )
    body = delivered(scene, ending)
    assert "1 kept, 3 dropped." in body
    assert "- `tests/test_add.py::test_add_nothing_again`: it passes without the change too" in body
    assert "- `tests/test_add.py::test_calls`: it asserts nothing" in body
    assert "- `tests/test_add.py::test_adds_words`: it fails: assert 2 == 3" in body
    assert content(scene, "tests/test_add.py").strip() == f"{own.IMPORTS}\n\n{own.RAISES}".strip()


async def test_what_is_changed_beside_tests_is_put_back(scene: Scene) -> None:
    """Code and `conftest.py` are as they were tested; the test that was written with them is judged on that."""
    writes = own.when("write", own.ASKED, own.SPOILS, own.HOOKS, own.write_tests(own.RAISES), own.DONE)
    body = delivered(scene, await play(scene, own.script(writes)))
    assert "What was changed beside tests while they were written was put back: `calc.py`, `tests/conftest.py`." in body
    assert files(scene) == {"calc.py", "tests/test_add.py"}
    assert own.GUARD in content(scene, "calc.py")


async def test_tests_that_weaken_what_was_there_are_taken_back(scene: Scene) -> None:
    """A good test in a file that lost another one is no gain: the change is handed over as it was tested."""
    less = own.when("write", own.ASKED, own.write_tests(own.RAISES, path="tests/test_calc.py"), own.DONE)
    body = delivered(scene, await play(scene, own.script(less)))
    assert "0 kept, 1 dropped. The change does not stand with them: 2 tests that passed before the change" in body
    assert "- `tests/test_calc.py::test_add_to_nothing`: it was taken back with the others" in body
    assert "No test runs `calc.py:3`." in body
    assert files(scene) == {"calc.py"}


async def test_a_second_round_mends_what_failed(scene: Scene) -> None:
    """The model is told which tests do not stand and why; one that fails on the base by itself is worth keeping."""
    first = own.when("write", own.ASKED, own.write_tests(own.RAISES, own.FAILING), own.DONE)
    second = own.when(
        "mend", f"{own.AGAIN}[^$]*test_adds_words: it fails", own.write_tests(own.RAISES, own.SUMS), own.DONE
    )
    ending = await play(scene, own.script(second, first))
    body = delivered(scene, ending)
    assert "asked 2 times for tests of lines that none ran: 2 kept, 0 dropped." in body
    assert "- `tests/test_add.py::test_add`: fails before the change (assert -1 == 5)" in body
    assert ending.spent.model_calls == 4


async def test_a_test_that_may_have_found_an_error_makes_a_draft(scene: Scene) -> None:
    """The failing test is not delivered, the change is, with the model's question for a person."""
    first = own.when("write", own.ASKED, own.write_tests(own.FAILING), own.DONE)
    ending = await play(scene, own.script(own.when("ask", own.AGAIN, own.ASKS), first))
    assert ending.phase is Phase.COMPLETE, ending.reason
    (opened,) = scene.pull_requests()
    assert opened.pull.is_draft
    assert "A person has to answer: Is 1 and 1 to be 3 here?" in opened.body
    assert "0 kept, 1 dropped." in opened.body
    assert "No test runs `calc.py:3`." in opened.body
    assert files(scene) == {"calc.py"}


async def test_a_short_budget_hands_over_what_was_tested(scene: Scene) -> None:
    """The calls of the run end before the question: nothing is asked, and that is said."""
    ending = await play(scene, own.ONE_GOOD, budget_steps=2)
    body = delivered(scene, ending)
    assert "No test was asked for: the limit of 2 model calls is reached." in body
    assert files(scene) == {"calc.py"}
    assert ending.spent.model_calls == 2


@pytest.mark.parametrize("percent", [90, 0])
async def test_a_runner_that_tells_no_lines_is_told(scene: Scene, percent: int) -> None:
    """Nothing is asked for where nobody knows what is missing; nor is anything said where nobody wants it."""
    rules = SHELL_FILES[".github/yantra.yml"] + f"  cover_percent: {percent}\n"
    scene.work_in({**SHELL_FILES, ".github/yantra.yml": rules}, script=SHELL_GOOD)
    async with scene.server(generated_test_rounds=2):
        await scene.comment("@yantra implement")
        body = delivered(scene, await scene.ending())
    assert ("does not tell which lines they ran, so no test was asked for." in body) == bool(percent)


@NEEDS_NODE
async def test_a_line_of_javascript_that_no_test_runs_gets_a_test(scene: Scene) -> None:
    """Each is tried by its own name: one runs the line, one fails without the change; a replay comes to the same."""
    asked = own.when("write", own.ASKED, javascript.write_tests(javascript.RAISES, javascript.SUMS), own.DONE)
    scene.work_in(javascript.FILES)
    ending = await play(scene, own.script(asked, change=(javascript.GROW,)))
    body = delivered(scene, ending)
    assert "Tests run 4 of 4 changed lines of code (100%); 3 of 4 changed lines of code (75%) before" in body
    assert "asked once for tests of lines that none ran: 2 kept, 0 dropped." in body
    assert "- `test/add.test.js::adds to nothing`: runs calc.js:3" in body
    assert "- `test/add.test.js::adds [both]`: fails before the change (-1 !== 5)" in body
    assert files(scene) == {"calc.js", "test/add.test.js"}
    scene.values["generated_test_rounds"] = 2
    told = await yantra(scene, "runs", "replay", scene.runs()[0].order.run_id, PYTHONPATH=str(CODE))
    assert told.out.startswith(f"Identical: {len(scene.steps())} steps"), told


@NEEDS_NODE
async def test_tests_in_javascript_that_prove_nothing_are_taken_out_again(scene: Scene) -> None:
    """As those in Python are: one that runs nothing new, one that fails, one without an assertion; one stays."""
    every = (javascript.USELESS, javascript.RAISES, javascript.IDLE, javascript.FAILING)
    scene.work_in(javascript.FILES)
    asked = own.when("write", own.ASKED, javascript.write_tests(*every), own.DONE)
    ending = await play(scene, own.script(asked, change=(javascript.GROW,)), generated_test_rounds=1)
    body = delivered(scene, ending)
    assert "1 kept, 3 dropped." in body
    assert "- `test/add.test.js::adds nothing again`: it passes without the change too" in body
    assert "- `test/add.test.js::calls`: it asserts nothing" in body
    assert "- `test/add.test.js::adds words`: it fails: 2 !== 3" in body
    assert content(scene, "test/add.test.js").strip() == f"{javascript.IMPORTS}{javascript.RAISES}".strip()


class CrashIn(CrashEverywhere):
    """Dies once at each of some steps."""

    def __init__(self, moment: Moment, steps: frozenset[str]) -> None:
        super().__init__(moment)
        self._steps = steps

    def __call__(self, run_id: str, name: str, moment: Moment) -> None:
        if name in self._steps and moment is self.moment and name not in self.died:
            self.died.append(name)
            raise Crash(name)


STEPS = frozenset(
    {"model#3", "tools#2", "try new tests#1", "try one test#1", "measure#2", "measure#3", "test#2", "generated tests#1"}
)


@pytest.mark.case("L01")
async def test_tests_that_are_written_outlive_a_crash_at_every_step_of_it(scene: Scene) -> None:
    """Nothing is asked twice, and what was tried is not tried again."""
    scene.play(own.ONE_GOOD)
    crashes = CrashIn(Moment.AFTER_RECORD, STEPS)
    ending = await crash_and_go_on(scene, crashes, generated_test_rounds=2)
    assert set(crashes.died) == STEPS
    assert ending.spent.model_calls == 3
    assert {step.starts for step in scene.steps()} == {1}
    assert "1 kept, 0 dropped." in delivered(scene, ending)


@pytest.mark.case("L01")
async def test_a_kill_while_tests_are_tried_ends_once(scene: Scene) -> None:
    """The sandbox dies with the server; the model is not asked again, and the test is in the one pull request."""
    scene.play(own.ONE_GOOD)
    scene.values["generated_test_rounds"] = 2
    await kill_and_go_on(scene, at_step("try one test#1")(scene))
    assert_done_once(scene, model_calls=3)
    assert files(scene) == {"calc.py", "tests/test_add.py"}
