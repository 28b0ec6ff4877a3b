"""A pull request is reviewed: by itself when it is opened and pushed to, and on command."""

import json

import pytest

from tests.fakes.github.state_reviews import ReviewComment
from tests.stories.library import BROKEN
from tests.stories.pulls import LIBRARY, RULES, Pulls
from tests.stories.scene import Scene
from yantra_bot.domain.reviewed import Reviewed
from yantra_bot.domain.run import Phase
from yantra_bot.runs.codec import decode_envelope


@pytest.fixture
def pulls(scene: Scene) -> Pulls:
    scene.values["review_pull_requests"] = True
    return Pulls(scene)


async def test_a_pull_request_gets_one_summary_remarks_at_lines_and_a_check(pulls: Pulls) -> None:
    """A caller breaks: that is said in the conversation, at the line, and by a check that fails."""
    async with pulls.scene.server():
        await pulls.open()
        ending = await pulls.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    (summary,) = pulls.summaries
    assert "use.py" in summary
    (remark,) = pulls.remarks
    assert (remark.path, remark.line) == ("scan.py", 1)
    assert "use.py" in remark.body
    assert [one.state for one in pulls.github.talk_of(pulls.pull).reviews] == ["COMMENTED"]
    assert (pulls.check.status, pulls.check.conclusion) == ("completed", "failure")
    assert [one["path"] for one in pulls.check.annotations] == ["scan.py"]
    assert ending.pull_request is not None


async def test_pushing_a_fix_resolves_the_thread_and_adds_nothing_else(pulls: Pulls) -> None:
    """The summary is edited in place, the new head's check passes, no comment is added."""
    async with pulls.scene.server():
        await pulls.open()
        await pulls.ending()
        before = (len(pulls.scene.said(pulls.pull)), len(pulls.remarks))
        await pulls.fix()
        ending = await pulls.ending(of=2)
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert (len(pulls.scene.said(pulls.pull)), len(pulls.remarks)) == before
    assert pulls.replies == []
    assert pulls.is_resolved(pulls.remarks[0])
    assert "1 remark fixed" in ending.reason
    assert pulls.check.conclusion == "success"
    assert len(pulls.checks) == 2


def resolve(pulls: Pulls, remark: ReviewComment, by: str) -> None:
    pulls.github.resolve_thread(pulls.pull, remark, by=by)


def thumb_down(pulls: Pulls, remark: ReviewComment, by: str) -> None:
    pulls.github.thumb_down(remark, by=by)


@pytest.mark.parametrize("say_no", [resolve, thumb_down])
async def test_a_declined_remark_is_not_repeated_and_opens_the_gate(pulls: Pulls, say_no: object) -> None:
    """Resolving and a thumb down are a no, of somebody who may write."""
    assert callable(say_no)
    async with pulls.scene.server():
        await pulls.open()
        await pulls.ending()
        say_no(pulls, pulls.remarks[0], "alice")
        await pulls.push_on()
        ending = await pulls.ending(of=2)
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert len(pulls.remarks) == 1
    assert pulls.check.conclusion == "success"
    assert "1 finding that people declined is left out" in pulls.summaries[0]


async def test_a_remark_that_was_deleted_is_not_posted_again(pulls: Pulls) -> None:
    """Nobody is told who did it, so that the finding still counts."""
    async with pulls.scene.server():
        await pulls.open()
        await pulls.ending()
        pulls.github.delete_remark(pulls.pull, pulls.remarks[0])
        await pulls.push_on()
        await pulls.ending(of=2)
    assert pulls.remarks == []
    assert pulls.check.conclusion == "failure"


async def test_a_reply_that_says_ignore_is_a_no_too(pulls: Pulls) -> None:
    """It need not address the bot; with the bot's name it is answered at once and the thread is resolved."""
    async with pulls.scene.server():
        await pulls.open()
        await pulls.ending()
        await pulls.github.answer_remark(pulls.pull, pulls.remarks[0], "Ignore.", by="alice")
        await pulls.push_on()
        await pulls.ending(of=2)
        assert pulls.check.conclusion == "success"
        assert not pulls.is_resolved(pulls.remarks[0])
        await pulls.github.answer_remark(pulls.pull, pulls.remarks[0], "@yantra ignore", by="alice")
        await pulls.scene.until(lambda: pulls.is_resolved(pulls.remarks[0]))
        await pulls.scene.until(lambda: "not raised again" in pulls.replies[-1].body)
    assert len(pulls.remarks) == 1


@pytest.mark.parametrize("say_no", [resolve, thumb_down])
async def test_who_may_not_write_declines_nothing(pulls: Pulls, say_no: object) -> None:
    """The gate stays closed; the remark, which stands, is not posted a second time."""
    assert callable(say_no)
    async with pulls.scene.server():
        await pulls.open()
        await pulls.ending()
        say_no(pulls, pulls.remarks[0], "eve")
        await pulls.push_on()
        await pulls.ending(of=2)
    assert len(pulls.remarks) == 1
    assert pulls.check.conclusion == "failure"


async def test_what_comes_back_opens_its_thread_again(pulls: Pulls) -> None:
    """Fixed, then broken as before: the same remark counts again, and nothing is posted anew."""
    async with pulls.scene.server():
        await pulls.open()
        await pulls.ending()
        await pulls.fix()
        await pulls.ending(of=2)
        assert pulls.is_resolved(pulls.remarks[0])
        await pulls.github.push_again(pulls.pull, {"use.py": str(LIBRARY["use.py"])}, by="alice")
        await pulls.ending(of=3)
    assert not pulls.is_resolved(pulls.remarks[0])
    assert len(pulls.remarks) == 1
    assert pulls.check.conclusion == "failure"


async def test_drafts_wait_until_they_are_ready_or_somebody_asks(pulls: Pulls) -> None:
    """Opening a draft says nothing at all; the command reviews it; being ready reviews only what is new."""
    async with pulls.scene.server():
        await pulls.open(is_draft=True)
        ending = await pulls.ending()
        assert "draft" in ending.reason
        assert (pulls.scene.said(pulls.pull), pulls.checks) == ([], [])
        comment = await pulls.scene.comment("@yantra review")
        await pulls.ending(of=2)
        assert len(pulls.remarks) == 1
        assert [one.content for one in comment.reactions] == ["eyes"]
        await pulls.github.announce_pull_request(pulls.pull, "ready_for_review", by="alice")
        ending = await pulls.ending(of=3)
    assert "reviewed already" in ending.reason
    assert len(pulls.summaries) == 1


async def test_the_same_delivery_twice_is_one_review(pulls: Pulls) -> None:
    """Under the same number, too."""
    async with pulls.scene.server():
        await pulls.open()
        await pulls.ending()
        sent = [one for one in pulls.github.deliveries if one.event == "pull_request"]
        await pulls.github.redeliver(sent[0])
        await pulls.scene.quiet()
    assert len(pulls.scene.runs()) == 1
    assert len(pulls.remarks) == 1


async def test_a_summary_that_a_person_deleted_is_written_again(pulls: Pulls) -> None:
    """The next review has to stand somewhere."""
    async with pulls.scene.server():
        await pulls.open()
        await pulls.ending()
        pulls.pull.comments.clear()
        await pulls.push_on()
        await pulls.ending(of=2)
    assert len(pulls.summaries) == 1


async def test_what_is_found_goes_to_code_scanning_where_a_repository_wants_it(pulls: Pulls) -> None:
    """As SARIF, for the head of the pull request; without the permission the summary says so."""
    rules = RULES + "  code-scanning: true\n"
    pulls.github.commit(pulls.repository, {".github/yantra.yml": rules})
    async with pulls.scene.server():
        await pulls.open()
        await pulls.ending()
        assert pulls.repository.uploads == []
        assert "Nothing was handed to code scanning" in pulls.summaries[0]
        installation = pulls.github.world.installation_of(pulls.repository)
        assert installation is not None
        installation.permissions["security_events"] = "write"
        await pulls.push_on()
        await pulls.ending(of=2)
    (upload,) = pulls.repository.uploads
    assert (upload.commit_sha, upload.ref) == (pulls.head, f"refs/pull/{pulls.pull.number}/head")
    assert "graph/" in json.dumps(upload.sarif)
    assert "code scanning" not in pulls.summaries[0]


async def test_an_app_without_checks_still_reviews(pulls: Pulls) -> None:
    """The summary says what is missing."""
    pulls.github.faults.answer("POST", "*/check-runs", 403, message="Resource not accessible by integration", times=9)
    async with pulls.scene.server():
        await pulls.open()
        ending = await pulls.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert len(pulls.remarks) == 1
    assert "The check could not be shown" in pulls.summaries[0]


async def test_security_rules_are_applied_by_semgrep(pulls: Pulls) -> None:
    """What the change introduces, in a sandbox, and a secret that it adds is never repeated."""
    token = "ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a"
    risky = f'import os\n\nTOKEN = "{token}"\n\n\ndef clean(name):\n    os.system("rm " + name)\n'
    pulls.scene.values.pop("semgrep_folder")
    async with pulls.scene.server():
        await pulls.open({"clean.py": risky})
        await pulls.ending()
    rules = {one.rule.partition("/")[0] for one in pulls.reviewed().review.findings}
    assert "secrets" in rules
    assert "security" in rules, pulls.reviewed().review.gaps
    assert token not in "".join(one.body for one in pulls.remarks) + pulls.summaries[0]


async def test_a_page_shows_what_was_found(pulls: Pulls) -> None:
    """The run's page has the verdict, the finding with its place, and who pushed."""
    import aiohttp

    async with pulls.scene.server():
        await pulls.open()
        await pulls.ending()
        run_id = pulls.scene.runs()[0].order.run_id
        url = f"http://127.0.0.1:{pulls.scene.port}/runs/{run_id}"
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            page = await answer.text()
    assert "1 problem blocks this change" in page
    assert "scan.py:1" in page
    assert "after a push by alice" in page


async def test_the_button_that_runs_the_check_again_reviews_again(pulls: Pulls) -> None:
    """Even what was reviewed already; the remarks that stand are not repeated."""
    async with pulls.scene.server():
        await pulls.open()
        await pulls.ending()
        await pulls.github.run_check_again(pulls.pull, pulls.check, by="alice")
        ending = await pulls.ending(of=2)
    assert "1 problem blocks" in ending.reason
    assert [one.conclusion for one in pulls.checks] == ["failure", "failure"]
    assert len(pulls.remarks) == len(pulls.summaries) == 1


async def test_a_review_chooses_tests_by_what_a_run_of_the_default_branch_recorded(scene: Scene) -> None:
    """The run that implements an issue records its base; the review of a pull request has that and says so."""
    scene.values["review_pull_requests"] = True
    changed = BROKEN.replace("number * 2", "number + number")
    async with scene.server():
        await scene.comment("@yantra implement --dry-run")
        assert (await scene.ending()).phase is Phase.COMPLETE
        await scene.github.open_pull_request(scene.repository, {"calc.py": changed}, by="alice")
        ending = await scene.ending(of=2)
    assert ending.phase is Phase.COMPLETE, ending.reason
    (envelope,) = [one.envelope for one in scene.steps() if one.name.startswith("review#")]
    tests = decode_envelope(envelope or "", Reviewed).review.tests
    assert [one.id for one in tests.tests] == ["tests/test_calc.py::test_double"]
    assert "recorded coverage" in tests.why[0]
