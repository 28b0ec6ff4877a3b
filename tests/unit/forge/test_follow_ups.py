"""Checks at a commit, and the bot's own pull requests, as GitHub tells of them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fakes.forge_bench import Bench, open_bench
from tests.fakes.github.judge import Judge
from tests.fakes.github.state import Issue
from yantra_bot.domain.follow_up import CheckKind
from yantra_bot.follow_up_ports import FollowUpForge
from yantra_bot.forge.follow_ups import MAX_ANNOTATIONS, MAX_DIFFERENCE
from yantra_bot.ports import CheckRun

TOKEN = "ghp_" + "a1B2c3D4e5" * 4


@pytest.fixture
async def bench(tmp_path: Path, judge: Judge | None) -> AsyncIterator[Bench]:
    async with open_bench(tmp_path, judge=judge) as opened:
        yield opened


@pytest.fixture
def forge(bench: Bench) -> FollowUpForge:
    assert bench.forge.follow_ups is not None
    return bench.forge.follow_ups


def open_pull(bench: Bench, *, by: str = "yantra[bot]", branch: str = "yantra/1-x") -> Issue:
    bench.fake.commit(bench.there, {"src/app.py": "def add(a, b):\n    return a + b\n", "n.md": by}, branch=branch)
    return bench.fake.add_pull_request(bench.there, head=branch, title="A change", by=by)


def head_of(pull: Issue) -> str:
    assert pull.pull is not None
    return pull.pull.head_sha


async def test_only_the_bots_open_pull_request_at_its_head_is_found(bench: Bench, forge: FollowUpForge) -> None:
    """Not a person's, not one that was closed, not by a commit that is no head or not there."""
    pull = open_pull(bench)
    theirs = open_pull(bench, by="ann", branch="change")
    found = await forge.own_pull_at(head_of(pull))
    assert found is not None
    assert (found.number, found.head_branch) == (pull.number, "yantra/1-x")
    assert await forge.own_pull_at(head_of(theirs)) is None
    assert await forge.own_pull_at(bench.head() or "") is None
    assert await forge.own_pull_at("0" * 40) is None
    old = head_of(pull)
    await bench.fake.push_again(pull, {"more.md": "x\n"}, by="ann")
    assert await forge.own_pull_at(old) is None
    await bench.fake.close_issue(pull, by="ann")
    assert await forge.own_pull_at(head_of(pull)) is None


async def test_the_newest_of_each_check_and_status_is_told(bench: Bench, forge: FollowUpForge) -> None:
    """The bot's own is known as its own; what still runs is not done; a secret in a report is replaced."""
    head = bench.head() or ""
    bench.fake.add_check(bench.there, head, "lint", "failure")
    bench.fake.add_check(bench.there, head, "lint", "success", output={"title": "ok", "summary": TOKEN})
    bench.fake.add_check(bench.there, head, "slow", None, app="other-ci")
    await bench.forge.put_check(CheckRun("r", head, "Yantra", "t", "s", "neutral"))
    await bench.fake.set_status(bench.there, head, "old", "error", description="it broke")
    await bench.fake.set_status(bench.there, head, "older", "pending")
    found = {one.name: one for one in await forge.checks(head)}
    assert set(found) == {"lint", "slow", "Yantra", "old", "older"}
    assert (found["lint"].is_failing, found["lint"].app) == (False, "github-actions")
    assert TOKEN not in found["lint"].text
    assert (found["slow"].is_done, found["slow"].is_failing) == (False, False)
    assert [one.name for one in found.values() if one.is_own] == ["Yantra"]
    assert (found["old"].kind, found["old"].is_failing, found["old"].title) == (CheckKind.STATUS, True, "it broke")
    assert not found["older"].is_done


@pytest.mark.case("C04")
async def test_what_a_check_reports_is_cut(bench: Bench, forge: FollowUpForge) -> None:
    """Annotations, many and long, and a status, which has none."""
    head = bench.head() or ""
    one = {"path": "a.py", "start_line": 3, "end_line": 3, "annotation_level": "warning", "title": "T"}
    many = [{**one, "message": "x" * 5_000} for _ in range(80)]
    bench.fake.add_check(bench.there, head, "lint", "timed_out", app="other-ci", annotations=many)
    await bench.fake.set_status(bench.there, head, "old", "failure")
    run, status = await forge.explain(await forge.checks(head))
    assert len(run.annotations) == MAX_ANNOTATIONS
    assert run.annotations[0].startswith("a.py:3: warning: T: xxx")
    assert len(run.annotations[0]) == 1_000
    assert (status.name, status.annotations, status.log, status.gap) == ("old", (), "", "")


async def test_the_difference_and_the_text_of_a_pull_request(bench: Bench, forge: FollowUpForge) -> None:
    """Patches, cut; a text that is replaced as a whole."""
    pull = open_pull(bench)
    difference = await forge.difference(pull.number)
    assert "--- src/app.py (modified)\n@@" in difference
    assert "+    return a + b" in difference
    await forge.put_body(pull.number, "Another text.")
    assert (await forge.body(pull.number), pull.body) == ("Another text.", "Another text.")
    bench.fake.commit(bench.there, {"big.txt": "line\n" * 20_000}, branch="yantra/2-big")
    big = bench.fake.add_pull_request(bench.there, head="yantra/2-big", title="Big", by="yantra[bot]")
    assert len(await forge.difference(big.number)) <= MAX_DIFFERENCE + 30
