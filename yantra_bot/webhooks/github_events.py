"""GitHub's payloads, parsed: raw JSON goes in, an event of `domain.events` with only the fields in use comes out. Pure.

What a payload says is a stranger's word: names become values of a known shape, URLs are never taken over, and an event
whose body does not fit its name is ignored.
"""

import hashlib
import json
import re
from collections.abc import Callable

from yantra_bot.domain.events import (
    CheckFinished,
    CommentPosted,
    Event,
    Ignored,
    InstallationChange,
    InstallationChanged,
    IssueClosed,
    IssueLabelled,
    PullRequestChanged,
    Pushed,
    ReviewSubmitted,
)
from yantra_bot.domain.repository import Actor, Repository
from yantra_bot.domain.reverts import read_revert
from yantra_bot.webhooks import check_events
from yantra_bot.webhooks.payload import Fields, Mismatch, decode
from yantra_bot.webhooks.payload_parts import ACTION, NAME, OWNER, read_actor, read_origin

_FULL_NAME = re.compile(rf"(?:{OWNER.pattern})/(?:{NAME.pattern})", re.ASCII)
_REF = re.compile(r"refs/(?:heads|tags)/[^\x00-\x20\x7f~^:?*\[\\]+", re.ASCII)
_GHOST = Actor(id=0, login="ghost", is_bot=False)
_PULL_REQUEST_ACTIONS = frozenset({"opened", "synchronize", "reopened", "closed", "ready_for_review"})
_INSTALLATION_ACTIONS = {
    "created": InstallationChange.ADDED,
    "deleted": InstallationChange.REMOVED,
    "suspend": InstallationChange.SUSPENDED,
    "unsuspend": InstallationChange.UNSUSPENDED,
}


def parse(event_name: str, body: bytes) -> Event:
    """Return what `body`, announced as `event_name`, says; Ignored when that is of no use or does not fit the name.

    Raises UserError when the body is not a strict JSON object in UTF-8.
    """
    reader = _READERS.get(event_name)
    if reader is None:
        return Ignored("this kind of event is not used")
    payload = decode(body)
    try:
        return reader(payload)
    except Mismatch as mismatch:
        return Ignored(f"the payload does not fit its event's name: {mismatch}")


def content_key(event_name: str, event: Event, body: bytes) -> str:
    """Return 64 hexadecimal digits that are the same whenever the same thing is said again, under any delivery id."""
    match event:
        case CommentPosted():
            says = [event.origin.repository.id, event.comment_id, event.updated_at, event.body]
        case ReviewSubmitted():
            says = [event.origin.repository.id, event.review_id, event.state, event.submitted_at, event.body]
        case IssueLabelled():
            says = [event.origin.repository.id, event.issue_number, event.label, event.updated_at]
        case IssueClosed():
            says = [event.origin.repository.id, event.issue_number, event.sender.id, event.updated_at]
        case PullRequestChanged():
            says = [event.origin.repository.id, event.number, event.action, event.head_sha, event.updated_at]
        case Pushed():
            says = [event.origin.repository.id, event.ref, event.before, event.after, event.pushed_at]
        case CheckFinished():
            says = [event.origin.repository.id, event.check_id, event.head_sha, event.conclusion, event.finished_at]
        case _:
            # Acting twice on an installation's change is harmless, missing one is not: only equal bytes are the same.
            says = [hashlib.sha256(body).hexdigest()]
    return hashlib.sha256(json.dumps(["github", event_name, *says]).encode()).hexdigest()


def _comment(payload: Fields) -> Event:
    action = payload.matching("action", ACTION)
    if action != "created":
        return Ignored(f"a comment was {action}; only new comments are read")
    issue, comment = payload.object("issue"), payload.object("comment")
    return CommentPosted(
        origin=read_origin(payload),
        issue_number=issue.number("number"),
        is_pull_request=issue.has("pull_request"),
        comment_id=comment.number("id"),
        body=comment.text("body"),
        author=read_actor(comment.object("user")) if comment.has("user") else _GHOST,
        sender=read_actor(payload.object("sender")),
        updated_at=comment.word("updated_at"),
        title=_title_of(issue),
    )


def _review_comment(payload: Fields) -> Event:
    action = payload.matching("action", ACTION)
    if action != "created":
        return Ignored(f"a comment of a review was {action}; only new comments are read")
    comment = payload.object("comment")
    number = comment.number("id")
    return CommentPosted(
        origin=read_origin(payload),
        issue_number=payload.object("pull_request").number("number"),
        is_pull_request=True,
        comment_id=number,
        body=comment.text("body"),
        author=read_actor(comment.object("user")) if comment.has("user") else _GHOST,
        sender=read_actor(payload.object("sender")),
        updated_at=comment.word("updated_at"),
        thread_id=comment.number("in_reply_to_id") if comment.has("in_reply_to_id") else number,
        branch=_branch_of(payload.object("pull_request")),
        title=_title_of(payload.object("pull_request")),
    )


def _title_of(thread: Fields) -> str:
    return thread.text("title") if thread.has("title") else ""


def _branch_of(pull: Fields) -> str:
    return pull.object("head").word("ref") if pull.has("head") else ""


def _review(payload: Fields) -> Event:
    action = payload.matching("action", ACTION)
    if action != "submitted":
        return Ignored(f"a review was {action}; only new reviews are read")
    review, pull, origin = payload.object("review"), payload.object("pull_request"), read_origin(payload)
    head = pull.object("head")
    return ReviewSubmitted(
        origin=origin,
        number=pull.number("number"),
        branch=head.word("ref"),
        is_from_fork=not head.has("repo") or head.object("repo").number("id") != origin.repository.id,
        review_id=review.number("id"),
        state=review.matching("state", ACTION),
        body=review.text("body"),
        sender=read_actor(payload.object("sender")),
        submitted_at=review.word("submitted_at"),
    )


def _issue(payload: Fields) -> Event:
    action = payload.matching("action", ACTION)
    if action not in ("labeled", "closed"):
        return Ignored(f"an issue was {action}, which is not used")
    issue, origin, sender = payload.object("issue"), read_origin(payload), read_actor(payload.object("sender"))
    number, is_pull_request = issue.number("number"), issue.has("pull_request")
    if action == "closed":
        return IssueClosed(origin, number, is_pull_request, sender, issue.word("updated_at"))
    return IssueLabelled(
        origin=origin,
        issue_number=number,
        is_pull_request=is_pull_request,
        label=payload.object("label").word("name"),
        sender=sender,
        updated_at=issue.word("updated_at"),
    )


def _pull_request(payload: Fields) -> Event:
    action = payload.matching("action", ACTION)
    if action not in _PULL_REQUEST_ACTIONS:
        return Ignored(f"a pull request was {action}, which is not used")
    pull = payload.object("pull_request")
    head, origin = pull.object("head"), read_origin(payload)
    # The head's repository is null once a fork was deleted.
    is_from_fork = not head.has("repo") or head.object("repo").number("id") != origin.repository.id
    is_merged = action == "closed" and pull.flag("merged")
    return PullRequestChanged(
        origin=origin,
        number=pull.number("number"),
        action=action,
        head_sha=head.commit("sha"),
        head_branch=head.word("ref"),
        is_merged=is_merged,
        is_from_fork=is_from_fork,
        sender=read_actor(payload.object("sender")),
        updated_at=pull.word("updated_at"),
        is_draft=pull.has("draft") and pull.flag("draft"),
        merge_commit=pull.commit("merge_commit_sha") if is_merged and pull.has("merge_commit_sha") else "",
    )


def _push(payload: Fields) -> Event:
    repository, origin = payload.object("repository"), read_origin(payload)
    commits = payload.objects("commits") if payload.has("commits") else []
    said = [
        read_revert(one.commit("id"), one.text("message"), repository=origin.repository.full_name) for one in commits
    ]
    return Pushed(
        origin=origin,
        ref=payload.matching("ref", _REF),
        before=payload.commit("before"),
        after=payload.commit("after"),
        sender=read_actor(payload.object("sender")),
        pushed_at=repository.number("pushed_at"),
        default_branch=repository.word("default_branch") if repository.has("default_branch") else "",
        is_archived=repository.has("archived") and repository.flag("archived"),
        reverts=tuple(one for one in said if one is not None),
    )


def _installation(payload: Fields) -> Event:
    action = payload.matching("action", ACTION)
    change = _INSTALLATION_ACTIONS.get(action)
    if change is None:
        return Ignored(f"an installation was {action}, which is not used")
    installation = payload.object("installation")
    is_partial = change is InstallationChange.ADDED and installation.word("repository_selection") == "selected"
    repositories = _repositories(payload, "repositories") if is_partial else ()
    return InstallationChanged(installation.number("id"), change, repositories)


def _installation_repositories(payload: Fields) -> Event:
    action = payload.matching("action", ACTION)
    if action not in ("added", "removed"):
        return Ignored(f"the repositories of an installation were {action}, which is not used")
    repositories = _repositories(payload, f"repositories_{action}")
    if not repositories:
        # An empty list would read as "all of them".
        return Ignored("no repository of the installation is named")
    return InstallationChanged(payload.object("installation").number("id"), InstallationChange(action), repositories)


def _repositories(payload: Fields, name: str) -> tuple[Repository, ...]:
    found = []
    for fields in payload.objects(name):
        owner, _, short = fields.matching("full_name", _FULL_NAME).partition("/")
        found.append(Repository(id=fields.number("id"), owner=owner, name=short))
    return tuple(found)


_READERS: dict[str, Callable[[Fields], Event]] = {
    "issue_comment": _comment,
    "issues": _issue,
    "pull_request": _pull_request,
    "pull_request_review": _review,
    "pull_request_review_comment": _review_comment,
    "push": _push,
    "check_run": check_events.read_check_run,
    "check_suite": check_events.read_check_suite,
    "workflow_run": check_events.read_workflow_run,
    "status": check_events.read_status,
    "installation": _installation,
    "installation_repositories": _installation_repositories,
}
HANDLED_EVENTS = frozenset(_READERS)
"""The events to subscribe to; `app.yaml` is held against it."""
