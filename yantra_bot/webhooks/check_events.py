"""Payloads that tell of checks: runs, suites, workflows and states of commits, each read into the same event. Pure."""

from yantra_bot.domain.events import CheckFinished, Event, Ignored, PullRequestChanged
from yantra_bot.webhooks.payload import Fields
from yantra_bot.webhooks.payload_parts import ACTION, read_actor, read_origin


def read_check_run(payload: Fields) -> Event:
    """Read `check_run`: its end, or that it is to run again."""
    return _check(payload, payload.object("check_run"), is_suite=False)


def read_check_suite(payload: Fields) -> Event:
    """Read `check_suite`, as a run."""
    return _check(payload, payload.object("check_suite"), is_suite=True)


def _check(payload: Fields, check: Fields, *, is_suite: bool) -> Event:
    action = payload.matching("action", ACTION)
    if action == "rerequested":
        return _check_again(payload, check)
    if action != "completed":
        return Ignored(f"a check was {action}; only its end is read")
    suite = check if is_suite or not check.has("check_suite") else check.object("check_suite")
    return CheckFinished(
        origin=read_origin(payload),
        head_sha=check.commit("head_sha"),
        name=check.object("app").word("name") if is_suite else check.word("name"),
        conclusion=check.matching("conclusion", ACTION),
        check_id=check.number("id"),
        finished_at=check.word("updated_at" if is_suite else "completed_at"),
        branches=(suite.word("head_branch"),) if suite.has("head_branch") else (),
        app=_app_of(check),
    )


def _app_of(check: Fields) -> str:
    """Return the number of the App that reports a check, empty where none is told."""
    app = check.object("app") if check.has("app") else None
    return str(app.number("id")) if app is not None and app.has("id") else ""


def read_workflow_run(payload: Fields) -> Event:
    """Read `workflow_run`: its end."""
    action = payload.matching("action", ACTION)
    if action != "completed":
        return Ignored(f"a workflow was {action}; only its end is read")
    run = payload.object("workflow_run")
    if not run.has("conclusion"):
        return Ignored("a workflow ended without saying how")
    return CheckFinished(
        origin=read_origin(payload),
        head_sha=run.commit("head_sha"),
        name=(run.text("name")[:200] if run.has("name") else "") or "a workflow",
        conclusion=run.matching("conclusion", ACTION),
        check_id=run.number("id"),
        finished_at=run.word("updated_at"),
        branches=(run.word("head_branch"),) if run.has("head_branch") else (),
    )


def read_status(payload: Fields) -> Event:
    """Read `status`, of a commit in one context: it has no other event but its state."""
    return CheckFinished(
        origin=read_origin(payload),
        head_sha=payload.commit("sha"),
        name=payload.word("context"),
        conclusion=payload.matching("state", ACTION),
        check_id=payload.number("id"),
        finished_at=payload.word("updated_at"),
        branches=tuple(branch.word("name") for branch in payload.objects("branches")),
    )


def _check_again(payload: Fields, check: Fields) -> Event:
    pulls = check.objects("pull_requests")
    at = next((check.word(name) for name in ("completed_at", "updated_at") if check.has(name)), "")
    if not pulls:
        return Ignored("a check is to run again that names no pull request, as those of forks do not")
    return PullRequestChanged(
        origin=read_origin(payload),
        number=pulls[0].number("number"),
        action="rerequested",
        head_sha=check.commit("head_sha"),
        head_branch=pulls[0].object("head").word("ref"),
        is_merged=False,
        is_from_fork=False,
        sender=read_actor(payload.object("sender")),
        updated_at=f"{check.number('id')}:{at}",  # each run of a check can be asked for again once
    )
