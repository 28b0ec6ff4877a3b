"""Repositories that are empty, large, untested, broken or moving, and a GitHub that fails in the middle."""

import asyncio

import pytest

from tests.fakes.models import FakeModels
from tests.stories.library import (
    BROKEN,
    FINISH,
    HEAD,
    ISSUE_TITLE,
    SHELL_FILES,
    TESTS,
    call,
    turn,
)
from tests.stories.models import WORK, compatible
from tests.stories.scene import Scene
from yantra_bot.domain.run import Phase

EDIT = call("edit_file", '{path = "calc.py", search = "first - second", replace = "first + second"}')


async def order(scene: Scene, text: str = "@yantra implement") -> str:
    """Order a run, and return its one comment when it has ended."""
    async with scene.server():
        await scene.comment(text)
        await scene.ending()
    (said,) = scene.said()
    return said


@pytest.mark.case("D24")
async def test_an_empty_repository_gets_a_clear_comment(scene: Scene) -> None:
    """There is nothing to work on, and nothing is opened."""
    scene.work_in({})
    assert "This repository is empty" in await order(scene)
    assert scene.pull_requests() == []


@pytest.mark.case("D16")
async def test_a_repository_over_the_limit_is_not_cloned(scene: Scene) -> None:
    """The forge's word for its size suffices; the comment names the setting."""
    scene.repository.size_kb = 3 * 1024 * 1024
    said = await order(scene)
    assert "3,072 MB" in said
    assert "YANTRA_MAX_REPOSITORY_MB" in said
    assert not [one for one in scene.github.calls if "git-upload-pack" in one.path]


@pytest.mark.case("D23")
async def test_an_archived_repository_is_left_alone(scene: Scene) -> None:
    """Nothing can be written there, a comment included: the run ends with the reason in its record."""
    scene.repository.is_archived = True
    async with scene.server():
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.FAILED
    assert "archived" in ending.reason
    assert scene.said() == []


async def test_a_repository_without_tests_gets_at_most_a_draft(scene: Scene) -> None:
    """The draft says that nothing was proven, and the check is no success."""
    scene.work_in({"calc.py": BROKEN}, script=HEAD + turn("fix", EDIT) + turn("end", FINISH))
    said = await order(scene)
    assert "Draft pull request" in said
    (opened,) = scene.pull_requests()
    assert opened.pull.is_draft
    assert "Nothing was proven" in opened.body
    assert [one.conclusion for one in scene.repository.check_runs] == ["neutral"]


async def test_tests_that_fail_before_too_are_no_obstacle_and_are_told(scene: Scene) -> None:
    """Only what passed before has to pass."""
    failing = TESTS + "\n\ndef test_old():\n    assert False, 'for years'\n"
    files = {"calc.py": BROKEN, "tests/test_calc.py": failing, "conftest.py": ""}
    scene.work_in(files, script=HEAD + turn("fix", EDIT) + turn("end", FINISH))
    await order(scene)
    (opened,) = scene.pull_requests()
    assert "Failing before and after (1): `tests/test_calc.py::test_old`" in opened.body


async def hold_at_the_model(scene: Scene, models: FakeModels) -> None:
    """Order a run in the other language's repository and hold it at its first model call."""
    models.will(*WORK)
    models.hold()
    await scene.comment("@yantra implement")
    await scene.meet(models.held)


@pytest.mark.case("K08")
async def test_a_base_that_moved_meanwhile_is_named(scene: Scene) -> None:
    """The tests ran without the newer commit, and the pull request says so."""
    scene.work_in(SHELL_FILES)
    async with FakeModels() as models, scene.server(**compatible(models)):
        await hold_at_the_model(scene, models)
        newer = scene.github.commit(scene.repository, {"new.txt": "new"})
        models.release()
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    (opened,) = scene.pull_requests()
    assert f"The base branch moved to `{newer[:12]}` meanwhile" in opened.body


@pytest.mark.case("K07")
async def test_a_branch_of_somebody_else_is_never_overwritten(scene: Scene) -> None:
    """The run takes a sibling; theirs stays where it is."""
    scene.work_in(SHELL_FILES)
    theirs = scene.github.commit(scene.repository, {"x": "y"}, branch="yantra/1-add-subtracts")
    await order(scene)
    (opened,) = scene.pull_requests()
    assert opened.pull.head_ref == "yantra/1-add-subtracts-2"
    assert scene.branch_head("yantra/1-add-subtracts") == theirs


@pytest.mark.case("K01")
async def test_a_pull_request_whose_answer_was_lost_is_found_again(scene: Scene) -> None:
    """GitHub says 500 and has opened it all the same: there is one."""
    scene.work_in(SHELL_FILES)
    scene.github.faults.answer("POST", "*/pulls", 500, after_effect=True)
    assert "Pull request:" in await order(scene)
    assert len(scene.pull_requests()) == 1
    assert scene.github.faults.unused == []


@pytest.mark.case("K02")
async def test_a_secondary_limit_is_waited_out(scene: Scene) -> None:
    """The first comment is refused for a second; the run goes on after it."""
    scene.work_in(SHELL_FILES)
    scene.github.faults.secondary_limit("POST", "*/comments", retry_after=1)
    assert "Pull request:" in await order(scene)


@pytest.mark.case("K05")
async def test_a_revoked_token_is_replaced(scene: Scene) -> None:
    """In the middle of a run every token is refused: a new one is minted, and the run ends well."""
    scene.work_in(SHELL_FILES)
    async with FakeModels() as models, scene.server(**compatible(models)):
        await hold_at_the_model(scene, models)
        for token in scene.github.state.tokens.values():
            token.expires_at = 0
        models.release()
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert len(scene.pull_requests()) == 1


@pytest.mark.case("D23")
@pytest.mark.case("K14")
async def test_a_repository_that_is_renamed_meanwhile_is_followed(scene: Scene) -> None:
    """The pull request is opened under its new name."""
    scene.work_in(SHELL_FILES)
    async with FakeModels() as models, scene.server(**compatible(models)):
        await hold_at_the_model(scene, models)
        scene.github.rename(scene.repository, "octo/renamed")
        models.release()
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert ending.pull_request is not None
    assert "octo/renamed" in ending.pull_request.url


@pytest.mark.case("A21")
async def test_an_uninstalled_app_ends_its_runs(scene: Scene) -> None:
    """The run stops with the reason, and asks GitHub for nothing more than it may."""
    scene.work_in(SHELL_FILES)
    (installation,) = scene.github.state.installations.values()
    async with FakeModels() as models, scene.server(**compatible(models)):
        await hold_at_the_model(scene, models)
        await scene.github.announce_installation(installation, "deleted")
        ending = await scene.ending()
        models.release()
    assert ending.phase is Phase.STOPPED
    assert "installation" in ending.reason


@pytest.mark.case("K09")
async def test_a_pull_request_that_a_person_closes_at_once_stays_closed(scene: Scene) -> None:
    """The run does not call it opened, and does not open it again."""
    scene.work_in(SHELL_FILES)
    fault = scene.github.faults.hang("POST", "*/check-runs")
    async with scene.server():
        await scene.comment("@yantra implement")
        await scene.until(lambda: fault.hits)
        (opened,) = scene.pull_requests()
        await scene.github.close_issue(opened, by="alice")
        fault.release()
        ending = await scene.ending()
    assert ending.phase is Phase.FAILED
    assert "was closed" in ending.reason
    assert [one.state for one in scene.pull_requests()] == ["closed"]


@pytest.mark.case("L07")
async def test_ten_orders_on_one_issue_are_one_run(scene: Scene) -> None:
    """The first runs; the others are told which one does."""
    scene.work_in(SHELL_FILES)
    async with FakeModels() as models, scene.server(**compatible(models)):
        models.will(*WORK)
        models.hold()
        comments = [scene.github.add_comment(scene.issue, "@yantra implement", by="alice") for _ in range(10)]
        for one in comments:
            scene.github.world.emit_comment(scene.issue, one, action="created", sender=one.user)
        await scene.github.settle()
        await scene.quiet()
        await scene.meet(models.held)
        assert len(scene.runs()) == 1
        models.release()
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert len(scene.pull_requests()) == 1
    assert len([one for one in scene.said() if "already working on this" in one]) == 9
    assert len(scene.runs()) == 1


@pytest.mark.case("L07")
async def test_the_limits_hold_and_no_repository_starves_another(scene: Scene) -> None:
    """Two at a time, one for each repository: four orders in one do not keep the other's single one waiting."""
    busy = scene.work_in(SHELL_FILES, name="octo/busy")
    issues = [scene.issue, *(scene.github.add_issue(busy, title=ISSUE_TITLE, by="alice") for _ in range(3))]
    scene.work_in(SHELL_FILES, name="octo/calm")
    calm = scene.issue
    async with FakeModels() as models, scene.server(**compatible(models), concurrent_runs=2):
        models.hold()
        models.will(*WORK)
        for issue in issues:
            await scene.comment("@yantra implement --dry-run", on=issue)
        await scene.meet(models.held)
        await scene.comment("@yantra implement --dry-run", on=calm)
        await scene.until(lambda: len(models.seen) == 2)
        assert len(scene.runs()) == 5
        working = [run for run in scene.runs() if run.phase is not Phase.QUEUED]
        assert {run.order.repository.full_name for run in working} == {"octo/busy", "octo/calm"}
        for issue in (*issues, calm):
            await scene.comment("@yantra stop", on=issue)
        await scene.ending(of=5)
        models.release()
        await asyncio.sleep(0)
