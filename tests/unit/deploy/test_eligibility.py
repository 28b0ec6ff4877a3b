"""What may be deployed where, by whom and when: each reason against it is told with its cure, none is passed over."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from yantra_bot.deploy.approving import approvals_needed, counting, refuse_approver
from yantra_bot.deploy.eligibility import (
    Case,
    PullFacts,
    Refusal,
    RefusalKind,
    Way,
    judge,
    rollback_target,
    serving,
)
from yantra_bot.deploy_ports import CommitFacts, CommitStanding
from yantra_bot.domain.deployments import Approval, BlockedCommit, Deployed, EnvironmentLock, LockCause, Pin
from yantra_bot.domain.environment import ApprovalRule, Environment, FreezeWindow, Release
from yantra_bot.domain.proof import Verdict
from yantra_bot.domain.repository import Actor, Permission, PullRequest
from yantra_bot.runs.codec import decode, encode

COMMIT, OTHER = "a" * 40, "b" * 40
NOW = dt.datetime(2026, 11, 28, 12, tzinfo=dt.UTC).timestamp()
STAGING = Environment("staging", "main", "shop-staging", takes_pull_requests=True)
PRODUCTION = Environment("production", "main", "shop", after="staging")
ANN, BOB, BOT = Actor(5, "ann", False), Actor(6, "Bob", False), Actor(7, "helper[bot]", True)
PIN = Pin(COMMIT, "sha256:1", "sha256:m")
LOCK = EnvironmentLock("production", LockCause.PERSON, "bob", "we look at the queue", NOW - 60)
PULL = PullFacts(12, COMMIT, is_open=True, is_from_fork=False, is_hotfix=False)


def release(commit: str = COMMIT, digest: str = "sha256:1", **changes: Any) -> Release:
    return replace(Release(commit, "ghcr.io/acme/shop", digest, "main"), **changes)


def deployed(environment: str, one: Release, verdict: Verdict | None = Verdict.PASS) -> Deployed:
    return Deployed("run-1", environment, "main", "shop", one, "ann", 1.0, verdict=verdict)


def facts(standing: CommitStanding = CommitStanding.GREEN, **changes: Any) -> CommitFacts:
    return replace(CommitFacts(COMMIT, standing, (), True, "main", "Sell shoes", "ann"), **changes)


def case(**changes: Any) -> Case:
    """Return what may be deployed to production."""
    return replace(
        Case(
            way=Way.DEPLOY,
            release=release(),
            facts=facts(),
            environment=PRODUCTION,
            permission=Permission.WRITE,
            locks=(),
            blocked=(),
            now=NOW,
            before=(deployed("staging", release()),),
        ),
        **changes,
    )


def back(**changes: Any) -> Case:
    """Return a roll-back to what served before the present release."""
    present, old = deployed("production", release(OTHER)), deployed("production", release())
    return case(**{"way": Way.ROLL_BACK, "before": (), "good": (present, old), "history": (present, old), **changes})


def only(one: Case) -> Refusal:
    (refusal,) = judge(one)
    return refusal


def test_a_green_commit_of_the_protected_branch_that_was_healthy_before_is_deployed() -> None:
    """Nothing speaks against it."""
    assert judge(case()) == ()


@pytest.mark.case("H20")
def test_a_commit_of_no_protected_branch_is_refused() -> None:
    """Nobody had to review it."""
    refusal = only(case(facts=facts(is_on_protected_branch=False, branch="")))
    assert refusal.kind is RefusalKind.BRANCH
    assert refusal.text == (
        "aaaaaaa is on no protected branch, so nobody had to review it. Merge it, then deploy the merge."
    )


@pytest.mark.case("H20")
@pytest.mark.parametrize(
    ("standing", "failing", "passes", "said"),
    [
        (CommitStanding.RED, ("tests", "lint"), False, "Checks of aaaaaaa fail (tests, lint)."),
        (CommitStanding.RUNNING, tuple("abcdefg"), True, "Checks of aaaaaaa still run (a, b, c, d, e and 2 more)."),
        (CommitStanding.NONE, (), False, "aaaaaaa has no checks, so nothing proves it."),
    ],
)
def test_checks_that_are_not_green_are_refused(
    standing: CommitStanding, failing: tuple[str, ...], passes: bool, said: str
) -> None:
    """Those that fail, those that run, and none at all; of a pull request's head too."""
    for one in (case(), case(environment=STAGING, pull=PULL)):
        refusal = only(replace(one, facts=facts(standing, failing=failing)))
        assert (refusal.kind, refusal.passes) == (RefusalKind.CHECKS, passes)
        assert refusal.text.startswith(said)


@pytest.mark.case("H20")
def test_a_commit_that_was_reverted_or_failed_there_is_refused() -> None:
    """Reverted on its branch, or kept from the environment; what failed elsewhere, or another commit, is no matter."""
    assert only(case(facts=facts(reverted_by=OTHER))).text == (
        "aaaaaaa was taken back by bbbbbbb. Deploy a newer commit."
    )
    blocked = BlockedCommit("production", COMMIT, "it crashed.", "yantra", NOW - 60)
    refusal = only(case(blocked=(blocked,)))
    assert refusal.kind is RefusalKind.BLOCKED
    assert refusal.text == (
        "aaaaaaa is kept from production since Sat 2026-11-28 11:59 UTC: it crashed. "
        "Deploy a commit that mends it, or say `unlock production --ref aaaaaaa` to let it in again."
    )
    assert judge(case(blocked=(replace(blocked, commit=OTHER),))) == ()


@pytest.mark.case("H20")
@pytest.mark.parametrize(
    ("before", "passes", "said"),
    [
        ((), False, "aaaaaaa has not been in staging, which comes before production."),
        ((deployed("staging", release(OTHER)),), False, "aaaaaaa has not been in staging"),
        ((deployed("qa", release()),), False, "aaaaaaa has not been in staging"),
        ((deployed("staging", release(), None),), True, "aaaaaaa is on its way to staging."),
        ((deployed("staging", release(), Verdict.FAIL),), False, "aaaaaaa was not healthy in staging."),
        ((deployed("staging", release(), Verdict.INCONCLUSIVE),), False, "aaaaaaa was not healthy in staging."),
        (
            (deployed("staging", release(), Verdict.FAIL), deployed("staging", release())),
            False,
            "aaaaaaa was not healthy in staging.",
        ),
        (
            (deployed("staging", release(digest="sha256:2")),),
            False,
            "aaaaaaa was healthy in staging with another image",
        ),
    ],
)
def test_the_same_image_has_to_be_healthy_in_the_environment_before(
    before: tuple[Deployed, ...], passes: bool, said: str
) -> None:
    """Its newest deployment there counts: a failure after a success is a failure."""
    refusal = only(case(before=before))
    assert (refusal.kind, refusal.passes) == (RefusalKind.ORDER, passes)
    assert refusal.text.startswith(said)


def test_a_pull_request_goes_to_where_pull_requests_may() -> None:
    """Its head need not be on the protected branch."""
    outside = facts(is_on_protected_branch=False, branch="")
    assert judge(case(environment=STAGING, pull=PULL, facts=outside)) == ()
    refusal = only(case(pull=PULL, facts=outside))
    assert refusal.kind is RefusalKind.PULL_REQUEST
    assert "Merge #12 first; for a hot-fix, put the label `hotfix` on it" in refusal.text


@pytest.mark.case("B17")
def test_a_head_that_moved_on_is_refused() -> None:
    """What was looked at is not what would be deployed."""
    refusal = only(case(environment=STAGING, pull=replace(PULL, head=OTHER)))
    assert refusal.text == "aaaaaaa is not the head of #12 any more. Deploy its present head, bbbbbbb."


@pytest.mark.case("B16")
@pytest.mark.case("B18")
@pytest.mark.parametrize(
    ("change", "said"), [({"is_from_fork": True}, "from a fork"), ({"is_open": False}, "is closed")]
)
def test_a_fork_and_a_closed_pull_request_are_refused(change: dict[str, bool], said: str) -> None:
    """Even as a hot-fix."""
    for one in (PULL, replace(PULL, is_hotfix=True)):
        assert said in only(case(environment=STAGING, pull=replace(one, **change))).text


def test_a_hotfix_goes_to_production_with_somebodys_word() -> None:
    """Green, healthy in staging first, and with one approval at least, which nobody can leave out by configuration."""
    hotfix = case(pull=replace(PULL, is_hotfix=True), facts=facts(is_on_protected_branch=False, branch=""))
    assert judge(hotfix) == ()
    assert approvals_needed(hotfix) == 1
    assert approvals_needed(case()) == 0
    assert approvals_needed(replace(hotfix, environment=replace(PRODUCTION, approval=ApprovalRule(2)))) == 2
    assert judge(replace(hotfix, facts=facts(CommitStanding.RED))) != ()
    assert judge(replace(hotfix, before=())) != ()


def test_a_hotfix_is_known_by_its_label_or_its_branch() -> None:
    """Not by its title, which anybody may write."""
    pull = PullRequest(12, "", "hotfix!", "mend", COMMIT, "main", is_draft=False, is_open=True)
    assert PullFacts.of(pull, ()) == PULL
    assert PullFacts.of(pull, ("Hot-Fix",)).is_hotfix
    assert PullFacts.of(replace(pull, head_branch="yantra/hotfix-12-x"), ()).is_hotfix


@pytest.mark.case("B07")
@pytest.mark.case("B08")
@pytest.mark.parametrize("permission", [Permission.NONE, Permission.READ])
def test_only_people_with_write_access_deploy(permission: Permission) -> None:
    """Or roll back: read live, at the moment when it is judged."""
    for one in (case(), back()):
        assert only(replace(one, permission=permission)).kind is RefusalKind.PERMISSION


def test_a_lock_holds_everybody_up() -> None:
    """By a person also roll-backs; after a failed roll-out those are the way out."""
    refusal = only(case(locks=(replace(LOCK, commit=OTHER),)))
    assert refusal.text == (
        "production is locked by bob since Sat 2026-11-28 11:59 UTC (bbbbbbb): we look at the queue. "
        "When that is settled, say `unlock production`."
    )
    failed = replace(LOCK, cause=LockCause.ROLL_OUT, by="yantra", reason="it crashed")
    assert only(case(locks=(failed,))).text.startswith("production is locked after a roll-out that failed since")
    assert only(back(locks=(LOCK,))).kind is RefusalKind.LOCK
    assert judge(back(locks=(failed,))) == ()


@pytest.mark.parametrize("unread", [{"locks": None}, {"blocked": None}])
def test_what_could_not_be_read_counts_against_it(unread: dict[str, None]) -> None:
    """A store that is down opens no door."""
    for one in (case(**unread), back(**unread)):
        refusal = only(one)
        assert (refusal.kind, refusal.passes) == (RefusalKind.UNREADABLE, True)


def test_a_place_where_another_run_is_at_work_is_left_alone() -> None:
    """The run is named."""
    refusal = only(case(busy="run-7"))
    assert (refusal.kind, refusal.passes) == (RefusalKind.BUSY, True)
    assert "run-7" in refusal.text


def test_a_freeze_holds_deployments_up_and_no_roll_back() -> None:
    """Until when is told in the zone of the window."""
    window = FreezeWindow("Fri 16:00", "Mon 08:00", "Europe/Berlin", "weekend")
    frozen = replace(PRODUCTION, freezes=(window,))
    assert only(case(environment=frozen)).text == (
        "production is frozen (weekend) until Mon 2026-11-30 08:00 Europe/Berlin. "
        "Deploy after that; a roll-back is possible now."
    )
    assert judge(back(environment=frozen)) == ()


def test_a_case_is_the_same_after_it_was_kept() -> None:
    """It is the result of a recorded step: told again from its record, it is judged as it was."""
    one = case(
        locks=(LOCK,), pull=PULL, environment=replace(PRODUCTION, freezes=(FreezeWindow("Sat 00:00", "Sun 00:00"),))
    )
    again = decode(encode(one, Case), Case)
    assert again == one
    assert judge(again) == judge(one) != ()


def test_every_reason_is_told_at_once() -> None:
    """The weightiest first, so that nobody mends one only to hear of the next."""
    bad = case(
        permission=Permission.READ,
        locks=(LOCK,),
        busy="run-7",
        facts=facts(CommitStanding.RED, is_on_protected_branch=False, reverted_by=OTHER),
        before=(),
        blocked=(BlockedCommit("production", COMMIT, "it crashed", "yantra", NOW),),
        environment=replace(PRODUCTION, freezes=(FreezeWindow("Sat 00:00", "Sun 00:00"),)),
    )
    assert [one.kind for one in judge(bad)] == [
        *(RefusalKind.PERMISSION, RefusalKind.LOCK, RefusalKind.BUSY, RefusalKind.BLOCKED, RefusalKind.REVERTED),
        *(RefusalKind.BRANCH, RefusalKind.CHECKS, RefusalKind.ORDER, RefusalKind.FREEZE),
    ]


def test_a_roll_back_goes_to_what_was_healthy_there() -> None:
    """Whatever its checks say now and whatever was in staging; never to what failed, or to what was never there."""
    assert judge(back(facts=facts(CommitStanding.NONE, is_on_protected_branch=False))) == ()
    assert only(back(good=())).kind is RefusalKind.HISTORY
    assert only(back(release=release(digest="sha256:9"))).kind is RefusalKind.HISTORY
    assert only(back(blocked=(BlockedCommit("production", COMMIT, "bad", "ann", NOW),))).kind is RefusalKind.BLOCKED


def test_the_release_to_go_back_to_is_the_last_good_one_that_does_not_serve() -> None:
    """After a failed deployment what served before serves; where nobody knows what serves, it is the last good one."""
    new, old = deployed("production", release(OTHER)), deployed("production", release())
    failed = deployed("production", release("c" * 40), Verdict.FAIL)
    lost = deployed("production", release("d" * 40), Verdict.ERROR)
    assert rollback_target((new, old), (new, old)) == old
    assert serving((failed, new, old)) == new
    assert rollback_target((new, old), (failed, new, old)) == old
    assert serving((lost, new, old)) is serving((deployed("production", release(), None), old)) is serving(()) is None
    assert rollback_target((new, old), (lost, new, old)) == new
    assert rollback_target((new,), (new,)) is None
    assert rollback_target((new, old), (new, old), ref="AAAA") == old
    assert rollback_target((new, old), (new, old), ref="ffff") is None


def test_going_back_one_step_waits_for_nobody() -> None:
    """Further back is a deployment like others: an old version may have holes that were mended since."""
    asks = replace(PRODUCTION, approval=ApprovalRule(1))
    assert approvals_needed(back(environment=asks)) == 0
    older = release("c" * 40)
    further = back(environment=asks, release=older)
    assert approvals_needed(replace(further, good=(*further.good, deployed("production", older)))) == 1


@pytest.mark.parametrize(
    ("rule", "person", "permission", "said"),
    [
        (ApprovalRule(1), BOB, Permission.WRITE, ""),
        (ApprovalRule(1), BOB, Permission.READ, "Only people with write access"),
        (ApprovalRule(1), BOT, Permission.ADMIN, "Bots do not approve"),
        (ApprovalRule(1), ANN, Permission.ADMIN, "Who asked for a deployment does not approve it."),
        (ApprovalRule(1), replace(ANN, login="other"), Permission.ADMIN, "Who asked for a deployment"),
        (ApprovalRule(1, excludes_requester=False), ANN, Permission.WRITE, ""),
        (ApprovalRule(1, ("bob",)), BOB, Permission.WRITE, ""),
        (ApprovalRule(1, ("carl",)), BOB, Permission.ADMIN, "Only carl may approve"),
        (ApprovalRule(1, ("ann",)), ANN, Permission.ADMIN, "Who asked for a deployment"),
    ],
)
def test_whose_word_counts(rule: ApprovalRule, person: Actor, permission: Permission, said: str) -> None:
    """People with write access, named ones where the rule names some; who asked is told apart by number."""
    refused = refuse_approver(rule, person, ANN, permission)
    assert refused.startswith(said)
    assert bool(refused) == bool(said)


@pytest.mark.case("B17")
@pytest.mark.case("B08")
def test_an_approval_counts_for_exactly_what_was_seen() -> None:
    """Not for another commit, image or manifest, not twice, and not after its giver lost write access."""
    given = [Approval(BOB, pin, at) for at, pin in enumerate((PIN, replace(PIN, commit=OTHER), PIN), start=1)]
    may = {BOB.id: Permission.WRITE, ANN.id: Permission.ADMIN}
    asked = {"requester": ANN, "permissions": may}
    assert counting(given, PIN, ApprovalRule(1), **asked) == (given[0],)
    for changed in ({"digest": "sha256:2"}, {"manifests": "sha256:n"}, {"commit": "c" * 40}):
        assert counting(given, replace(PIN, **changed), ApprovalRule(1), **asked) == ()
    assert counting(given, PIN, ApprovalRule(1), requester=ANN, permissions={}) == ()
    assert counting(given, PIN, ApprovalRule(1), requester=ANN, permissions={BOB.id: Permission.READ}) == ()
