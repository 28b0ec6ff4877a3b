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
    IssueLabelled,
    Origin,
    PullRequestChanged,
    Pushed,
)
from yantra_bot.domain.repository import Actor, Repository
from yantra_bot.webhooks.payload import Fields, Mismatch, decode

_OWNER = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,99})", re.ASCII)
_NAME = re.compile(r"(?!\.\.?$)[A-Za-z0-9._-]{1,100}", re.ASCII)
_FULL_NAME = re.compile(rf"(?:{_OWNER.pattern})/(?:{_NAME.pattern})", re.ASCII)
_ACTION = re.compile(r"[a-z_]{1,64}", re.ASCII)
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
        case IssueLabelled():
            says = [event.origin.repository.id, event.issue_number, event.label, event.updated_at]
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
    action = payload.matching("action", _ACTION)
    if action != "created":
        return Ignored(f"a comment was {action}; only new comments are read")
    issue, comment = payload.object("issue"), payload.object("comment")
    return CommentPosted(
        origin=_origin(payload),
        issue_number=issue.number("number"),
        is_pull_request=issue.has("pull_request"),
        comment_id=comment.number("id"),
        body=comment.text("body"),
        author=_actor(comment.object("user")) if comment.has("user") else _GHOST,
        sender=_actor(payload.object("sender")),
        updated_at=comment.word("updated_at"),
    )


def _review_comment(payload: Fields) -> Event:
    action = payload.matching("action", _ACTION)
    if action != "created":
        return Ignored(f"a comment of a review was {action}; only new comments are read")
    comment = payload.object("comment")
    number = comment.number("id")
    return CommentPosted(
        origin=_origin(payload),
        issue_number=payload.object("pull_request").number("number"),
        is_pull_request=True,
        comment_id=number,
        body=comment.text("body"),
        author=_actor(comment.object("user")) if comment.has("user") else _GHOST,
        sender=_actor(payload.object("sender")),
        updated_at=comment.word("updated_at"),
        thread_id=comment.number("in_reply_to_id") if comment.has("in_reply_to_id") else number,
    )


def _issue(payload: Fields) -> Event:
    action = payload.matching("action", _ACTION)
    if action != "labeled":
        return Ignored(f"an issue was {action}; only labels are read")
    issue = payload.object("issue")
    return IssueLabelled(
        origin=_origin(payload),
        issue_number=issue.number("number"),
        is_pull_request=issue.has("pull_request"),
        label=payload.object("label").word("name"),
        sender=_actor(payload.object("sender")),
        updated_at=issue.word("updated_at"),
    )


def _pull_request(payload: Fields) -> Event:
    action = payload.matching("action", _ACTION)
    if action not in _PULL_REQUEST_ACTIONS:
        return Ignored(f"a pull request was {action}, which is not used")
    pull = payload.object("pull_request")
    head, origin = pull.object("head"), _origin(payload)
    # The head's repository is null once a fork was deleted.
    is_from_fork = not head.has("repo") or head.object("repo").number("id") != origin.repository.id
    return PullRequestChanged(
        origin=origin,
        number=pull.number("number"),
        action=action,
        head_sha=head.commit("sha"),
        head_branch=head.word("ref"),
        is_merged=action == "closed" and pull.flag("merged"),
        is_from_fork=is_from_fork,
        sender=_actor(payload.object("sender")),
        updated_at=pull.word("updated_at"),
        is_draft=pull.has("draft") and pull.flag("draft"),
    )


def _push(payload: Fields) -> Event:
    repository = payload.object("repository")
    return Pushed(
        origin=_origin(payload),
        ref=payload.matching("ref", _REF),
        before=payload.commit("before"),
        after=payload.commit("after"),
        sender=_actor(payload.object("sender")),
        pushed_at=repository.number("pushed_at"),
        default_branch=repository.word("default_branch") if repository.has("default_branch") else "",
        is_archived=repository.has("archived") and repository.flag("archived"),
    )


def _check_run(payload: Fields) -> Event:
    return _check(payload, payload.object("check_run"), is_suite=False)


def _check_suite(payload: Fields) -> Event:
    return _check(payload, payload.object("check_suite"), is_suite=True)


def _check(payload: Fields, check: Fields, *, is_suite: bool) -> Event:
    action = payload.matching("action", _ACTION)
    if action == "rerequested":
        return _check_again(payload, check)
    if action != "completed":
        return Ignored(f"a check was {action}; only its end is read")
    return CheckFinished(
        origin=_origin(payload),
        head_sha=check.commit("head_sha"),
        name=check.object("app").word("name") if is_suite else check.word("name"),
        conclusion=check.matching("conclusion", _ACTION),
        check_id=check.number("id"),
        finished_at=check.word("updated_at" if is_suite else "completed_at"),
    )


def _check_again(payload: Fields, check: Fields) -> Event:
    pulls = check.objects("pull_requests")
    at = next((check.word(name) for name in ("completed_at", "updated_at") if check.has(name)), "")
    if not pulls:
        return Ignored("a check is to run again that names no pull request, as those of forks do not")
    return PullRequestChanged(
        origin=_origin(payload),
        number=pulls[0].number("number"),
        action="rerequested",
        head_sha=check.commit("head_sha"),
        head_branch=pulls[0].object("head").word("ref"),
        is_merged=False,
        is_from_fork=False,
        sender=_actor(payload.object("sender")),
        updated_at=f"{check.number('id')}:{at}",  # each run of a check can be asked for again once
    )


def _installation(payload: Fields) -> Event:
    action = payload.matching("action", _ACTION)
    change = _INSTALLATION_ACTIONS.get(action)
    if change is None:
        return Ignored(f"an installation was {action}, which is not used")
    installation = payload.object("installation")
    is_partial = change is InstallationChange.ADDED and installation.word("repository_selection") == "selected"
    repositories = _repositories(payload, "repositories") if is_partial else ()
    return InstallationChanged(installation.number("id"), change, repositories)


def _installation_repositories(payload: Fields) -> Event:
    action = payload.matching("action", _ACTION)
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


def _origin(payload: Fields) -> Origin:
    repository = payload.object("repository")
    return Origin(
        installation_id=payload.object("installation").number("id"),
        repository=Repository(
            id=repository.number("id"),
            owner=repository.object("owner").matching("login", _OWNER),
            name=repository.matching("name", _NAME),
        ),
    )


def _actor(user: Fields) -> Actor:
    login = user.word("login")
    return Actor(id=user.number("id"), login=login, is_bot=user.word("type") == "Bot" or login.endswith("[bot]"))


_READERS: dict[str, Callable[[Fields], Event]] = {
    "issue_comment": _comment,
    "issues": _issue,
    "pull_request": _pull_request,
    "pull_request_review_comment": _review_comment,
    "push": _push,
    "check_run": _check_run,
    "check_suite": _check_suite,
    "installation": _installation,
    "installation_repositories": _installation_repositories,
}
HANDLED_EVENTS = frozenset(_READERS)
"""The events to subscribe to; `app.yaml` is held against it."""
