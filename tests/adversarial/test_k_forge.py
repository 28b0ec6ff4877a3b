"""Group K: GitHub's API fails, limits, races and changes its mind; each case ends in one effect or a clear word."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from pydantic import SecretStr

from tests.fakes.forge_bench import Bench, VirtualClock, app_key, open_bench
from tests.fakes.github import shapes
from tests.fakes.github.git_repository import run_git
from tests.fakes.github.judge import Judge
from yantra_bot.domain.repository import Repository
from yantra_bot.errors import Permanent, SettingsError, Transient
from yantra_bot.forge.answers import Refused
from yantra_bot.forge.app_auth import AppClaims, PlainToken
from yantra_bot.forge.remotes import read_git_url
from yantra_bot.ports import CheckRun, NewPullRequest

BRANCH = "yantra/1-add"
NEW = NewPullRequest(BRANCH, "main", "fix: add", "Fixes #1", is_draft=False)


@pytest.fixture
async def bench(tmp_path: Path, judge: Judge | None) -> AsyncGenerator[Bench, None]:
    async with open_bench(tmp_path, timeout=3.0, judge=judge) as opened:
        opened.fake.add_issue(opened.there, title="add subtracts", by="ann")
        yield opened


def propose(bench: Bench, branch: str = BRANCH) -> str:
    """Put a commit on a branch, as our push does."""
    base = bench.head()
    assert base is not None
    bench.fake.commit(bench.there, {"src/app.py": "fixed\n"}, branch="main")
    commit = bench.head()
    assert commit is not None
    set_branch(bench, branch, commit)
    set_branch(bench, "main", base)
    return commit


def set_branch(bench: Bench, branch: str, commit: str) -> None:
    run_git(bench.there.git_dir, "update-ref", f"refs/heads/{branch}", commit)


def pull_requests(bench: Bench) -> int:
    return sum(issue.pull is not None for issue in bench.there.issues.values())


@pytest.mark.case("K01")
@pytest.mark.parametrize("after_effect", [True, False])
@pytest.mark.parametrize("kind", ["answer", "drop", "hang"])
async def test_a_lost_answer_never_makes_two_pull_requests(bench: Bench, kind: str, after_effect: bool) -> None:
    """Whether or not the request took effect before the failure, exactly one pull request is there in the end."""
    propose(bench)
    path, faults = "/repos/octo/demo/pulls", bench.fake.faults
    if kind == "answer":
        faults.answer("POST", path, 502, after_effect=after_effect)
    elif kind == "drop":
        faults.drop("POST", path, after_effect=after_effect)
    else:
        faults.hang("POST", path, after_effect=after_effect)
    opened = await bench.forge.open_pull_request(NEW)
    assert opened.head_branch == BRANCH
    assert pull_requests(bench) == 1


@pytest.mark.case("K01")
@pytest.mark.parametrize("after_effect", [True, False])
async def test_a_lost_answer_never_makes_two_comments_or_checks(bench: Bench, after_effect: bool) -> None:
    """The progress comment and the check are looked for before they are written again."""
    head = bench.head()
    assert head is not None
    bench.fake.faults.drop("POST", "/repos/octo/demo/issues/1/comments", after_effect=after_effect)
    bench.fake.faults.drop("POST", "/repos/octo/demo/check-runs", after_effect=after_effect)
    await bench.forge.put_comment(1, tag="run:1", body="Working.")
    await bench.forge.put_check(CheckRun("run-1", head, "Yantra", "Working", "…", None))
    assert len(bench.there.issues[1].comments) == 1
    assert len(bench.there.check_runs) == 1


@pytest.mark.case("K01")
async def test_a_forge_that_stays_broken_is_given_up_for_now(bench: Bench) -> None:
    """The write is tried twice, with looks in between, and then the run is parked."""
    bench.fake.faults.answer("POST", "/repos/octo/demo/issues/1/comments", 500, times=9)
    with pytest.raises(Transient):
        await bench.forge.put_comment(1, tag="run:1", body="Working.")
    assert len(bench.fake.writes("/comments")) == 2
    bench.fake.faults.faults.clear()


@pytest.mark.case("K02")
async def test_a_secondary_limit_is_waited_out_as_long_as_github_says(bench: Bench) -> None:
    """Retry-After is honoured to the second, and a refused write is sent again: it had no effect."""
    bench.fake.faults.secondary_limit("POST", "/repos/octo/demo/issues/1/comments", retry_after=30)
    await bench.forge.put_comment(1, tag="run:1", body="Working.")
    assert bench.clock.slept == [pytest.approx(30, abs=1)]
    assert len(bench.there.issues[1].comments) == 1


@pytest.mark.case("K02")
async def test_a_secondary_limit_without_a_time_is_a_minute_then_two(bench: Bench) -> None:
    """The second wait is longer than this process sits out, so that the run is parked with the time left."""
    bench.fake.faults.secondary_limit("GET", "/repos/octo/demo", times=9)
    with pytest.raises(Transient) as caught:
        await bench.forge.facts()
    assert bench.clock.slept == [pytest.approx(60, abs=1)]
    assert caught.value.retry_after == pytest.approx(120, abs=1)
    bench.fake.faults.faults.clear()


@pytest.mark.case("K02")
async def test_a_limit_pauses_the_whole_installation_and_no_other(bench: Bench) -> None:
    """Another repository of the installation waits as well, without asking; one of another installation goes on."""
    other = bench.fake.add_repository("octo/other", files={"a": "b"})
    assert bench.installation.repositories is not None
    bench.installation.repositories.append(other)
    stranger = bench.fake.add_repository("acme/tool", files={"a": "b"})
    acme = bench.fake.install("acme")
    bench.fake.faults.secondary_limit("GET", "/repos/octo/demo", retry_after=3000)
    with pytest.raises(Transient):
        await bench.forge.facts()
    asked = len(bench.fake.calls)
    with pytest.raises(Transient) as caught:
        await bench.github(Repository(other.id, "octo", "other"), bench.installation.id).facts()
    assert caught.value.retry_after == pytest.approx(3000, abs=2)
    assert len(bench.fake.calls) == asked
    await bench.github(Repository(stranger.id, "acme", "tool"), acme.id).facts()


@pytest.mark.case("K03")
@pytest.mark.parametrize("skew", [-300.0, 0.0, 300.0])
async def test_a_short_primary_limit_is_waited_out_by_githubs_clock(bench: Bench, skew: float) -> None:
    """A clock that is five minutes wrong does not make the wait five minutes wrong."""
    bench.fake.state.now = lambda: bench.clock.now() - skew
    bench.fake.faults.primary_limit("GET", "/repos/octo/demo", reset_at=bench.fake.state.now() + 40)
    await bench.forge.facts()
    assert sum(bench.clock.slept) == pytest.approx(41, abs=2)


@pytest.mark.case("K03")
async def test_a_long_primary_limit_parks_the_run(bench: Bench) -> None:
    """The run is told when to go on; nobody's hour is slept away in memory."""
    bench.fake.faults.primary_limit("GET", "/repos/octo/demo", reset_at=bench.clock.now() + 1800)
    with pytest.raises(Transient) as caught:
        await bench.forge.facts()
    assert caught.value.retry_after == pytest.approx(1800, abs=3)
    assert bench.clock.slept == []


@pytest.mark.case("K04")
async def test_a_pull_request_that_somebody_just_opened_is_ours(bench: Bench) -> None:
    """When GitHub says that there is one, it is looked up and returned."""
    propose(bench)
    already = await bench.forge.open_pull_request(NEW)
    bench.fake.faults.answer_json("GET", "/repos/octo/demo/pulls", 200, [])
    again = await bench.open_github(bench.claims)(bench.repository, bench.installation.id).open_pull_request(NEW)
    assert again == already
    assert pull_requests(bench) == 1


@pytest.mark.case("K04")
@pytest.mark.parametrize(
    ("head", "base", "word"),
    [("main-copy", "main", "nothing"), (BRANCH, "gone", "gone is gone"), ("absent", "main", "absent is gone")],
)
async def test_what_cannot_be_proposed_is_explained(bench: Bench, head: str, base: str, word: str) -> None:
    """An empty change, a deleted base and a deleted head each have their own sentence, and no retry."""
    propose(bench)
    main = bench.head()
    assert main is not None
    set_branch(bench, "main-copy", main)
    with pytest.raises(Permanent, match=word):
        await bench.forge.open_pull_request(NewPullRequest(head, base, "x", "y", is_draft=False))
    assert len(bench.fake.writes("/pulls")) == 1


@pytest.mark.case("K04")
async def test_a_refusal_without_a_known_reason_is_passed_on(bench: Bench) -> None:
    """GitHub's own words reach the person."""
    propose(bench)
    bench.fake.faults.answer("POST", "/repos/octo/demo/pulls", 422, message="Validation Failed: moon phase")
    with pytest.raises(Refused, match="moon phase"):
        await bench.forge.open_pull_request(NEW)


@pytest.mark.case("K04")
async def test_where_there_are_no_drafts_the_title_says_so(bench: Bench) -> None:
    """A plan without drafts still gets the change, marked as one in its title."""
    propose(bench)
    bench.there.allows_drafts = False
    opened = await bench.forge.open_pull_request(NewPullRequest(BRANCH, "main", "fix: add", "y", is_draft=True))
    assert opened.title == "[Draft] fix: add"
    assert not opened.is_draft


@pytest.mark.case("K05")
async def test_an_expired_token_is_replaced_in_the_middle_of_a_run(bench: Bench) -> None:
    """The hour ends, the call goes through, and nobody notices."""
    await bench.forge.facts()
    bench.clock.time += 3600
    await bench.forge.facts()
    bench.fake.state.tokens.clear()
    await bench.forge.facts()
    assert len(bench.fake.writes("/access_tokens")) == 3


@pytest.mark.case("K05")
async def test_a_token_that_is_always_refused_ends_the_run(bench: Bench) -> None:
    """A 401 is answered with one new token, never with a loop."""
    await bench.forge.facts()
    bench.fake.faults.answer("GET", "/repos/octo/demo", 401, message="Bad credentials", times=9)
    with pytest.raises(Refused, match="credentials were refused"):
        await bench.forge.facts()
    assert len(bench.fake.writes("/access_tokens")) == 2
    bench.fake.faults.faults.clear()


@pytest.mark.case("K06")
@pytest.mark.case("A20")
async def test_every_token_is_for_one_repository_and_five_permissions(bench: Bench) -> None:
    """It is asked for by number, whatever the payload calls the repository."""
    other = bench.fake.add_repository("octo/other", files={"a": "b"})
    assert bench.installation.repositories is not None
    bench.installation.repositories.append(other)
    await bench.forge.facts()
    (token,) = bench.fake.state.tokens.values()
    assert token.repositories == [bench.there]
    assert token.permissions == {
        "checks": "write",
        "contents": "write",
        "issues": "write",
        "metadata": "read",
        "pull_requests": "write",
    }


@pytest.mark.case("K06")
@pytest.mark.case("A20")
@pytest.mark.parametrize("is_private", [True, False])
async def test_a_payload_that_names_another_repository_is_refused(bench: Bench, is_private: bool) -> None:
    """Neither a private nor a public repository of that name is written to, fetched from, or talked about."""
    bench.fake.add_repository("octo/other", files={"a": "b"}, is_private=is_private)
    crossed = Repository(bench.there.id, "octo", "other")
    forge = bench.github(crossed, bench.installation.id)
    with pytest.raises(Permanent):
        await forge.put_comment(1, tag="run:1", body="x")
    with pytest.raises(Permanent):
        await bench.remotes()(crossed, bench.installation.id).fetch("main")
    assert bench.fake.writes("/issues") == []
    assert not [call for call in bench.fake.calls if "/other.git" in call.path]


@pytest.mark.case("A20")
async def test_a_repository_without_its_number_gets_no_token(bench: Bench) -> None:
    """An App never works by a name alone."""
    with pytest.raises(Permanent, match="number"):
        bench.github(Repository(0, "octo", "demo"), bench.installation.id)


@pytest.mark.case("A21")
@pytest.mark.parametrize(("action", "word"), [("deleted", "Install it again"), ("suspend", "Unsuspend")])
async def test_a_removed_or_suspended_installation_is_said_plainly(bench: Bench, action: str, word: str) -> None:
    """A queued job ends with the reason, before and after it had a token."""
    await bench.forge.facts()
    await bench.fake.announce_installation(bench.installation, action)
    fresh = bench.open_github(bench.claims)
    with pytest.raises(Permanent, match=word):
        await fresh(bench.repository, bench.installation.id).facts()
    with pytest.raises(Permanent):
        await bench.forge.facts()


@pytest.mark.case("A21")
async def test_a_repository_taken_out_of_the_installation_is_said_plainly(bench: Bench) -> None:
    """GitHub gives no token for it, and the message says who can."""
    bench.installation.repositories = []
    with pytest.raises(Permanent, match="not installed on this repository"):
        await bench.forge.facts()


@pytest.mark.case("K09")
async def test_a_pull_request_that_a_person_closed_stays_closed(bench: Bench) -> None:
    """The same change is not proposed again; a new change on the branch is."""
    propose(bench)
    opened = await bench.forge.open_pull_request(NEW)
    bench.there.issues[opened.number].state = "closed"
    with pytest.raises(Permanent, match=f"#{opened.number}"):
        await bench.forge.open_pull_request(NEW)
    assert pull_requests(bench) == 1
    bench.fake.commit(bench.there, {"src/app.py": "fixed better\n"}, branch=BRANCH)
    assert (await bench.forge.open_pull_request(NEW)).number != opened.number


@pytest.mark.case("K11")
async def test_a_deleted_progress_comment_is_posted_again(bench: Bench) -> None:
    """Also when it is deleted between being found and being edited."""
    first = await bench.forge.put_comment(1, tag="run:1", body="One.")
    bench.there.issues[1].comments.clear()
    second = await bench.forge.put_comment(1, tag="run:1", body="Two.")
    assert second != first
    fresh = bench.open_github(bench.claims)(bench.repository, bench.installation.id)
    bench.fake.faults.answer("PATCH", f"/repos/octo/demo/issues/comments/{second}", 404, message="Not Found")
    assert await fresh.put_comment(1, tag="run:1", body="Three.") not in {first, second}


@pytest.mark.case("K11")
async def test_a_locked_issue_is_left_in_peace(bench: Bench) -> None:
    """The comment is refused for good, quietly, and a reaction is left out."""
    bench.there.issues[1].is_locked = True
    with pytest.raises(Permanent, match="locked"):
        await bench.forge.put_comment(1, tag="run:1", body="x")
    bench.fake.faults.answer("POST", "/repos/octo/demo/issues/1/reactions", 403, message="Issue is locked")
    await bench.forge.react_to_issue(1, "eyes")


@pytest.mark.case("K11")
async def test_an_edit_refused_for_another_reason_is_told(bench: Bench) -> None:
    """Only a comment that is gone is posted again."""
    await bench.forge.put_comment(1, tag="run:1", body="x")
    bench.fake.faults.answer("PATCH", "*/issues/comments/*", 403, message="Resource not accessible by integration")
    with pytest.raises(Permanent, match="accept its permissions"):
        await bench.forge.put_comment(1, tag="run:1", body="y")
    assert len(bench.there.issues[1].comments) == 1


@pytest.mark.case("K11")
async def test_a_transferred_issue_is_not_followed(bench: Bench) -> None:
    """GitHub redirects to the other repository, where nobody gave an order."""
    location = {"Location": f"{bench.fake.api_url}/repositories/999/issues/1"}
    bench.fake.faults.answer("GET", "/repos/octo/demo/issues/1", 301, message="Moved", headers=location)
    with pytest.raises(Permanent, match="moved to another repository"):
        await bench.forge.issue(1)


@pytest.mark.case("K11")
async def test_reacting_to_a_deleted_comment_is_nothing(bench: Bench) -> None:
    """Who deletes a command has no use for an eye on it; a wrong reaction is still an error."""
    await bench.forge.react(123, "eyes")
    with pytest.raises(Permanent):
        await bench.forge.react_to_issue(1, "middle-finger")


@pytest.mark.case("K12")
async def test_a_pull_request_that_cannot_be_read_yet_is_waited_for(bench: Bench) -> None:
    """A replica that has not heard of it is asked again, a few times."""
    propose(bench)
    bench.fake.faults.hide_once("/repos/octo/demo/pulls/2", times=2)
    assert (await bench.forge.open_pull_request(NEW)).number == 2
    assert bench.clock.slept == [0.5, 1.0]


@pytest.mark.case("K12")
async def test_what_stays_unreadable_was_not_opened(bench: Bench) -> None:
    """Success is what can be read back: after four looks it is an error, and no later than that."""
    propose(bench)
    bench.fake.faults.hide_once("/repos/octo/demo/pulls/2", times=9)
    with pytest.raises(Permanent):
        await bench.forge.open_pull_request(NEW)
    bench.fake.faults.faults.clear()


@pytest.mark.case("K13")
async def test_hundreds_of_comments_and_checks_are_read_to_the_end(bench: Bench) -> None:
    """The bot finds its own comment and check behind three pages of others."""
    issue, head = bench.there.issues[1], bench.head()
    assert head is not None
    for number in range(250):
        bench.fake.add_comment(issue, f"comment {number}", by="ann")
        if number < 120:
            await bench.forge.put_check(CheckRun(f"other-{number}", head, "Yantra", "x", "y", "success"))
    mine = await bench.forge.put_comment(1, tag="run:1", body="One.")
    read = await bench.forge.issue(1)
    assert len(read.comments) == 251
    fresh = bench.open_github(bench.claims)(bench.repository, bench.installation.id)
    assert await fresh.put_comment(1, tag="run:1", body="Two.") == mine
    first = next(run.id for run in bench.there.check_runs if run.external_id == "other-0")
    assert await fresh.put_check(CheckRun("other-0", head, "Yantra", "x", "y", "success")) == first


@pytest.mark.case("K14")
async def test_an_unchanged_answer_costs_nothing(bench: Bench) -> None:
    """The second reading is answered 304 and gives the same."""
    assert await bench.forge.facts() == await bench.forge.facts()
    assert [call.status for call in bench.fake.calls if call.path == "/repos/octo/demo"] == [200, 304]


@pytest.mark.case("K14")
@pytest.mark.case("D23")
async def test_a_renamed_repository_is_worked_on_under_its_new_name(bench: Bench) -> None:
    """The old name leads to the new one by the repository's number, for the API and for git."""
    bench.there.former_names.add("octo/demo")
    old, bench.there.name = bench.repository, "renamed"
    bench.fake.faults.answer_json(
        "GET", f"/repositories/{bench.there.id}", 200, shape_of(bench)
    )  # GitHub's description does not know this address, its redirects do
    forge = bench.github(old, bench.installation.id)
    assert (await forge.facts()).repository.name == "renamed"
    await forge.put_comment(1, tag="run:1", body="Still here.")
    assert await bench.remotes()(old, bench.installation.id).fetch("main") == bench.head()


def shape_of(bench: Bench) -> object:
    return shapes.full_repository(bench.fake.world.links, bench.there, permission="write")


@pytest.mark.case("K14")
@pytest.mark.case("D23")
@pytest.mark.parametrize(
    ("status", "word"), [(403, "accept its permissions"), (404, "install the App"), (410, "deleted"), (451, "legal")]
)
async def test_a_repository_that_went_away_is_asked_for_once(bench: Bench, status: int, word: str) -> None:
    """Made private, archived, deleted, blocked: one answer is enough, and the message says what to do."""
    bench.fake.faults.answer("GET", "/repos/octo/demo", status, message="No", times=9)
    with pytest.raises(Permanent, match=word):
        await bench.forge.facts()
    assert len([call for call in bench.fake.calls if call.path == "/repos/octo/demo"]) == 1
    bench.fake.faults.faults.clear()


@pytest.mark.case("D23")
async def test_an_archived_repository_is_told_from_its_facts(bench: Bench) -> None:
    """It is known before anything is cloned, and a comment there is refused without a retry."""
    bench.there.is_archived = True
    assert (await bench.forge.facts()).is_archived
    with pytest.raises(Permanent):
        await bench.forge.put_comment(1, tag="run:1", body="x")
    assert len(bench.fake.writes("/comments")) == 1


@pytest.mark.case("D24")
@pytest.mark.parametrize("branch", ["feature/x#1", "日本", "release@2"])
async def test_an_odd_default_branch_works(bench: Bench, branch: str) -> None:
    """A hash sign in a branch is part of its name, not of the address."""
    there = bench.fake.add_repository("octo/odd", files={"a": "b"}, default_branch=branch)
    assert bench.installation.repositories is not None
    bench.installation.repositories.append(there)
    odd = Repository(there.id, "octo", "odd")
    facts = await bench.github(odd, bench.installation.id).facts()
    assert facts.default_branch == branch
    assert await bench.remotes()(odd, bench.installation.id).fetch(branch) == facts.head


@pytest.mark.case("D24")
async def test_an_empty_repository_has_no_head(bench: Bench) -> None:
    """Nothing is fetched; the facts say it, and a fetch all the same says it too."""
    there = bench.fake.add_repository("octo/empty")
    assert bench.installation.repositories is not None
    bench.installation.repositories.append(there)
    empty = Repository(there.id, "octo", "empty")
    forge = bench.github(empty, bench.installation.id)
    assert (await forge.facts()).head is None
    assert await forge.read_file("AGENTS.md") is None
    with pytest.raises(Permanent, match="no such branch"):
        await bench.remotes()(empty, bench.installation.id).fetch("main")


@pytest.mark.case("K15")
@pytest.mark.parametrize("skew", [-300.0, -30.0, 30.0, 300.0])
async def test_a_wrong_clock_is_made_up_for(tmp_path: Path, skew: float) -> None:
    """Five minutes fast or slow, the App's claims are signed anew by GitHub's own time."""
    async with open_bench(tmp_path) as bench:
        ours = VirtualClock(bench.clock.now() + skew)
        github = bench.open_github(AppClaims(str(bench.fake.app.id), SecretStr(app_key()), ours))
        assert (await github(bench.repository, bench.installation.id).facts()).head == bench.head()


@pytest.mark.case("K15")
async def test_an_app_id_that_is_not_the_keys_is_refused_plainly(bench: Bench) -> None:
    """It is no clock, so that there is no second try; the message says what to check."""
    github = bench.open_github(AppClaims("999", SecretStr(app_key()), bench.clock))
    with pytest.raises(Permanent, match="private key"):
        await github(bench.repository, bench.installation.id).facts()
    assert len(bench.fake.writes("/access_tokens")) == 1


@pytest.mark.case("K06")
async def test_a_persons_token_works_from_a_terminal(bench: Bench) -> None:
    """With no App: the repository by name, comments in the person's own name, found again by their number."""
    bench.fake.permit(bench.there, "ann", "write")
    token = PlainToken(SecretStr(bench.fake.user_token("ann").value))
    github = bench.open_github(token)
    forge = github(Repository(0, "octo", "demo"), 0)
    first = await forge.put_comment(1, tag="run:1", body="One.")
    fresh = bench.open_github(token)(Repository(0, "octo", "demo"), 0)
    assert await fresh.put_comment(1, tag="run:1", body="Two.") == first
    assert (await forge.repository()).id == bench.there.id


@pytest.mark.case("B19")
async def test_a_long_comment_is_cut_to_what_github_takes(bench: Bench) -> None:
    """65 536 characters at most, the tag kept, the fence closed."""
    await bench.forge.put_comment(1, tag="run:1", body="```\n" + "é line\n" * 20_000)
    (comment,) = bench.there.issues[1].comments
    assert len(comment.body) <= 65_536
    assert comment.body.startswith("<!-- yantra:run:1 -->")
    assert comment.body.count("```") == 2


@pytest.mark.case("K01")
async def test_many_at_once_write_one_comment(bench: Bench) -> None:
    """Phases that report at the same moment share the comment."""
    await asyncio.gather(*(bench.forge.put_comment(1, tag="run:1", body=f"Step {n}.") for n in range(5)))
    assert len(bench.there.issues[1].comments) == 1


async def test_another_persons_copy_of_the_tag_is_not_edited(bench: Bench) -> None:
    """Who quotes the bot's comment, tag and all, keeps their own words."""
    bench.fake.add_comment(bench.there.issues[1], "<!-- yantra:run:1 -->\nmine", by="mallory")
    await bench.forge.put_comment(1, tag="run:1", body="ours")
    assert [comment.body.split("\n")[1] for comment in bench.there.issues[1].comments] == ["mine", "ours"]


async def test_a_git_address_that_is_not_https_stops_start_up(bench: Bench) -> None:
    """The token would be sent in the clear."""
    for url in (
        "",
        "http://github.com",
        "https://me:pw@github.com",
        "https://",
        "file:///x",
        "https://x?y",
        "https://[",
    ):
        with pytest.raises(SettingsError, match="github_git_url"):
            read_git_url(url)


@pytest.mark.case("D23")
async def test_a_repository_renamed_in_the_middle_of_a_run_is_found_again(bench: Bench) -> None:
    """Git is led to the new name, and the API goes on."""
    remote = bench.remote
    await remote.fetch("main")
    bench.there.former_names.add("octo/demo")
    bench.there.name = "renamed"
    bench.fake.faults.answer_json("GET", f"/repositories/{bench.there.id}", 200, shape_of(bench))
    assert await remote.fetch("main") == bench.head()


@pytest.mark.case("D23")
async def test_a_name_that_was_taken_over_is_found_out(bench: Bench) -> None:
    """After a rename somebody else may own the old name: within minutes it is looked at again, and refused."""
    forge = bench.forge
    await forge.read_file("README.md")
    taken = bench.fake.add_repository("octo/other", files={"README.md": "evil"}, is_private=False)
    bench.there.name, taken.name = "renamed", "demo"
    bench.clock.time += 301
    with pytest.raises(Permanent, match="another one"):
        await forge.read_file("README.md")
