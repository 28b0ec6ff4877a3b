"""Each step that a run can take is one that a story dies in."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import yantra_bot.runs

ROOT = Path(__file__).resolve().parents[3]
RUNS = Path(yantra_bot.runs.__file__).parent
STORIES = {
    "test_crash.py": {
        *("answer", "assemble context", "authorise", "check", "describe", "diff", "fetch", "fetch page", "hear"),
        *("list tools", "measure", "model", "now", "open pull request", "outline", "prepare environment", "progress"),
        *("publish", "push", "read back", "read back branch", "read back check", "read back comment", "read base"),
        *("read checks", "read difference", "read instructions", "read issue", "read origin", "read pictures"),
        *("read question", "read repository", "read rules", "recover", "scan", "second look", "test", "test base"),
        *("tools", "check change"),
    },
    "test_crash_kinds.py": {
        *("answer review", "answer thread", "choose quick model", "choose racers", "close check", "code scanning"),
        *("leave refined plan", "race fared", "read conventions", "read review", "say why", "search", "suggestions"),
        "who may decline",
    },
    "test_review_races.py": {
        *("merge base", "post remarks", "read author", "read pull request", "read remarks", "recall review"),
        *("recall wishes", "result", "review", "settle threads", "show check", "summary"),
    },
    "test_kill_steps.py": {"choose model", "look claims up", "prove on base"},
    "test_plan_kill.py": {"approval", "forecast", "post plan", "show plan"},
    "test_head_start.py": {"await refinement", "begin refinement", "merge plan"},
    "test_generated_tests.py": {"generated tests", "try new tests", "try one test"},
    "test_similar_questions.py": {"find kept answer", "keep answer"},
    "test_racing.py": {"race"},
    "test_review_batch.py": {"models"},
    "test_steering.py": {"acknowledge"},
    "test_browser.py": {"show pictures"},
    "test_deploy_kill.py": {
        *("apply stage", "ask for approval", "await approval", "begin deployment", "begin record", "block commit"),
        *("claim target", "compare", "count approvals", "end record", "find commit", "find image", "find versions"),
        *(
            "find way back",
            "heed words",
            "judge",
            "keep mistake",
            "lock environment",
            "look before",
            "make revert",
            "open revert",
        ),
        *("push revert", "read commit", "read deploy rules", "read manifests"),
        *("show deployment", "tell deployer", "tell forge", "watch stage"),
    },
    "test_codex.py": {"keep for the generator", "outline by the generator"},
    "test_score_routing.py": {"choose model by learned score"},
    "test_codex_first.py": {"keep how the generator fared", "the generator's own code"},
    "test_diagnosis_kill.py": {"choose wording", "keep diagnosis", "read incident"},
    "test_healing.py": {
        *(
            "apply healing",
            "end healing",
            "heed stop",
            "judge healing",
            "keep healing",
            "settle healing",
            "undo healing",
        ),
        "verify healing",
    },
    "test_memory_of_mistakes.py": {"ask about lesson", "learn", "look symbols up", "recall", "recall mistakes"},
}
"""By the file of stories that dies in them, by a crash or by -9."""
PASSED_ON = {"name", "f'{PREFIX}{name}'"}
"""Where a method takes the name of a step and hands it on: it is found where that is called."""
TAKING = frozenset({"step", "_step", "_write", "_post", "run"})


def first_arguments() -> Iterator[tuple[Path, ast.Call, ast.expr]]:
    """Yield the calls that take a step, or hand the name of one to what does, and the name as it is written."""
    for path in sorted(RUNS.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or _called(node.func) not in TAKING:
                continue
            name = node.args[2] if _called(node.func) == "_post" and len(node.args) > 2 else node.args[:1]
            yield from ((path, node, one) for one in (name if isinstance(name, list) else [name]))


def _called(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        is_database = ast.unparse(function.value).endswith("_database")
        return "" if is_database else function.attr
    return function.id if isinstance(function, ast.Name) else ""


def step_names() -> set[str]:
    """Return the names of all steps, without their numbers."""
    found = set()
    for path, call, written in first_arguments():
        constants = {
            node.target.id if isinstance(node, ast.AnnAssign) else node.targets[0].id: node.value.value
            for node in ast.parse(path.read_text()).body
            if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Constant)
        }
        if isinstance(written, ast.Constant):
            found.add(written.value)
        elif isinstance(written, ast.Name) and written.id in constants:
            found.add(constants[written.id])
        elif _called(call.func) == "step":
            assert ast.unparse(written) in PASSED_ON, f"{path.name}:{call.lineno}: write the step's name out"
    return {name for name in found if isinstance(name, str)}


def test_every_step_is_one_that_a_story_dies_in() -> None:
    """A new step, or another name, needs its story: it is what a kill replays."""
    listed = [name for names in STORIES.values() for name in names]
    assert len(listed) == len(set(listed))
    assert step_names() == set(listed)


@pytest.mark.parametrize("file", STORIES)
def test_the_files_of_stories_hold_kills(file: str) -> None:
    """Each has at least one that is marked as such."""
    text = (ROOT / "tests" / "stories" / file).read_text()
    assert 'pytest.mark.case("L01")' in text
