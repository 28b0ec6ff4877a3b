"""The newest talk of a repository, cut to size: who said what, when and where."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.fakes.forge_bench import Bench
from yantra_bot.domain.talk import Reach, SourceKind, Thread
from yantra_bot.errors import Permanent
from yantra_bot.forge import threads
from yantra_bot.forge.answers import Refused

LIST = "/repos/octo/demo/issues"


async def listed(bench: Bench, *, limit: int = 200) -> tuple[Thread, ...]:
    return await bench.forge.list_threads(limit=limit, reach=Reach.SHARED)


def lists(bench: Bench, path: str = LIST) -> int:
    return sum(one.path == path for one in bench.fake.calls)


async def test_a_thread_is_an_issue_with_what_was_said_in_it(bench: Bench) -> None:
    """In the order in which it was said, each with author, time and link; a pull request is known as one."""
    issue = bench.fake.add_issue(bench.there, title="Wrong  sums", body="`add` subtracts.", by="ann")
    bench.clock.time += 60
    bench.fake.add_comment(issue, "It does.", by="bob")
    bench.clock.time += 60
    bench.fake.add_comment(issue, "Fixed?", by="ann")
    bench.fake.commit(bench.there, {"a.py": "x = 1\n"}, branch="fix")
    bench.clock.time += 60
    bench.fake.add_pull_request(bench.there, head="fix", title="Fix", body="Fixes #1", by="bob")
    pull, told = await listed(bench)
    assert (pull.kind, pull.name, pull.messages[0].author) == (SourceKind.PULL_REQUEST, "2", "bob")
    assert (told.kind, told.name, told.title) == (SourceKind.ISSUE, "1", "Wrong sums")
    assert (told.repository, told.reach) == ("octo/demo", Reach.SHARED)
    said = [(one.author, one.text) for one in told.messages]
    assert said == [("ann", "`add` subtracts."), ("bob", "It does."), ("ann", "Fixed?")]
    first = datetime.fromisoformat(issue.created_at).astimezone(UTC).timestamp()
    assert [one.time - first for one in told.messages] == [0, 60, 120]
    page = f"{bench.fake.git_url}/octo/demo/issues/1"
    assert told.messages[0].link == page
    assert told.messages[1].link.startswith(f"{page}#issuecomment-")


async def test_the_newest_are_told_and_no_more(bench: Bench) -> None:
    """What was updated last comes first; where nobody commented no comments are asked for."""
    for number in range(150):
        bench.clock.time += 60
        bench.fake.add_issue(bench.there, title=f"Issue {number}", by="ann")
    assert [one.name for one in await listed(bench, limit=3)] == ["150", "149", "148"]
    assert len(await listed(bench)) == 150
    assert lists(bench) == 3
    assert lists(bench, f"{LIST}/comments") == 0


async def test_what_has_not_changed_is_not_told_again(bench: Bench) -> None:
    """A second listing is answered by 304; what was deleted or edited meanwhile is not kept."""
    issue = bench.fake.add_issue(bench.there, title="Old", body="x", by="ann")
    bench.fake.add_comment(issue, "A", by="bob")
    before = await listed(bench)
    assert await listed(bench) == before
    assert [one.status for one in bench.fake.calls if one.path.startswith(LIST)] == [200, 200, 304, 304]
    issue.body, issue.comments = "y", []
    (told,) = await listed(bench)
    assert [one.text for one in told.messages] == ["y"]


async def test_machines_and_our_own_words_say_nothing(bench: Bench) -> None:
    """Comments of bots are left out, ours too; what a bot opened has no author."""
    bench.fake.add_user("dependabot[bot]", "Bot")
    issue = bench.fake.add_issue(bench.there, title="Bump", by="dependabot[bot]")
    bench.fake.add_comment(issue, "rebased", by="dependabot[bot]")
    bench.fake.add_comment(issue, "<!-- yantra:run:1 -->\nWorking", by="ann")
    bench.fake.add_comment(issue, "thanks", by="ann")
    (told,) = await listed(bench)
    assert [(one.author, one.text) for one in told.messages] == [("", ""), ("ann", "thanks")]


async def test_what_strangers_wrote_is_cut_and_cleaned(bench: Bench) -> None:
    """No control character, no half surrogate, nothing beyond the limits; what is newest is kept first."""
    issue = bench.fake.add_issue(bench.there, title="T" * 1_000, by="ann")
    issue.body = "a\0b\x1b[31mc\x85d\ud800e\nf\tg" + "h" * 1_000_000
    (told,) = await listed(bench)
    assert told.messages[0].text.startswith("a b [31mc d e\nf\tgh")
    assert (len(told.title), len(told.messages[0].text)) == (threads.MAX_TITLE, threads.MAX_TEXT)
    for number in range(threads.MAX_TOTAL // threads.MAX_TEXT + 5):
        bench.fake.add_issue(bench.there, title=f"I{number}", body="x" * 60_000, by="ann")
        bench.clock.time += 1
    assert len(await listed(bench)) == threads.MAX_TOTAL // (threads.MAX_TEXT + 50)


async def test_a_link_that_is_none_is_left_out(bench: Bench) -> None:
    """So is a comment of nothing, and a deleted author is the ghost."""
    bench.fake.add_issue(bench.there, title="T", body="x", by="ann")
    await listed(bench)
    shape = next(one.answer[0] for one in bench.fake.calls if one.path == LIST)
    odd = {**shape, "html_url": "javascript:alert(1)", "user": None, "comments": 1}
    bench.fake.faults.answer_json("GET", LIST, 200, [odd])
    bench.fake.faults.answer_json("GET", f"{LIST}/comments", 200, [{"issue_url": "nowhere"}])
    (told,) = await listed(bench)
    assert told.messages == (replace(told.messages[0], author="ghost", link="", text="x"),)


async def test_a_refusal_is_told_with_its_cure(bench: Bench) -> None:
    """A missing permission, issues that are switched off, an answer of another shape."""
    bench.fake.faults.answer("GET", LIST, 403, message="Resource not accessible by integration")
    with pytest.raises(Refused, match="the App may not do this: let an owner accept its permissions"):
        await listed(bench)
    bench.fake.faults.answer("GET", LIST, 410, message="Issues are disabled for this repo")
    with pytest.raises(Refused, match="switch it on"):
        await listed(bench)
    bench.fake.faults.answer_json("GET", LIST, 200, [{"number": 1}])
    with pytest.raises(Permanent, match="shape that GitHub documents"):
        await listed(bench)
