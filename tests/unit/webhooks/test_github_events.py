"""GitHub's payloads become events, and what does not fit is ignored without an exception."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.door import comment_payload
from yantra_bot import artefacts
from yantra_bot.domain.events import (
    CheckFinished,
    CommentPosted,
    Ignored,
    InstallationChange,
    InstallationChanged,
    IssueClosed,
    IssueLabelled,
    PullRequestChanged,
    Pushed,
)
from yantra_bot.domain.repository import Actor, Repository
from yantra_bot.domain.reverts import Revert
from yantra_bot.errors import UserError
from yantra_bot.webhooks.github_events import HANDLED_EVENTS, content_key, parse

SHA = "a" * 40
EXAMPLES = "webhook-examples"
INSTALLED = {"installation": {"id": 99}}
COMMON = {key: comment_payload()[key] for key in ("repository", "installation", "sender")}


def read(event, payload):
    return parse(event, json.dumps(payload).encode())


def key_of(event, payload):
    body = json.dumps(payload).encode()
    return content_key(event, parse(event, body), body)


def pull_request(action="opened", *, repo_id=42, sha=SHA, at="2026-01-01T00:00:00Z", merged=False):
    head = {"sha": sha, "ref": "topic", "repo": None if repo_id is None else {"id": repo_id}}
    return {**COMMON, "action": action, "pull_request": {"number": 8, "head": head, "merged": merged, "updated_at": at}}


def test_a_push_says_what_its_commits_take_back():
    """By their messages; a push of a deleted branch, or one without a list, says nothing."""
    said = [
        {"id": "b" * 40, "message": f"Revert\n\nThis reverts commit {SHA}."},
        {"id": "c" * 40, "message": "other"},
        {"id": "d" * 40, "message": "Reverts acme/widget#8"},
    ]
    pushed = {**COMMON, "ref": "refs/heads/main", "before": SHA, "after": "d" * 40}
    pushed["repository"] = {**COMMON["repository"], "pushed_at": 1, "default_branch": "main"}
    event = read("push", {**pushed, "commits": said})
    assert event.reverts == (Revert("b" * 40, (SHA,)), Revert("d" * 40, pulls=(8,)))
    assert read("push", pushed).reverts == ()
    assert isinstance(read("push", {**pushed, "commits": [{"id": "no commit", "message": ""}]}), Ignored)


def test_of_a_merged_pull_request_its_commit_is_read():
    """Of one that was closed, and of one whose commit is not told, none is."""
    merged = pull_request("closed", merged=True)
    merged["pull_request"]["merge_commit_sha"] = "e" * 40
    assert read("pull_request", merged).merge_commit == "e" * 40
    merged["pull_request"]["merged"] = False
    assert read("pull_request", merged).merge_commit == ""
    assert read("pull_request", pull_request("closed", merged=True)).merge_commit == ""


def test_a_new_comment():
    """A comment is read with who wrote it, who sent it and which wording it has."""
    event = read("issue_comment", comment_payload("@yantra fix"))
    assert isinstance(event, CommentPosted)
    assert event.origin.repository == Repository(42, "acme", "widget")
    assert (event.origin.installation_id, event.issue_number, event.comment_id) == (99, 7, 501)
    assert (event.body, event.is_pull_request) == ("@yantra fix", False)
    assert event.sender == Actor(11, "ada", is_bot=False)


def test_a_comment_on_a_pull_request_by_a_deleted_person():
    """A thread with a `pull_request` is one; a comment whose author is gone is the ghost's."""
    comment = {**comment_payload()["comment"], "user": None}
    event = read("issue_comment", comment_payload(issue={"number": 7, "pull_request": {"url": "x"}}, comment=comment))
    assert isinstance(event, CommentPosted)
    assert event.is_pull_request
    assert event.author.login == "ghost"


def test_bots_are_seen_by_type_or_by_name():
    """A sender is a bot when GitHub says so, or when the login ends like an App's."""
    for user in ({"id": 1, "login": "x[bot]", "type": "User"}, {"id": 1, "login": "x", "type": "Bot"}):
        event = read("issue_comment", comment_payload(sender=user))
        assert isinstance(event, CommentPosted)
        assert event.sender.is_bot


def test_a_label_on_an_issue():
    """The label's name is read as it is."""
    payload = {**COMMON, "action": "labeled", "issue": {"number": 3, "updated_at": "t"}, "label": {"name": "yantra"}}
    event = read("issues", payload)
    assert isinstance(event, IssueLabelled)
    assert (event.issue_number, event.label) == (3, "yantra")


def test_an_issue_that_is_closed():
    """Closing it again is news, hearing of it twice is none."""
    payload = {**COMMON, "action": "closed", "issue": {"number": 3, "updated_at": "t"}}
    event = read("issues", payload)
    assert isinstance(event, IssueClosed)
    assert (event.issue_number, event.is_pull_request, event.updated_at) == (3, False, "t")
    again = {**payload, "issue": {"number": 3, "updated_at": "later"}}
    assert key_of("issues", payload) == key_of("issues", {**payload, "more": 1}) != key_of("issues", again)


@pytest.mark.parametrize(("repo_id", "is_fork"), [(42, False), (43, True), (None, True)])
def test_a_pull_request_and_where_its_branch_lives(repo_id, is_fork):
    """A branch of another repository, or of one that is gone, is a fork's."""
    event = read("pull_request", pull_request(repo_id=repo_id))
    assert isinstance(event, PullRequestChanged)
    assert (event.head_sha, event.head_branch, event.is_from_fork) == (SHA, "topic", is_fork)


def review_comment(action="created", **comment):
    told = {"id": 9, "body": "@yantra ignore", "user": {"id": 11, "login": "ada", "type": "User"}, "updated_at": "t"}
    return {**COMMON, "action": action, "comment": {**told, **comment}, "pull_request": {"number": 8}}


def test_a_comment_in_a_reviews_thread():
    """It belongs to its pull request, and to the thread that it answers in, or begins."""
    event = read("pull_request_review_comment", review_comment(in_reply_to_id=5))
    assert isinstance(event, CommentPosted)
    assert (event.issue_number, event.comment_id, event.thread_id, event.is_pull_request) == (8, 9, 5, True)
    first = read("pull_request_review_comment", review_comment(user=None))
    assert isinstance(first, CommentPosted)
    assert (first.thread_id, first.author.login) == (9, "ghost")
    assert isinstance(read("pull_request_review_comment", review_comment("edited")), Ignored)


def test_a_check_that_is_to_run_again_is_its_pull_requests():
    """Each run of a check can be asked for again; one of a fork names no pull request and is ignored."""
    pull = {"number": 8, "head": {"ref": "topic"}}
    check = {"id": 3, "head_sha": SHA, "completed_at": "2026-01-01T00:00:00Z", "pull_requests": [pull]}
    payload = {**COMMON, "action": "rerequested", "check_run": check}
    event = read("check_run", payload)
    assert isinstance(event, PullRequestChanged)
    assert (event.number, event.is_asked, event.is_over) == (8, True, False)
    again = {**payload, "check_run": {**check, "id": 4}}
    assert key_of("check_run", payload) != key_of("check_run", again)
    assert isinstance(read("check_run", {**payload, "check_run": {**check, "pull_requests": []}}), Ignored)


def test_a_draft_says_so():
    """And one that says nothing of it is none."""
    event = read("pull_request", {**pull_request(), "pull_request": {**pull_request()["pull_request"], "draft": True}})
    assert isinstance(event, PullRequestChanged)
    assert event.is_draft
    assert not read("pull_request", pull_request()).is_draft


def test_a_merged_pull_request():
    """Merged is closed with a flag."""
    event = read("pull_request", pull_request("closed", merged=True))
    assert isinstance(event, PullRequestChanged)
    assert event.is_merged


def test_a_push():
    """A push is read with both ends."""
    repository = {**COMMON["repository"], "pushed_at": 1700000000}
    payload = {**COMMON, "repository": repository, "ref": "refs/heads/a/b", "before": "0" * 40, "after": SHA}
    event = read("push", payload)
    assert isinstance(event, Pushed)
    assert (event.ref, event.before, event.after) == ("refs/heads/a/b", "0" * 40, SHA)
    assert (event.default_branch, event.is_archived, event.is_to_default_branch) == ("", False, False)


@pytest.mark.parametrize(
    ("ref", "after", "expected"),
    [
        ("refs/heads/main", SHA, True),
        ("refs/heads/main", "0" * 40, False),
        ("refs/heads/main", "0" * 64, False),
        ("refs/heads/main2", SHA, False),
        ("refs/heads/heads/main", SHA, False),
        ("refs/tags/main", SHA, False),
    ],
)
def test_a_push_to_the_default_branch(ref, after, expected):
    """A new head of that branch is one; another branch, a tag of its name and its deletion are none."""
    repository = {**COMMON["repository"], "pushed_at": 1700000000, "default_branch": "main", "archived": True}
    event = read("push", {**COMMON, "repository": repository, "ref": ref, "before": "0" * 40, "after": after})
    assert (event.is_to_default_branch, event.default_branch, event.is_archived) == (expected, "main", True)


@pytest.mark.parametrize("wrong", [{"default_branch": 7}, {"default_branch": ""}, {"archived": "no"}])
def test_a_push_that_tells_nonsense_is_ignored(wrong):
    """A signed payload of another shape is of no use."""
    repository = {**COMMON["repository"], "pushed_at": 1700000000, **wrong}
    payload = {**COMMON, "repository": repository, "ref": "refs/heads/main", "before": SHA, "after": SHA}
    assert isinstance(read("push", payload), Ignored)


@pytest.mark.parametrize(
    ("event_name", "check"),
    [
        ("check_run", {"id": 5, "name": "tests", "completed_at": "t"}),
        ("check_suite", {"id": 5, "app": {"name": "tests"}, "updated_at": "t"}),
    ],
)
def test_a_finished_check(event_name, check):
    """A run and a suite are read alike."""
    payload = {**COMMON, "action": "completed", event_name: {**check, "head_sha": SHA, "conclusion": "failure"}}
    event = read(event_name, payload)
    assert isinstance(event, CheckFinished)
    assert (event.name, event.head_sha, event.conclusion, event.check_id) == ("tests", SHA, "failure", 5)


def test_installations():
    """Installing for some repositories names them; for all, and removing, names none, which means every one."""
    some = {"action": "created", "installation": {"id": 99, "repository_selection": "selected"}}
    some["repositories"] = [{"id": 42, "full_name": "acme/widget"}]
    expected = InstallationChanged(99, InstallationChange.ADDED, (Repository(42, "acme", "widget"),))
    assert read("installation", some) == expected
    everything = {**some, "installation": {"id": 99, "repository_selection": "all"}}
    assert read("installation", everything) == InstallationChanged(99, InstallationChange.ADDED, ())
    assert read("installation", {**some, "action": "deleted"}) == InstallationChanged(
        99, InstallationChange.REMOVED, ()
    )
    removed = {"action": "removed", "installation": {"id": 99}, "repositories_removed": some["repositories"]}
    assert read("installation_repositories", removed) == InstallationChanged(
        99, InstallationChange.REMOVED, (Repository(42, "acme", "widget"),)
    )


def test_removing_no_repository_is_not_removing_all():
    """An empty list of repositories never becomes the word for every repository."""
    removed = {"action": "removed", "installation": {"id": 99}, "repositories_removed": []}
    assert isinstance(read("installation_repositories", removed), Ignored)


@pytest.mark.parametrize(
    ("event_name", "payload"),
    [
        ("star", {}),
        ("", {}),
        ("issue_comment", comment_payload(action="edited")),
        ("issues", {**COMMON, "action": "opened"}),
        ("pull_request", pull_request("assigned")),
        ("check_run", {**COMMON, "action": "created", "check_run": {}}),
        ("installation", {"action": "new_permissions_accepted", **INSTALLED}),
        ("installation_repositories", {"action": "renamed", **INSTALLED}),
    ],
)
def test_what_is_of_no_use_is_ignored_with_a_reason(event_name, payload):
    """Other events and other actions are acknowledged, not handled."""
    event = read(event_name, payload)
    assert isinstance(event, Ignored)
    assert event.reason


@pytest.mark.parametrize(
    "changes",
    [
        {"installation": None},
        {"repository": {"id": 42, "name": "..", "owner": {"login": "acme"}}},
        {"repository": {"id": 42, "name": "widget", "owner": {"login": "acme/../evil"}}},
        {"repository": {"id": True, "name": "widget", "owner": {"login": "acme"}}},
        {"repository": {"id": 2**70, "name": "widget", "owner": {"login": "acme"}}},
        {"repository": {"id": -1, "name": "widget", "owner": {"login": "acme"}}},
        {"repository": {"id": "42", "name": "widget", "owner": {"login": "acme"}}},
        {"issue": []},
        {"sender": {"id": 1, "login": "", "type": "User"}},
        {"action": "Created; drop"},
        {"comment": {"id": 1, "body": 5, "user": None, "updated_at": "t"}},
    ],
)
def test_a_payload_of_another_shape_is_ignored(changes):
    """Names that are no names, numbers that are none and missing parts never become values."""
    assert isinstance(read("issue_comment", comment_payload(**changes)), Ignored)


def test_a_commit_id_has_to_be_one():
    """A head that is not 40 or 64 hexadecimal digits, such as an option for git, is no head."""
    assert isinstance(read("pull_request", pull_request(sha="--upload-pack=x")), Ignored)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"null", b"42", b"\xff{}", b"\xef\xbb\xbf{}"])
def test_what_is_no_json_object_is_refused(body):
    """A body that is no JSON object in UTF-8 is a user's error, not an ignored event."""
    with pytest.raises(UserError):
        parse("issue_comment", body)


def test_the_same_words_have_the_same_key_in_any_bytes():
    """A delivery that is rendered anew, as the deliveries API does, is still the same comment."""
    body = json.dumps(comment_payload()).encode()
    other = json.dumps(comment_payload(), indent=2, sort_keys=True).encode()
    keys = {content_key("issue_comment", parse("issue_comment", one), one) for one in (body, other)}
    assert len(keys) == 1


def test_another_wording_or_moment_has_another_key():
    """Closing twice, pushing back and forth, running a check again, editing a comment: none is the other."""
    comment = comment_payload()["comment"]
    keys = [
        key_of("issue_comment", comment_payload()),
        key_of("issue_comment", comment_payload(comment={**comment, "id": 502})),
        key_of("issue_comment", comment_payload(comment={**comment, "updated_at": "2026-02-02T00:00:00Z"})),
        key_of("pull_request", pull_request("closed")),
        key_of("pull_request", pull_request("reopened")),
        key_of("pull_request", pull_request("closed", at="2026-02-02T00:00:00Z")),
        key_of("installation", {"action": "deleted", "installation": {"id": 1}}),
        key_of("installation", {"action": "deleted", "installation": {"id": 1}, "again": True}),
    ]
    assert len(set(keys)) == len(keys)


def test_every_example_of_github_is_parsed():
    """All 329 payloads that GitHub's own tooling knows are read without an exception, and ours as what they are."""
    if not artefacts.available(EXAMPLES):
        pytest.skip(f"THE ARTEFACT {EXAMPLES} IS MISSING: GitHub's own payloads were not tried. Cure: make setup")
    groups = json.loads((artefacts.path(EXAMPLES) / "index.json").read_text())
    seen, used = 0, set()
    for group in groups:
        for example in group["examples"]:
            seen += 1
            body = json.dumps({**INSTALLED, **example}).encode()
            event = parse(group["name"], body)
            assert len(content_key(group["name"], event, body)) == 64
            if isinstance(event, Ignored):
                assert "does not fit" not in event.reason, (group["name"], event.reason)
            else:
                used.add(group["name"])
    assert seen == 329
    assert used == HANDLED_EVENTS


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from(sorted(HANDLED_EVENTS)), st.data())
def test_no_payload_raises(event_name, data):
    """Whatever stands in a field of a known event, the answer is an event or Ignored."""
    payload = {**comment_payload(), **pull_request(), "check_run": {}, "label": {"name": "x"}, "ref": "refs/heads/x"}
    for name in data.draw(st.lists(st.sampled_from(sorted(payload)), max_size=3)):
        payload[name] = data.draw(json_values)
    event = read(event_name, payload)
    assert len(content_key(event_name, event, b"")) == 64
