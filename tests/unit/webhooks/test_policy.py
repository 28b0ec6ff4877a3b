"""Who may ask for what, where and how often."""

from dataclasses import replace

import pytest

from yantra_bot.domain.commands import Verb
from yantra_bot.domain.events import (
    CommentPosted,
    Ignored,
    InstallationChange,
    InstallationChanged,
    IssueClosed,
    IssueLabelled,
    Origin,
    PullRequestChanged,
    Pushed,
)
from yantra_bot.domain.repository import Actor, Permission, Repository
from yantra_bot.webhooks.policy import Allowed, Counts, Refused, Request, Rules, decide, is_allowed_repository, screen

WIDGET = Repository(42, "acme", "widget")
ADA = Actor(11, "ada", is_bot=False)
HELPER_BOT = Actor(77, "helper[bot]", is_bot=True)
RULES = Rules(bot_id=1000)
ASK = Request(Verb.IMPLEMENT, WIDGET, ADA, Permission.WRITE)
COMMENT = CommentPosted(Origin(99, WIDGET), 7, False, 501, "@yantra fix", ADA, ADA, "2026-01-01T00:00:00Z")


def test_people_who_can_write_may_ask():
    """Write and admin permission are enough; the counts of a quiet day are in nobody's way."""
    assert decide(ASK, RULES, Counts()) == Allowed()
    assert decide(replace(ASK, permission=Permission.ADMIN), RULES, Counts()) == Allowed()


@pytest.mark.parametrize("permission", [Permission.NONE, Permission.READ])
@pytest.mark.parametrize("verb", [Verb.IMPLEMENT, Verb.STOP, Verb.STATUS, Verb.HELP])
def test_people_who_cannot_write_may_ask_nothing(permission, verb):
    """Reading is not enough for any command, stopping included, and they are told once politely."""
    decision = decide(replace(ASK, permission=permission, verb=verb), RULES, Counts())
    assert isinstance(decision, Refused)
    assert decision.say


def test_a_bot_is_heard_only_when_its_number_is_on_the_list():
    """Bots are refused in silence; the operator lets one in by number, never by name."""
    request = replace(ASK, sender=HELPER_BOT)
    assert decide(request, RULES, Counts()) == Refused("Commands of bots are not taken, nor my own words.", say=False)
    assert decide(request, replace(RULES, allowed_bots=frozenset({77})), Counts()) == Allowed()


def test_while_the_own_number_is_unknown_no_bot_is_heard():
    """A bot on the list may be this one as long as this one does not know its number."""
    decision = decide(replace(ASK, sender=HELPER_BOT), Rules(bot_id=0, allowed_bots=frozenset({77})), Counts())
    assert isinstance(decision, Refused)
    assert decide(ASK, Rules(bot_id=0), Counts()) == Allowed()


@pytest.mark.parametrize(
    ("allowed", "is_allowed"),
    [
        ((), True),
        (("42",), True),
        (("43",), False),
        (("acme/widget",), True),
        (("ACME/Widget",), True),
        (("acme/*",), True),
        (("*/widget",), True),
        (("acme",), False),
        (("*",), False),
        (("acm*/other",), False),
        (("acme-evil/*", "other/*"), False),
    ],
)
def test_the_list_of_repositories(allowed, is_allowed):
    """Numbers and patterns, in any case of letters; a wildcard stays on its side of the slash."""
    assert is_allowed_repository(WIDGET, allowed) is is_allowed
    decision = decide(ASK, replace(RULES, repositories=allowed), Counts())
    assert (decision == Allowed()) is is_allowed


@pytest.mark.parametrize(
    ("change", "word"),
    [({"is_from_fork": True}, "fork"), ({"is_open": False}, "closed"), ({"is_locked": True}, "locked")],
)
def test_threads_that_are_left_alone(change, word):
    """Forks, closed and locked threads get no work; asking about a run and stopping one still work there."""
    decision = decide(replace(ASK, **change), RULES, Counts())
    assert isinstance(decision, Refused)
    assert word in decision.reason
    for verb in (Verb.STATUS, Verb.STOP, Verb.HELP):
        assert decide(replace(ASK, verb=verb, **change), RULES, Counts()) == Allowed()


def test_forks_can_be_let_in():
    """The operator may allow pull requests of forks."""
    assert decide(replace(ASK, is_from_fork=True), replace(RULES, allows_forks=True), Counts()) == Allowed()


@pytest.mark.parametrize("name", ["person_this_minute", "person_today", "repository_today"])
def test_a_limit_is_announced_once(name):
    """The first request over a limit is told so, the next ones are refused in silence."""
    limit = {"person_this_minute": 10, "person_today": 50, "repository_today": 200}[name]
    assert decide(ASK, RULES, Counts(**{name: limit - 1})) == Allowed()
    first = decide(ASK, RULES, Counts(**{name: limit}))
    later = decide(ASK, RULES, Counts(**{name: limit + 1}))
    assert isinstance(first, Refused)
    assert isinstance(later, Refused)
    assert (first.say, later.say) == (True, False)


@pytest.mark.parametrize("verb", [Verb.STOP, Verb.ABORT, Verb.ROLLBACK, Verb.LOCK])
def test_what_cannot_wait_is_heard_over_every_limit(verb):
    """Neither a limit nor the budget of replies nor a merged thread keeps a person from ending or undoing something."""
    counts = Counts(person_this_minute=99, person_today=999, repository_today=999, replies_in_thread_today=999)
    request = replace(ASK, verb=verb, is_open=False, is_locked=True)
    assert decide(request, RULES, counts) == Allowed()
    assert isinstance(decide(replace(request, permission=Permission.READ), RULES, counts), Refused)
    for other in (Verb.DEPLOY, Verb.UNLOCK, Verb.PROMOTE):
        assert isinstance(decide(replace(ASK, verb=other), RULES, counts), Refused)


def test_asking_how_it_stands_is_no_run():
    """Runs of a day limit runs; status is still answered."""
    assert decide(replace(ASK, verb=Verb.STATUS), RULES, Counts(person_today=50, repository_today=200)) == Allowed()


def test_the_door_keeps_what_addresses_the_bot():
    """A comment with the handle, a problem in it included, the label, and installations are stored."""
    assert screen(COMMENT, RULES) is None
    assert screen(replace(COMMENT, body="@yantra implment"), RULES) is None
    assert screen(IssueLabelled(COMMENT.origin, 7, False, "yantra", ADA, "t"), RULES) is None
    assert screen(IssueClosed(COMMENT.origin, 7, False, ADA, "t"), RULES) is None
    assert screen(InstallationChanged(99, InstallationChange.REMOVED, ()), RULES) is None


def test_a_listed_bot_passes_a_door_that_does_not_know_the_bot_itself():
    """The door's first look lets listed bots in by number, and no other; the decision comes later."""
    comment = replace(COMMENT, sender=HELPER_BOT)
    assert screen(comment, Rules(bot_id=0, allowed_bots=frozenset({77}))) is None
    assert isinstance(screen(comment, Rules(bot_id=0, allowed_bots=frozenset({78}))), Ignored)


@pytest.mark.parametrize(
    "event",
    [
        Ignored("of no use"),
        replace(COMMENT, body="no command"),
        replace(COMMENT, sender=HELPER_BOT),
        replace(COMMENT, sender=Actor(1000, "anything", is_bot=False)),
        IssueLabelled(COMMENT.origin, 7, False, "bug", ADA, "t"),
        IssueLabelled(COMMENT.origin, 7, False, "yantra", HELPER_BOT, "t"),
        IssueClosed(COMMENT.origin, 7, False, HELPER_BOT, "t"),
        replace(COMMENT, origin=Origin(99, Repository(43, "other", "thing"))),
    ],
)
def test_the_door_drops_the_rest(event):
    """Comments for others, bots, other labels and other repositories are not even stored."""
    assert isinstance(screen(event, replace(RULES, repositories=("acme/*",))), Ignored)


def test_only_pushes_to_a_default_branch_come_in():
    """They make its graph fresh; those to others, tags, deletions, archived and foreign repositories are dropped."""
    push = Pushed(Origin(99, WIDGET), "refs/heads/main", "0" * 40, "1" * 40, HELPER_BOT, default_branch="main")
    assert screen(push, RULES) is None
    for other in (
        replace(push, ref="refs/heads/other"),
        replace(push, ref="refs/tags/main"),
        replace(push, after="0" * 40),
        replace(push, default_branch=""),
        replace(push, is_archived=True),
    ):
        assert isinstance(screen(other, RULES), Ignored)
    assert isinstance(screen(push, replace(RULES, repositories=("other/*",))), Ignored)


PULL = PullRequestChanged(Origin(99, WIDGET), 8, "opened", "a" * 40, "topic", False, False, HELPER_BOT)


def test_pull_requests_are_let_in_whoever_opened_them():
    """Bots' too; where the operator wants reviews on command only, all but their closing is dropped."""
    assert screen(PULL, RULES) is None
    on_command = replace(RULES, reviews=False)
    assert isinstance(screen(PULL, on_command), Ignored)
    assert screen(replace(PULL, action="closed"), on_command) is None
    assert isinstance(screen(PULL, replace(RULES, repositories=("acme/other",))), Ignored)


@pytest.mark.parametrize("verb", [Verb.PAUSE, Verb.IGNORE])
def test_words_that_ask_for_less_are_heard_everywhere(verb):
    """In a locked or closed conversation and over the day's limit of runs; of people who may write alone."""
    request = replace(ASK, verb=verb, is_open=False, is_locked=True)
    counts = Counts(person_today=RULES.runs_per_person_a_day, repository_today=RULES.runs_per_repository_a_day)
    assert decide(request, RULES, counts) == Allowed()
    assert isinstance(decide(replace(request, permission=Permission.READ), RULES, counts), Refused)
    assert isinstance(decide(replace(request, verb=Verb.REVIEW), RULES, counts), Refused)


@pytest.mark.parametrize("verb", [Verb.REMEMBER, Verb.FORGET])
def test_who_may_write_teaches_in_any_conversation(verb):
    """What went wrong is often said when all is over; of runs it is none, but a person teaches only so much a day."""
    for change in ({"is_open": False}, {"is_locked": True}, {"is_from_fork": True}):
        assert decide(replace(ASK, verb=verb, **change), RULES, Counts(person_today=10_000)) == Allowed()
    assert isinstance(decide(replace(ASK, verb=verb, permission=Permission.READ), RULES, Counts()), Refused)
    full = decide(replace(ASK, verb=verb), RULES, Counts(lessons_of_person_today=100))
    assert (full == Allowed()) is (verb is Verb.FORGET)
    if isinstance(full, Refused):
        assert "limit of 100 lessons a day" in full.reason


USE = "Don't use requests, use httpx."


@pytest.mark.parametrize(
    ("said", "is_let_in"),
    [
        (replace(COMMENT, body=USE), True),
        (replace(COMMENT, body=USE, is_pull_request=True), True),
        (replace(COMMENT, body="Looks good to me."), False),
        (replace(COMMENT, body=USE, issue_number=8), False),
        (replace(COMMENT, body=USE, issue_number=8, thread_id=400), True),
        (replace(COMMENT, body=USE, issue_number=8, thread_id=COMMENT.comment_id), False),
        (replace(COMMENT, body=USE, sender=HELPER_BOT), False),
    ],
)
def test_corrections_are_let_in_where_the_bot_has_worked_or_may_have_remarked(said, is_let_in):
    """On what it worked on, and in threads, whose remark the door does not know."""
    found = screen(said, RULES, has_worked_on=lambda repository_id, number: (repository_id, number) == (42, 7))
    assert isinstance(found, Ignored) is not is_let_in


def test_a_correction_in_a_review_of_an_own_branch_is_let_in_where_nobody_follows_reviews_up():
    """It is heard for the memory alone then."""
    rules = replace(RULES, follows_reviews=False)
    said = replace(COMMENT, body=USE, is_pull_request=True, thread_id=COMMENT.comment_id, branch="yantra/issue-7")
    assert screen(said, rules) is None
    assert isinstance(screen(replace(said, branch="topic"), rules), Ignored)
