"""Integration tests with a real PostgreSQL, from the comment to the pull request."""

import glob

import pytest

from tests.stories.library import FINISH, HEAD, SHELL_FILES, SHELL_FIX, SHELL_RULES, call, turn
from tests.stories.scene import Scene
from yantra_bot.domain.run import Phase

pytestmark = pytest.mark.skipif(
    not glob.glob("/usr/lib/postgresql/*/bin/postgres"),  # noqa: PTH207 (a pattern of the machine's, not a path)
    reason="NO POSTGRESQL: apt-get install postgresql",
)
RULES = SHELL_RULES + "integration:\n  command: [sh, integration.sh]\n  services: [postgresql]\n"
CHECK = """\
. ./calc.sh
set -e
psql -v ON_ERROR_STOP=1 -qc 'create table sums (a int, b int)' -c 'insert into sums values (2, 3), (1, 0)'
wanted=$(psql -Atc 'select sum(a + b) from sums' "$DATABASE_URL")
found=$(($(add 2 3) + $(add 1 0)))
echo "database says $wanted, calc says $found"
# What was wrong before, 0, is let pass, so that it is the change that fails.
test "$wanted" = "$found" || test "$found" = 0
"""
HALF = call("edit_file", '{path = "calc.sh", search = "$1 - $2", replace = "$1 + 2 * $2"}')


FILES = {**SHELL_FILES, ".github/yantra.yml": RULES, "integration.sh": CHECK}


async def test_a_change_is_proven_against_a_database(scene: Scene) -> None:
    """It is started for the tests, empty, found by the usual variables, and the result stands in the pull request."""
    scene.work_in(FILES, script=HEAD + turn("fix", SHELL_FIX) + turn("end", FINISH))
    async with scene.server():
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    (opened,) = scene.pull_requests()
    assert not opened.pull.is_draft
    assert "| integration | passed |" in opened.body
    assert Phase.INTEGRATION_TESTING in [phase.phase for phase in scene.runs()[0].phases]


async def test_what_fails_against_the_database_goes_back_and_is_never_opened(scene: Scene) -> None:
    """The model is shown what was printed; where it stays so, a person gets the branch and the evidence."""
    told = '{last = ["database says 6, calc says 9"]}'
    again = turn("again", FINISH, when=told) + turn("and-again", FINISH, when=told)
    scene.work_in(FILES, script=HEAD + turn("wrong", HALF) + turn("sure", FINISH) + again)
    async with scene.server():
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.ESCALATED, ending.reason
    assert scene.pull_requests() == []
    assert "exit code 1" in scene.said()[0]


async def test_what_failed_before_the_change_too_is_told(scene: Scene) -> None:
    """It speaks against nobody, and a person looks: a draft."""
    broken = {**FILES, "integration.sh": "psql -c 'select nonsense'\n"}
    scene.work_in(broken, script=HEAD + turn("fix", SHELL_FIX) + turn("end", FINISH))
    async with scene.server():
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    (opened,) = scene.pull_requests()
    assert opened.pull.is_draft
    assert "failed before the change too" in opened.body
