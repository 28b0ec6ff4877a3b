"""Whose agreement counts for a deployment, and how many it takes. Pure: it is told what is true now and decides."""

from collections.abc import Mapping, Sequence

from yantra_bot.deploy.eligibility import Case, Way, rollback_target, same_release
from yantra_bot.domain.deployments import Approval, Pin
from yantra_bot.domain.environment import ApprovalRule
from yantra_bot.domain.repository import Actor, Permission


def approvals_needed(case: Case) -> int:
    """Return how many people have to agree.

    Going back to the last good release takes nobody's word, since it is in a hurry; a hot-fix that passes by the
    protected branch takes one at least.
    """
    count = case.environment.approval.count
    if case.way is Way.ROLL_BACK:
        target = rollback_target(case.good, case.history)
        return 0 if target is not None and same_release(target.release, case.release) else count
    return max(count, 1) if case.is_hotfix_outside else count


def refuse_approver(rule: ApprovalRule, person: Actor, requester: Actor, permission: Permission) -> str:
    """Return why a person's agreement does not count, one sentence; empty where it does.

    `permission` is the person's, read live. People are told apart by number; the rule names logins, as the forge does.
    """
    if person.is_bot:
        return "Bots do not approve deployments."
    if not permission.may_write:
        return "Only people with write access to the repository approve deployments."
    if rule.people and person.login.lower() not in {one.lower() for one in rule.people}:
        return f"Only {', '.join(rule.people)} may approve this deployment."
    if rule.excludes_requester and person.id == requester.id:
        return "Who asked for a deployment does not approve it. Ask somebody else."
    return ""


def counting(
    approvals: Sequence[Approval],
    pin: Pin,
    rule: ApprovalRule,
    *,
    requester: Actor,
    permissions: Mapping[int, Permission],
) -> tuple[Approval, ...]:
    """Return the approvals that count for exactly `pin`, one a person, oldest first.

    `permissions` are those of the people now, by their numbers; of whom nothing is known, nothing counts.
    """
    found: dict[int, Approval] = {}
    for one in sorted(approvals, key=lambda each: each.at):
        permission = permissions.get(one.person.id, Permission.NONE)
        if one.pin == pin and not refuse_approver(rule, one.person, requester, permission):
            found.setdefault(one.person.id, one)
    return tuple(found.values())
