"""What GitHub says of a commit that may be deployed: nothing that is unknown speaks for it."""

import subprocess

import pytest

from tests.fakes.forge_bench import Bench
from yantra_bot.deploy_ports import CommitStanding, Shipping
from yantra_bot.errors import Permanent, UserError
from yantra_bot.forge.commit_standing import find_revert
from yantra_bot.ports import CheckRun

TOKEN = "ghp_" + "a1B2c3D4e5" * 4


@pytest.fixture
def shipping(bench: Bench) -> Shipping:
    assert bench.forge.shipping is not None
    return bench.forge.shipping


@pytest.fixture
def head(bench: Bench) -> str:
    return bench.head() or ""


async def test_a_branch_a_tag_and_the_beginning_of_a_commit_are_found(
    bench: Bench, shipping: Shipping, head: str
) -> None:
    """Also a branch with a slash."""
    bench.fake.commit(bench.there, {"a.md": "a\n"}, branch="feature/shoes")
    for ref in ("main", head, head[:7], head[:12].upper()):
        assert await shipping.resolve(ref) == head
    assert await shipping.resolve("feature/shoes") == bench.head("feature/shoes")


@pytest.mark.case("B05")
@pytest.mark.parametrize("ref", ["", "nowhere", "0" * 40, "-x", "a b", "a\nb", "../x", "a//b", "@{-1}", "$(id)", "x/"])
async def test_what_is_no_commit_is_said_to_be_none(shipping: Shipping, ref: str) -> None:
    """Whatever was typed is a name and no command."""
    with pytest.raises(UserError, match="no branch"):
        await shipping.resolve(ref)


async def test_a_branch_that_looks_like_a_commit_is_not_taken_for_one(
    bench: Bench, shipping: Shipping, head: str
) -> None:
    """Whoever may push could otherwise have their own commit deployed under another's name."""
    other = bench.fake.commit(bench.there, {"a.md": "a\n"}, branch="feature")
    subprocess.run(["git", "--git-dir", bench.there.git_dir, "update-ref", "refs/heads/deadbee", other], check=True)
    with pytest.raises(UserError, match="looks like a commit"):
        await shipping.resolve("deadbee")


async def test_a_green_commit_of_the_default_branch(bench: Bench, shipping: Shipping, head: str) -> None:
    """Where it is, what it is called and by whom; what looks like a secret in its title is replaced."""
    bench.fake.add_check(bench.there, head, "tests", "success")
    bench.fake.add_check(bench.there, head, "docs", "skipped")
    await bench.fake.set_status(bench.there, head, "ci/old", "success")
    facts = await shipping.commit_facts(head)
    assert (facts.standing, facts.failing) == (CommitStanding.GREEN, ())
    assert (facts.is_on_protected_branch, facts.branch, facts.reverted_by) == (True, "main", "")
    assert facts.title == "Initial commit"
    assert facts.author != ""
    secret = bench.fake.commit(bench.there, {"b.md": "b\n"}, message=f"Use {TOKEN}\n\nand more")
    assert TOKEN not in (await shipping.commit_facts(secret)).title


@pytest.mark.case("H20")
@pytest.mark.parametrize("word", ["failure", "timed_out", "cancelled", "action_required"])
async def test_a_check_that_is_not_good_makes_it_red(bench: Bench, shipping: Shipping, head: str, word: str) -> None:
    """Whatever else is green or still runs."""
    bench.fake.add_check(bench.there, head, "tests", "success")
    bench.fake.add_check(bench.there, head, "lint", word)
    bench.fake.add_check(bench.there, head, "slow", None)
    facts = await shipping.commit_facts(head)
    assert (facts.standing, facts.failing) == (CommitStanding.RED, ("lint",))


@pytest.mark.case("H20")
async def test_statuses_of_older_services_count_by_their_newest(bench: Bench, shipping: Shipping, head: str) -> None:
    """Failing, then pending, then green."""
    bench.fake.add_check(bench.there, head, "tests", "success")
    told = []
    for state in ("failure", "error", "pending", "success"):
        await bench.fake.set_status(bench.there, head, "ci/old", state)
        facts = await shipping.commit_facts(head)
        told.append((facts.standing, facts.failing))
    red, running = (CommitStanding.RED, ("ci/old",)), (CommitStanding.RUNNING, ("ci/old",))
    assert told == [red, red, running, (CommitStanding.GREEN, ())]


@pytest.mark.case("H20")
async def test_checks_that_run_are_no_checks_that_passed(bench: Bench, shipping: Shipping, head: str) -> None:
    """Also between two jobs of a workflow, when every run that there is has ended."""
    bench.fake.add_check(bench.there, head, "tests", "success")
    bench.there.waiting_suites[7] = (head, "some-app")
    assert (await shipping.commit_facts(head)).standing is CommitStanding.GREEN
    bench.there.waiting_suites[8] = (head, "github-actions")
    facts = await shipping.commit_facts(head)
    assert (facts.standing, facts.failing) == (CommitStanding.RUNNING, ("github-actions",))
    bench.there.waiting_suites.clear()
    bench.fake.add_check(bench.there, head, "slow", None)
    facts = await shipping.commit_facts(head)
    assert facts.standing is CommitStanding.RUNNING
    assert "slow" in facts.failing


@pytest.mark.case("H20")
async def test_a_commit_without_checks_is_proven_by_nothing(bench: Bench, shipping: Shipping, head: str) -> None:
    """Our own check, skipped ones and neutral ones are none."""
    assert (await shipping.commit_facts(head)).standing is CommitStanding.NONE
    await bench.forge.put_check(CheckRun("run-1", head, "Yantra", "t", "s", "success"))
    bench.fake.add_check(bench.there, head, "docs", "skipped")
    bench.fake.add_check(bench.there, head, "hints", "neutral")
    assert (await shipping.commit_facts(head)).standing is CommitStanding.NONE


@pytest.mark.case("K13")
async def test_many_checks_are_all_looked_at(bench: Bench, shipping: Shipping, head: str) -> None:
    """The one that fails may stand on the second page."""
    bench.fake.add_check(bench.there, head, "first", "failure")
    for number in range(120):
        bench.fake.add_check(bench.there, head, f"check {number}", "success")
    assert (await shipping.commit_facts(head)).failing == ("first",)


@pytest.mark.case("H20")
async def test_only_a_protected_branch_counts(bench: Bench, shipping: Shipping, head: str) -> None:
    """The default branch with all that is behind its head, and others that the forge protects."""
    main = bench.fake.commit(bench.there, {"m.md": "m\n"})
    feature = bench.fake.commit(bench.there, {"f.md": "f\n"}, branch="feature")
    release = bench.fake.commit(bench.there, {"r.md": "r\n"}, branch="release/1")
    bench.there.protected_branches.add("release/1")
    found = {one: (await shipping.commit_facts(one)).branch for one in (head, main, feature, release)}
    assert found == {head: "main", main: "main", feature: "", release: "release/1"}
    assert not (await shipping.commit_facts(feature)).is_on_protected_branch


@pytest.mark.case("H20")
async def test_a_commit_that_was_taken_back_is_told(bench: Bench, shipping: Shipping, head: str) -> None:
    """By the words that git itself writes, also more than a page of commits later."""
    bad = bench.fake.commit(bench.there, {"bad.md": "bad\n"}, message="Break it")
    for number in range(105):
        bench.fake.commit(bench.there, {"n.md": f"{number}\n"})
    revert = bench.fake.commit(
        bench.there, {"bad.md": None}, message=f'Revert "Break it"\n\nThis reverts commit {bad}.'
    )
    assert (await shipping.commit_facts(bad)).reverted_by == revert
    assert (await shipping.commit_facts(head)).reverted_by == ""
    assert (await shipping.commit_facts(revert)).reverted_by == ""


def test_a_revert_that_was_reverted_takes_nothing_back() -> None:
    """In however many turns."""
    bad, first, second, third = (letter * 40 for letter in "abcd")

    def takes_back(commit: str) -> str:
        return f"This reverts commit {commit}."

    since = [(first, takes_back(bad))]
    assert find_revert(bad, since) == first
    since.append((second, takes_back(first)))
    assert find_revert(bad, since) == ""
    since.append((third, takes_back(second)))
    assert find_revert(bad, since) == first
    assert find_revert(bad, [(first, f"see commit {bad}")]) == ""


@pytest.mark.parametrize("needs", ["statuses", "checks"])
async def test_what_may_not_be_read_condemns_nobody_and_lets_nobody_pass(
    bench: Bench, head: str, needs: str, shipping: Shipping
) -> None:
    """An App without that permission says so."""
    bench.fake.add_check(bench.there, head, "tests", "success")
    bench.installation.permissions.pop(needs)
    with pytest.raises(Permanent, match=r"permissions|token"):
        await shipping.commit_facts(head)


async def test_a_fork_of_the_commit_graph_is_no_part_of_the_branch(bench: Bench, shipping: Shipping) -> None:
    """A commit without a common ancestor is on no branch of ours."""
    lone = _run(bench, "commit-tree", "-m", "alone", _run(bench, "rev-parse", "main^{tree}"))
    facts = await shipping.commit_facts(lone)
    assert (facts.is_on_protected_branch, facts.standing) == (False, CommitStanding.NONE)


def _run(bench: Bench, *words: str) -> str:
    names = {f"GIT_{who}_{what}": "x" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    done = subprocess.run(
        ["git", "--git-dir", bench.there.git_dir, *words], check=True, capture_output=True, text=True, env=names
    )
    return done.stdout.strip()
