"""Reviews on the test GitHub: remarks on lines, threads, replies, code scanning."""

import json
import secrets
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.fakes.forge_bench import Bench, open_bench
from tests.fakes.github import FakeGitHub
from tests.fakes.github.judge import Judge
from tests.fakes.github.state import Issue
from tests.fakes.github.state_reviews import ReviewComment
from yantra_bot import review_ports
from yantra_bot.domain.remarks import Annotation, AnnotationLevel, NewRemark, Remark
from yantra_bot.errors import Permanent, Transient
from yantra_bot.forge.answers import Refused
from yantra_bot.forge.reviews import MAX_SARIF
from yantra_bot.ports import CheckRun

FINGERPRINT, OTHER = "a" * 16, "b" * 16
FIX = "It adds nothing.\n\n```suggestion\n    return a + b\n```"


@pytest.fixture
async def bench(tmp_path: Path, judge: Judge | None) -> AsyncGenerator[Bench, None]:
    async with open_bench(tmp_path, judge=judge) as opened:
        opened.fake.permit(opened.there, "ann", "write")
        yield opened


@pytest.fixture
async def pull(bench: Bench) -> Issue:
    """A pull request that changes the second of 40 lines."""
    lines = [f"line {number}\n" for number in range(40)]
    bench.fake.commit(bench.there, {"long.py": "".join(lines)})
    lines[1] = "changed\n"
    return await bench.fake.open_pull_request(bench.there, {"long.py": "".join(lines)}, by="ann")


def reviews_of(bench: Bench) -> review_ports.Reviews:
    assert bench.forge.reviews is not None
    return bench.forge.reviews


def remark(fingerprint: str = FINGERPRINT, line: int = 2, body: str = FIX) -> NewRemark:
    return NewRemark(fingerprint, "long.py", line, body)


def head_of(pull: Issue) -> str:
    assert pull.pull is not None
    return pull.pull.head_sha


def talk(fake: FakeGitHub, pull: Issue) -> list[ReviewComment]:
    return fake.talk_of(pull).comments


async def post(bench: Bench, pull: Issue, *remarks: NewRemark) -> tuple[int, tuple[str, ...]]:
    posted = await reviews_of(bench).post(pull.number, commit=head_of(pull), body="Two remarks.", remarks=remarks)
    return posted.count, posted.refused


async def read(bench: Bench, pull: Issue) -> Remark:
    (found,) = await reviews_of(bench).remarks(pull.number)
    return found


async def test_remarks_are_one_review_that_neither_approves_nor_blocks(bench: Bench, pull: Issue) -> None:
    """Both stand on their lines with their suggestion; the review is a comment."""
    assert await post(bench, pull, remark(), remark(OTHER, line=4)) == (2, ())
    (review,) = bench.fake.talk_of(pull).reviews
    assert (review.state, review.body) == ("COMMENTED", "Two remarks.")
    assert [one.line for one in talk(bench.fake, pull)] == [2, 4]
    assert "```suggestion" in talk(bench.fake, pull)[0].body
    assert [one.fingerprint for one in await reviews_of(bench).remarks(pull.number)] == [FINGERPRINT, OTHER]


async def test_a_remark_may_stand_on_several_lines_and_on_the_old_side(bench: Bench, pull: Issue) -> None:
    """The first line is told where it is another one."""
    from yantra_bot.domain.findings import Side

    wide = NewRemark(FINGERPRINT, "long.py", 3, "two", start_line=2)
    old = NewRemark(OTHER, "long.py", 2, "old", side=Side.BASE)
    await post(bench, pull, wide, old)
    assert [(one.start_line, one.line, one.side) for one in talk(bench.fake, pull)] == [
        (2, 3, "RIGHT"),
        (None, 2, "LEFT"),
    ]


async def test_what_stands_is_not_posted_again(bench: Bench, pull: Issue) -> None:
    """The same remark again is nothing, another one beside it is posted alone."""
    await post(bench, pull, remark())
    assert await post(bench, pull, remark()) == (0, ())
    assert await post(bench, pull, remark(), remark(OTHER, line=3)) == (1, ())
    assert len(talk(bench.fake, pull)) == 2


@pytest.mark.case("K01")
@pytest.mark.parametrize("after_effect", [True, False])
async def test_a_review_whose_answer_was_lost_is_there_once(bench: Bench, pull: Issue, after_effect: bool) -> None:
    """It is looked for before it is sent again."""
    bench.fake.faults.drop("POST", "*/reviews", after_effect=after_effect)
    await post(bench, pull, remark())
    assert len(talk(bench.fake, pull)) == 1


@pytest.mark.case("K04")
async def test_a_line_outside_of_the_diff_holds_back_no_other_remark(bench: Bench, pull: Issue) -> None:
    """GitHub refuses the whole review; the others are posted one by one, and that one is told."""
    lost = remark(OTHER, line=30)
    assert await post(bench, pull, remark(), lost, NewRemark("c" * 16, "none.py", 1, "x")) == (1, (OTHER, "c" * 16))
    assert [one.line for one in talk(bench.fake, pull)] == [2]


async def test_a_commit_that_was_forced_away_gets_no_remark(bench: Bench, pull: Issue) -> None:
    """The forge's refusal is told, and nothing stands on the new head."""
    old = head_of(pull)
    await bench.fake.push_again(pull, {"long.py": "other\n"}, by="ann", is_forced=True)
    with pytest.raises(Refused, match="not part of the pull request"):
        await reviews_of(bench).post(pull.number, commit=old, body="x", remarks=[remark(), remark(OTHER, line=3)])
    assert talk(bench.fake, pull) == []


@pytest.mark.case("K02")
async def test_a_secondary_limit_is_waited_out(bench: Bench, pull: Issue) -> None:
    """The review is posted once after it."""
    bench.fake.faults.secondary_limit("POST", "*/reviews", retry_after=7)
    assert await post(bench, pull, remark()) == (1, ())
    assert 7 in bench.clock.slept
    assert len(talk(bench.fake, pull)) == 1


@pytest.mark.case("K13")
async def test_more_than_a_page_of_comments_and_threads_is_read(bench: Bench, pull: Issue) -> None:
    """The last remark of 205 is found, with its thread."""
    await post(bench, pull, *(remark(f"{number:016x}") for number in range(205)))
    found = await reviews_of(bench).remarks(pull.number)
    assert len({one.thread_id for one in found}) == len(found) == 205
    assert await post(bench, pull, remark(f"{204:016x}")) == (0, ())


async def test_a_thread_is_resolved_and_opened_again(bench: Bench, pull: Issue) -> None:
    """By us it is no person's no; by a person it is."""
    await post(bench, pull, remark())
    assert await reviews_of(bench).resolve(pull.number, await read(bench, pull), reason="fixed")
    after = await read(bench, pull)
    assert (after.is_resolved, after.resolved_by) == (True, "")
    assert await reviews_of(bench).reopen(after)
    assert not (await read(bench, pull)).is_resolved
    bench.fake.resolve_thread(pull, talk(bench.fake, pull)[0], by="ann")
    assert (await read(bench, pull)).resolved_by == "ann"


async def test_where_threads_may_not_be_resolved_it_is_said_once(bench: Bench, pull: Issue) -> None:
    """The reply says why the thread could be; a second time it is there already."""
    await post(bench, pull, remark())
    bench.installation.permissions["contents"] = "read"
    for token in bench.fake.state.tokens.values():
        token.permissions = {**token.permissions, "contents": "read"}
    for _ in range(2):
        assert not await reviews_of(bench).resolve(pull.number, await read(bench, pull), reason="Fixed in abc.")
    replies = [one for one in talk(bench.fake, pull) if one.reply_to]
    assert [one.body.splitlines()[-1] for one in replies] == ["Fixed in abc."]
    assert (await read(bench, pull)).says_fixed


async def test_without_graphql_remarks_are_found_all_the_same(bench: Bench, pull: Issue) -> None:
    """Their threads have no name then, and cannot be resolved or opened."""
    await post(bench, pull, remark())
    bench.fake.faults.answer("POST", "/graphql", 404, message="Not Found")
    found = await read(bench, pull)
    assert (found.fingerprint, found.thread_id) == (FINGERPRINT, "")
    assert not await reviews_of(bench).reopen(found)


async def test_what_people_said_of_a_remark_is_read(bench: Bench, pull: Issue) -> None:
    """Thumbs down of people, not of bots, and replies in their order."""
    await post(bench, pull, remark())
    (comment,) = talk(bench.fake, pull)
    bench.fake.thumb_down(comment, by="ann")
    bench.fake.add_user("other[bot]", "Bot")
    bench.fake.thumb_down(comment, by="other[bot]")
    await bench.fake.answer_remark(pull, comment, "ignore", by="ann")
    found = await read(bench, pull)
    assert found.thumbs_down == ("ann",)
    assert [(one.author.login, one.body) for one in found.replies] == [("ann", "ignore")]


async def test_nobody_elses_comment_is_taken_for_a_remark(bench: Bench, pull: Issue) -> None:
    """A person who copies our mark posts a comment like any other."""
    await post(bench, pull, remark())
    (comment,) = talk(bench.fake, pull)
    comment.user = bench.fake.add_user("eve")
    assert await reviews_of(bench).remarks(pull.number) == ()
    assert await post(bench, pull, remark()) == (1, ())


async def test_a_reply_is_posted_once_and_a_reaction_given(bench: Bench, pull: Issue) -> None:
    """By its tag; to a comment that is gone a reaction is nothing."""
    await post(bench, pull, remark())
    (comment,) = talk(bench.fake, pull)
    bench.fake.faults.drop("POST", "*/replies", after_effect=True)
    first = await reviews_of(bench).reply(pull.number, comment.id, tag="reply:1", body="Heard.")
    assert await reviews_of(bench).reply(pull.number, comment.id, tag="reply:1", body="Heard.") == first
    await reviews_of(bench).react(comment.id, "+1")
    assert [one.content for one in comment.reactions] == ["+1"]
    await reviews_of(bench).react(1, "+1")


async def test_findings_are_handed_to_code_scanning(bench: Bench, pull: Issue) -> None:
    """Compressed, for the head of the pull request; where it is switched off that is told."""
    bench.installation.permissions["security_events"] = "write"
    ref = f"refs/pull/{pull.number}/head"
    await reviews_of(bench).upload_sarif(b'{"version": "2.1.0"}', commit=head_of(pull), ref=ref)
    (upload,) = bench.there.uploads
    assert (upload.commit_sha, upload.ref, upload.sarif) == (head_of(pull), ref, {"version": "2.1.0"})
    large = json.dumps({"runs": secrets.token_hex(2_000_000)}).encode()
    await reviews_of(bench).upload_sarif(large, commit=head_of(pull), ref=ref)
    with pytest.raises(Permanent, match="more than code scanning takes"):
        await reviews_of(bench).upload_sarif(secrets.token_bytes(MAX_SARIF + 1), commit=head_of(pull), ref=ref)
    bench.there.has_code_scanning = False
    with pytest.raises(Permanent, match="Code scanning is not enabled"):
        await reviews_of(bench).upload_sarif(b"{}", commit=head_of(pull), ref=ref)


async def test_without_the_permission_nothing_is_handed_over(bench: Bench, pull: Issue) -> None:
    """It is said, and asked for no second time."""
    with pytest.raises(Permanent, match="not accepted yet"):
        await reviews_of(bench).upload_sarif(b"{}", commit=head_of(pull), ref="refs/pull/1/head")


def check(head: str, count: int, *, conclusion: str | None = "failure") -> CheckRun:
    marks = tuple(Annotation("long.py", 1, 1, AnnotationLevel.WARNING, "t", f"m{number}") for number in range(count))
    return CheckRun("run", head, "Yantra review", "t", "s", conclusion, annotations=marks)


@pytest.mark.case("K13")
@pytest.mark.parametrize("count", [1, 50, 51, 120])
async def test_annotations_are_added_fifty_at_a_time(bench: Bench, pull: Issue, count: int) -> None:
    """Each is there once, whether the check is new, shown before, or put again."""
    await bench.forge.put_check(check(head_of(pull), 0, conclusion=None))
    await bench.forge.put_check(check(head_of(pull), count))
    await bench.forge.put_check(check(head_of(pull), count))
    (run,) = bench.there.check_runs
    assert sorted(one["message"] for one in run.annotations) == sorted(f"m{number}" for number in range(count))
    assert run.conclusion == "failure"


@pytest.mark.case("K01")
@pytest.mark.parametrize("after_effect", [True, False])
async def test_annotations_whose_adding_is_unknown_are_there_once(
    bench: Bench, pull: Issue, after_effect: bool
) -> None:
    """What is there is read before more is added."""
    bench.fake.faults.drop("PATCH", "*/check-runs/*", after_effect=after_effect)
    await bench.forge.put_check(check(head_of(pull), 130))
    (run,) = bench.there.check_runs
    assert len({one["message"] for one in run.annotations}) == len(run.annotations) == 130


async def test_annotations_that_are_never_taken_are_given_up(bench: Bench, pull: Issue) -> None:
    """After three tries the failure is a passing one, for a later try."""
    bench.fake.faults.drop("PATCH", "*/check-runs/*", times=3)
    with pytest.raises(Transient):
        await bench.forge.put_check(check(head_of(pull), 60))


async def test_a_draft_a_fork_and_an_author_are_told(bench: Bench, pull: Issue) -> None:
    """What a review has to know of a pull request before it begins."""
    fork = bench.fake.fork(bench.there, "eve")
    theirs = await bench.fake.open_pull_request(
        bench.there, {"a.py": "1\n"}, by="eve", from_fork=fork, branch="x", is_draft=True
    )
    found, own = await bench.forge.pull_request(theirs.number), await bench.forge.pull_request(pull.number)
    assert (found.is_from_fork, found.is_draft, own.is_from_fork) == (True, True, False)
    assert found.author is not None
    assert found.author.login == "eve"


async def test_rules_are_read_from_the_branch_that_is_asked_for(bench: Bench, pull: Issue) -> None:
    """The default branch's file is another one."""
    bench.fake.commit(bench.there, {"rules.yml": "a"}, branch="release/1")
    assert await bench.forge.read_file("rules.yml", branch="release/1") == b"a"
    assert await bench.forge.read_file("rules.yml") is None


async def test_where_two_commits_parted_is_told(bench: Bench, pull: Issue) -> None:
    """The base's own later commits do not count; without a common ancestor there is none."""
    from tests.fakes.github import git_repository

    parted = bench.head()
    bench.fake.commit(bench.there, {"later.py": "1\n"})
    later = bench.head()
    assert later is not None
    assert await bench.forge.merge_base(later, head_of(pull)) == parted
    tree = git_repository.run_git(bench.there.git_dir, "rev-parse", f"{later}^{{tree}}")
    environment = git_repository.COMMIT_ENVIRONMENT
    lonely = git_repository.run_git(bench.there.git_dir, "commit-tree", tree, "-m", "x", environment=environment)
    assert await bench.forge.merge_base(later, lonely) is None
