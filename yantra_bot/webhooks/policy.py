"""Who may ask for what, where and how often. Pure: it is told what is true now and decides.

People are authorised by the live permission of the *sender*, never by the author of what they point at, and everybody
is told apart by number: a login can be taken over or made to look alike.
"""

import fnmatch
from collections.abc import Callable
from dataclasses import dataclass

from yantra_bot.domain.commands import NoCommand, Verb
from yantra_bot.domain.events import (
    CheckFinished,
    CommentPosted,
    Event,
    Ignored,
    InstallationChanged,
    IssueClosed,
    IssueLabelled,
    PullRequestChanged,
    Pushed,
    ReviewSubmitted,
)
from yantra_bot.domain.follow_up import OWN_BRANCHES
from yantra_bot.domain.repository import Actor, Permission, Repository
from yantra_bot.webhooks.commands import is_question, parse
from yantra_bot.webhooks.corrections import find_correction

_READS_ONLY = frozenset({Verb.STATUS, Verb.HELP, Verb.RUNS, Verb.LINK, Verb.UNLINK})
"""They start nothing and change nothing of the repository's."""
_ALWAYS_HEARD = frozenset({Verb.STOP, Verb.ABORT, Verb.ROLLBACK, Verb.LOCK})
"""They end, undo or prevent something, which may have to be done at once: no limit is in their way."""
_QUIETING = frozenset({Verb.PAUSE, Verb.IGNORE})
"""They make the bot do less, and are heard in any conversation."""
_TEACHING = frozenset({Verb.REMEMBER, Verb.FORGET})
"""They start nothing, and are heard in any conversation: what went wrong is often said when all is over."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What the operator allows."""

    bot_id: int
    """The bot's own user number on the forge; 0 when it is not known, and then every bot is taken for it."""
    handle: str = "yantra"
    label: str = "yantra"
    """The label that asks for an implementation."""
    repositories: tuple[str, ...] = ()
    """Numbers or `owner/name` with wildcards; empty means every repository of the installation."""
    allowed_bots: frozenset[int] = frozenset()
    allows_forks: bool = False
    runs_per_person_a_day: int = 50
    runs_per_repository_a_day: int = 200
    commands_per_person_a_minute: int = 10
    replies_per_thread_a_day: int = 30
    lessons_per_person_a_day: int = 100
    """What one person may teach; what is taught is shown to models for long."""
    reviews_per_repository_a_day: int = 500
    """Reviews that nobody asked for: pushes to pull requests can be many, and strangers can open them."""
    reviews: bool = True
    """Whether pull requests are reviewed without being asked."""
    app: str = ""
    """The App's own number; empty where it is not known, as at the door."""
    follows_checks: bool = True
    """Whether failing checks on the bot's own pull requests are followed up."""
    follows_reviews: bool = True
    """Whether what people say in reviews of them is."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What has happened before this request. Refused requests count too."""

    person_this_minute: int = 0
    person_today: int = 0
    repository_today: int = 0
    replies_in_thread_today: int = 0
    lessons_of_person_today: int = 0


@dataclass(frozen=True, slots=True)
class Request:
    """One command with what the forge says now, read just before."""

    verb: Verb
    repository: Repository
    sender: Actor
    permission: Permission
    is_open: bool = True
    is_locked: bool = False
    is_from_fork: bool = False
    """The thread is a pull request whose branch lives in another repository."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """Go on."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Do nothing. `reason` is one sentence for a person; it is written into the thread only where `say` is true."""

    reason: str
    say: bool


Decision = Allowed | Refused
WorkedOn = Callable[[int, int], bool]
"""Tells something of an issue or a pull request, by the repository's and by its own number."""


def _no(_repository_id: int, _issue_number: int) -> bool:
    return False


def decide(request: Request, rules: Rules, counts: Counts) -> Decision:
    """Return whether a command may go on now. Ask again right before each write: permissions change."""
    if refusal := _judge_sender(request, rules) or _judge_thread(request, rules):
        has_replies_left = counts.replies_in_thread_today < rules.replies_per_thread_a_day
        return Refused(refusal.reason, say=refusal.say and has_replies_left)
    if request.verb in _ALWAYS_HEARD:
        return Allowed()
    return _judge_replies(rules, counts) or _judge_rate(request, rules, counts) or Allowed()


def screen(event: Event, rules: Rules, is_worked_on: WorkedOn = _no, has_worked_on: WorkedOn = _no) -> Ignored | None:
    """Return why a door need not store an event, None when it has to; a first look, before anything is asked live.

    A door does not know the bot's own number: `decide`, which does, has the last word on listed bots. `is_worked_on`
    tells whether a run works on an issue: it hears what is said to nobody, too. `has_worked_on` tells whether one works
    or has worked there, or on the issue of that pull request: corrections are heard then.
    """
    match event:
        case Ignored():
            return event
        case InstallationChanged():
            return None
        case _ if not is_allowed_repository(event.origin.repository, rules.repositories):
            return Ignored("the repository is not on the operator's list")
        case CommentPosted():
            return _screen_comment(event, rules, is_worked_on, has_worked_on)
        case ReviewSubmitted() if not (event.may_ask and rules.follows_reviews and _may_enter(event.sender, rules)):
            return Ignored("a review that asks for nothing of the bot")
        case IssueLabelled() | IssueClosed() if why := _why_of_no_use(event, rules):
            return Ignored(why)
        case PullRequestChanged(is_over=False, is_asked=False) if not rules.reviews:
            return Ignored("the operator has pull requests reviewed on command only")
        case CheckFinished() if why := _why_no_follow_up(event, rules):
            return Ignored(why)
        case Pushed(is_to_default_branch=False) | Pushed(is_archived=True):
            return Ignored("a push that changes no default branch, or one of an archived repository")
    return None


def _why_of_no_use(event: IssueLabelled | IssueClosed, rules: Rules) -> str:
    """Say why nothing is to be done about what happened to an issue; empty: something may have to be."""
    if isinstance(event, IssueClosed):
        return "a bot closed an issue" if event.sender.is_bot else ""
    is_order = event.label == rules.label and _may_enter(event.sender, rules)
    return "" if is_order else "another label, or a bot put it there"


def _may_be_meant(event: CommentPosted) -> bool:
    """Whose thread it is nobody knows here: a question or a correction in one may be for the bot."""
    is_reply = event.thread_id not in (0, event.comment_id)
    return is_reply and (is_question(event.body) or find_correction(event.body) is not None)


def _may_correct(event: CommentPosted, has_worked_on: WorkedOn) -> bool:
    """Tell whether it corrects something where the bot has worked; the cheaper question comes first."""
    if find_correction(event.body) is None:
        return False
    return event.is_review_of_own or has_worked_on(event.origin.repository.id, event.issue_number)


def is_allowed_repository(repository: Repository, allowed: tuple[str, ...]) -> bool:
    """Say whether a repository is on the operator's list. A wildcard never reaches over the slash."""
    return not allowed or any(_fits(repository, entry) for entry in allowed)


def _fits(repository: Repository, entry: str) -> bool:
    if entry.isascii() and entry.isdigit():
        return repository.id == int(entry)
    owner, slash, name = entry.lower().partition("/")
    return (
        bool(slash)
        and fnmatch.fnmatchcase(repository.owner.lower(), owner)
        and fnmatch.fnmatchcase(repository.name.lower(), name)
    )


def _screen_comment(
    event: CommentPosted, rules: Rules, is_worked_on: WorkedOn, has_worked_on: WorkedOn
) -> Ignored | None:
    if not _may_enter(event.sender, rules):
        return Ignored("a bot wrote it")
    is_for_the_bot = not isinstance(parse(event.body, handle=rules.handle), NoCommand)
    is_reviewing = rules.follows_reviews and event.is_review_of_own
    is_steering = not event.is_pull_request and is_worked_on(event.origin.repository.id, event.issue_number)
    if is_for_the_bot or is_reviewing or is_steering or _may_be_meant(event) or _may_correct(event, has_worked_on):
        return None
    return Ignored("the comment does not address the bot")


def _why_no_follow_up(event: CheckFinished, rules: Rules) -> str:
    """Return why the end of a check is nothing to follow up, empty where it may be."""
    if not event.has_failed:
        return "a check that did not fail"
    if event.branches and not any(branch.startswith(OWN_BRANCHES) for branch in event.branches):
        return "a check of a branch that is not the bot's own"
    if rules.app and event.app == rules.app:
        return "the bot's own check"
    return "" if rules.follows_checks else "the operator wants no failing checks followed up"


def _may_enter(sender: Actor, rules: Rules) -> bool:
    is_itself = bool(rules.bot_id) and sender.id == rules.bot_id
    return not is_itself and (not sender.is_bot or sender.id in rules.allowed_bots)


def _may_speak(sender: Actor, rules: Rules) -> bool:
    """Say whether a sender is a person, or a bot that the operator named by its number and that is not this one."""
    return _may_enter(sender, rules) and (not sender.is_bot or bool(rules.bot_id))


def _judge_sender(request: Request, rules: Rules) -> Refused | None:
    if not _may_speak(request.sender, rules):
        return Refused("Commands of bots are not taken, nor my own words.", say=False)
    if not is_allowed_repository(request.repository, rules.repositories):
        return Refused("This repository is not on the operator's list.", say=False)
    if not request.permission.may_write:
        return Refused("Only people with write access to this repository may give me commands.", say=True)
    return None


def _judge_thread(request: Request, rules: Rules) -> Refused | None:
    if request.verb in _READS_ONLY | _ALWAYS_HEARD | _QUIETING | _TEACHING:
        return None
    if request.is_from_fork and not rules.allows_forks:
        return Refused("This pull request comes from a fork, and I do not run other people's branches here.", say=True)
    if request.is_locked:
        return Refused("This conversation is locked, so I leave it alone.", say=True)
    if not request.is_open:
        return Refused("This is closed. Open it again, then repeat the command.", say=True)
    return None


def _judge_replies(rules: Rules, counts: Counts) -> Refused | None:
    limit = rules.replies_per_thread_a_day
    if counts.replies_in_thread_today < limit:
        return None
    return Refused(
        f"I have answered {limit} times here in a day and stop now, in case this is a loop. `stop`, "
        "`abort`, `rollback` and `lock` still work.",
        say=counts.replies_in_thread_today == limit,
    )


def _judge_rate(request: Request, rules: Rules, counts: Counts) -> Refused | None:
    """Refuse over a limit, with one notice: to the first request over it."""
    limits = [(counts.person_this_minute, rules.commands_per_person_a_minute, "commands a minute for one person")]
    if request.verb is Verb.REMEMBER:
        limits.append((counts.lessons_of_person_today, rules.lessons_per_person_a_day, "lessons a day from one person"))
    if request.verb not in _READS_ONLY | _QUIETING | _TEACHING:
        limits += [
            (counts.person_today, rules.runs_per_person_a_day, "runs a day for one person"),
            (counts.repository_today, rules.runs_per_repository_a_day, "runs a day for this repository"),
        ]
    for count, limit, what in limits:
        if count >= limit:
            return Refused(f"The limit of {limit} {what} is reached; try again later.", say=count == limit)
    return None
