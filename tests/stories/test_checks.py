"""What is checked of a change beside its tests, from the comment to the pull request."""

from tests.stories.library import FINISH, FIX, HEAD, call, turn
from tests.stories.scene import Scene
from yantra_bot.domain.proof import TestReport, Verdict
from yantra_bot.domain.run import Phase
from yantra_bot.runs.codec import decode_envelope

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
    assert names.count("check change") >= 2
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
    assert "calc.py:5: " in opened.body
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


SHELL_HOLE = call(
    "write_file",
    "{path = \"run.py\", content = '''\nimport os\n\nfrom flask import request\n\n\n"
    'def run():\n    os.system("convert " + request.args["name"])\n\'\'\'}',
)
NO_HOLE = call(
    "write_file",
    "{path = \"run.py\", content = '''\nimport subprocess\n\nfrom flask import request\n\n\n"
    'def run():\n    subprocess.run(["convert", "--", request.args["name"]], check=True)\n\'\'\'}',
)
FLASK = {**LONELY, "requirements.txt": "", "flask/__init__.py": "request = None\n"}


async def test_a_critical_finding_that_the_change_introduces_is_mended_before_anybody_sees_it(scene: Scene) -> None:
    """The tests pass; the scan beside them finds a command that a visitor can write, and the model mends it."""
    scene.work_in(
        FLASK,
        script=HEAD
        + turn("wrong", FIX, SHELL_HOLE)
        + turn("sure", FINISH)
        + turn("right", NO_HOLE, when='{last = ["Check `security`", "run.py:7"]}')
        + turn("end", FINISH),
    )
    async with scene.server(semgrep_folder=None):
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    (opened,) = scene.pull_requests()
    assert "| security | passed |" in opened.body
    assert "2 attempts" in opened.body


TOKEN = "ghp_" + "aZ3kQ9mX7vB2nL5tR8wY" + "1cD4fG6hJ0pSqW"
LEAK = call("write_file", f'{{path = "settings.py", content = \'TOKEN = "{TOKEN}"\'}}')


async def test_an_open_critical_finding_is_never_delivered_and_a_secret_is_not_even_pushed(scene: Scene) -> None:
    """The model leaves it in: a person hears where it is, not what it is, and nothing reaches the remote."""
    scene.work_in(
        LONELY, script=HEAD + turn("wrong", FIX, LEAK) + "".join(turn(f"sure-{number}", FINISH) for number in "123")
    )
    async with scene.server():
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.ESCALATED, ending.reason
    assert "`security` failed" in ending.reason
    assert scene.pull_requests() == []
    assert scene.branches() == []
    (said,) = scene.said()
    assert "settings.py:1" in said
    assert TOKEN not in said


ESLINT = """\
#!/bin/sh
grep -q unused math.js && echo '[{"filePath": "/workspace/math.js", "messages": [{"ruleId": "no-unused-vars", \
"severity": 2, "message": "unused is defined but never used.", "line": 2, "column": 1}]}]' && exit 1
echo '[]'
"""
SCRIPTED = {
    "math.js": "exports.add = (a, b) => a - b\n",
    "test.sh": "true\n",
    "eslint.config.js": "module.exports = []\n",
    "node_modules/.bin/eslint": ESLINT,
    ".github/yantra.yml": "tests:\n  command: [sh, test.sh]\n",
}


async def test_a_new_complaint_of_the_own_linter_goes_back_once_and_then_makes_a_draft(scene: Scene) -> None:
    """Nothing is refused for it; the model hears it, and a person sees it where the model leaves it."""
    wrong = call("write_file", '{path = "math.js", content = "exports.add = (a, b) => a + b\\nconst unused = 1\\n"}')
    scene.work_in(SCRIPTED, script=HEAD + turn("wrong", wrong) + turn("sure", FINISH) + turn("again", FINISH))
    async with scene.server():
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    (opened,) = scene.pull_requests()
    assert opened.pull.is_draft
    assert "| own tools | **failed** |" in opened.body
    assert "2 attempts" in opened.body


MANY = {
    "calc.py": "def add(first, second):\n    return first - second\n\n\ndef double(number):\n    return number * 2\n",
    "text.py": "def loud(text):\n    return text.upper()\n",
    "tests/test_add.py": "from calc import add\n\n\ndef test_add_nothing():\n    assert add(3, 0) == 3\n",
    "tests/test_double.py": "from calc import double\n\n\ndef test_double():\n    assert double(2) == 4\n",
    "tests/test_text.py": "from text import loud\n\n\ndef test_loud():\n    assert loud('a') == 'A'\n\n\n"
    "def test_nothing():\n    assert loud('') == ''\n",
    "conftest.py": "",
}
"""A suite of which a change of `add` calls for one test."""


async def test_of_a_long_suite_the_tests_that_a_change_calls_for_run_first(scene: Scene) -> None:
    """What they find goes back without the rest; the pull request rests on all of them."""
    wrong = call("edit_file", '{path = "calc.py", search = "first - second", replace = "second - first"}')
    right = call("edit_file", '{path = "calc.py", search = "second - first", replace = "first + second"}')
    scene.work_in(
        MANY,
        script=HEAD
        + turn("wrong", wrong)
        + turn("sure", FINISH)
        + turn(
            "right",
            right,
            when='{last = ["the change calls for were run", "test_add_nothing"]}',
        )
        + turn("end", FINISH),
    )
    async with scene.server(long_suite_seconds=0):
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    reports = [decode_envelope(step.envelope or "", TestReport) for step in scene.steps() if step.name[:5] == "test#"]
    assert [len(report.outcomes) for report in reports] == [1, 1, 1, 4]
    assert [report.verdict for report in reports] == [Verdict.FAIL, Verdict.FAIL, Verdict.PASS, Verdict.PASS]
    (opened,) = scene.pull_requests()
    assert "4 passed, 0 failed; before the change 4 passed, 0 failed" in opened.body
