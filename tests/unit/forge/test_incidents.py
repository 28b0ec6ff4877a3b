"""Incidents on GitHub: one issue each, people's words left alone, and a merge of exactly what was watched."""

import pytest

from tests.fakes.forge_bench import Bench
from tests.fakes.github.state import Issue
from yantra_bot.errors import UserError
from yantra_bot.monitor_ports import IncidentForge


@pytest.fixture
def incidents(bench: Bench) -> IncidentForge:
    assert bench.forge.incidents is not None
    return bench.forge.incidents


async def open_one(incidents: IncidentForge, tag: str = "incident:1", body: str = "It fails.") -> int:
    return await incidents.open_issue(tag=tag, title="shop: it fails", body=body, labels=["incident"])


def pull_request(bench: Bench) -> Issue:
    bench.fake.commit(bench.there, {"src/app.py": "def add(a, b):\n    return a + b\n"}, branch="yantra/hotfix-1")
    return bench.fake.add_pull_request(bench.there, head="yantra/hotfix-1", title="fix: add", by="yantra[bot]")


@pytest.mark.case("K01")
async def test_an_issue_whose_answer_was_lost_is_found_again(bench: Bench, incidents: IncidentForge) -> None:
    """By its mark; another incident's is another issue, and a stranger's with our mark is not ours."""
    bench.fake.add_issue(bench.there, title="mine", body="<!-- yantra:incident:1 -->\nhello", by="mallory")
    bench.fake.faults.drop("POST", "/issues", after_effect=True)
    number = await open_one(incidents)
    assert await open_one(incidents, body="another wording") == number
    assert await open_one(incidents, "incident:2") != number
    assert len(bench.there.issues) == 3
    issue = bench.there.issues[number]
    assert (issue.user.login, [one.name for one in issue.labels]) == ("yantra[bot]", ["incident"])


async def test_text_and_state_follow_the_incident(bench: Bench, incidents: IncidentForge) -> None:
    """Each is written where it is not so already; who takes the mark away keeps the text."""
    number = await open_one(incidents)
    issue = bench.there.issues[number]
    await incidents.update_issue(number, tag="incident:1", body="It is known why.")
    assert issue.body.endswith("It is known why.")
    await incidents.close_issue(number)
    await incidents.close_issue(number)
    assert issue.state == "closed"
    await incidents.reopen_issue(number)
    assert issue.state == "open"
    issue.body = "We rewrote this."
    await incidents.update_issue(number, tag="incident:1", body="something else")
    assert issue.body == "We rewrote this."
    assert len(bench.fake.writes(f"/issues/{number}")) == 3


@pytest.mark.parametrize("ways", [("merge", "squash", "rebase"), ("squash",), ("rebase",)])
async def test_exactly_the_watched_head_is_merged(
    bench: Bench, incidents: IncidentForge, ways: tuple[str, ...]
) -> None:
    """In a way that the repository allows; asking again returns the same commit."""
    issue = pull_request(bench)
    assert issue.pull is not None
    bench.there.merge_methods = ways
    head = issue.pull.head_sha
    with pytest.raises(UserError, match="another head"):
        await incidents.merge(issue.number, head="0" * 40, title="t", message="m")
    merged = await incidents.merge(issue.number, head=head, title="Merge the hot-fix", message="Approved by @ann")
    assert (issue.state, bench.head()) == ("closed", merged)
    assert await incidents.merge(issue.number, head=head, title="t", message="m") == merged


@pytest.mark.case("K01")
async def test_a_merge_whose_answer_was_lost_is_not_tried_in_another_way(
    bench: Bench, incidents: IncidentForge
) -> None:
    """It is looked at whether it happened."""
    issue = pull_request(bench)
    assert issue.pull is not None
    bench.fake.faults.drop("PUT", "/merge", after_effect=True)
    merged = await incidents.merge(issue.number, head=issue.pull.head_sha, title="t", message="m")
    assert (bench.head(), len(bench.fake.writes("/merge"))) == (merged, 1)


async def test_what_the_branch_asks_for_is_a_persons_to_give(bench: Bench, incidents: IncidentForge) -> None:
    """The rule is told with the cure; a closed one and one with conflicts are told as what they are."""
    issue = pull_request(bench)
    assert issue.pull is not None
    head = issue.pull.head_sha
    bench.there.merge_rule = "At least 1 approving review is required by reviewers with write access."
    with pytest.raises(UserError, match=r"At least 1 approving review.*Cure"):
        await incidents.merge(issue.number, head=head, title="t", message="m")
    bench.there.merge_rule = ""
    bench.fake.commit(bench.there, {"src/app.py": "def add(a, b):\n    return b\n"})
    with pytest.raises(UserError, match="conflicts"):
        await incidents.merge(issue.number, head=head, title="t", message="m")
    await bench.fake.close_issue(issue, by="ann")
    with pytest.raises(UserError, match="closed"):
        await incidents.merge(issue.number, head=head, title="t", message="m")
