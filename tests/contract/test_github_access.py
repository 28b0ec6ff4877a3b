"""The test GitHub: who may do what."""

import time
from functools import partial

import jwt
import pytest

from tests.fakes.github import FakeGitHub, start
from tests.fakes.github.client import app_jwt, ask
from tests.fakes.github.fake import make_key

WRITES = {"contents": "write", "issues": "write", "pull_requests": "write", "checks": "write", "metadata": "read"}


async def test_a_token_is_for_one_repository_with_few_permissions(github: FakeGitHub) -> None:
    """A token reaches the repositories and permissions asked for, names them, and lives an hour."""
    one, two = github.add_repository("octo/one"), github.add_repository("octo/two")
    installation = github.install("octo")
    path = f"/app/installations/{installation.id}/access_tokens"
    asked = {"repository_ids": [one.id], "permissions": {"issues": "write"}}
    minted = await ask(github, "POST", path, auth="app", body=asked)
    assert minted.status == 201
    assert minted.json["permissions"] == {"metadata": "read", "issues": "write"}
    assert [each["full_name"] for each in minted.json["repositories"]] == ["octo/one"]
    token = minted.json["token"]
    assert token.startswith("ghs_")
    reach = partial(ask, github, "GET", auth=token)
    assert (await reach("/repos/octo/one/issues")).status == 200
    assert (await reach("/repos/octo/two")).status == 404
    assert (await reach(f"/repositories/{one.id}")).json["full_name"] == "octo/one"
    assert (await reach(f"/repositories/{two.id}")).status == 404
    assert (await reach("/repositories/1")).status == 404
    assert (await reach("/repos/octo/one/git/ref/heads/main")).status == 403
    assert (await reach("/installation/repositories")).json["total_count"] == 1
    assert github.calls[-1].token_repositories == ("octo/one",)
    assert github.calls[-1].token_permissions == {"metadata": "read", "issues": "write"}
    assert (await ask(github, "DELETE", "/installation/token", auth=token)).status == 204
    assert (await reach("/repos/octo/one")).status == 401


@pytest.mark.parametrize(
    "body",
    [
        {"repository_ids": [1]},
        {"repositories": ["nope"]},
        {"permissions": {"administration": "write"}},
        {"repository_ids": []},
    ],
)
async def test_a_token_never_reaches_further_than_the_installation(github: FakeGitHub, body: dict[str, object]) -> None:
    """Asking for more than was granted is 422, not less than asked."""
    github.add_repository("octo/one")
    installation = github.install("octo")
    reply = await ask(github, "POST", f"/app/installations/{installation.id}/access_tokens", auth="app", body=body)
    assert reply.status == 422


async def test_an_installation_can_go_away(github: FakeGitHub) -> None:
    """Suspended: no new token, and the old ones stop. Deleted: not found."""
    repository = github.add_repository("octo/one")
    installation = github.install("octo", repositories=[repository])
    token = github.token_for(repository).value
    path = f"/app/installations/{installation.id}/access_tokens"
    await github.announce_installation(installation, "suspend")
    assert (await ask(github, "POST", path, auth="app")).status == 403
    assert (await ask(github, "GET", "/repos/octo/one", auth=token)).status == 403
    await github.announce_installation(installation, "deleted")
    assert (await ask(github, "POST", path, auth="app")).status == 404
    assert (await ask(github, "GET", "/repos/octo/one", auth=token)).status == 401
    assert (await ask(github, "GET", "/repos/octo/one/installation", auth="app")).status == 404
    assert [one.payload["action"] for one in github.deliveries] == ["suspend", "deleted"]


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": int(time.time()) - 1},
        {"exp": int(time.time()) + 3600},
        {"iat": int(time.time()) + 3600},
        {"iss": "1"},
        {"exp": None},
        {"iat": None},
    ],
)
async def test_a_wrong_json_web_token_is_refused(github: FakeGitHub, claims: dict[str, object]) -> None:
    """Expired, too long, from the future, of another app, or incomplete: 401."""
    assert (await ask(github, "GET", "/app", auth=app_jwt(github, **claims))).status == 401


async def test_only_the_apps_key_signs(github: FakeGitHub) -> None:
    """Another key and a shared secret are refused; the client id is an issuer too."""
    assert (await ask(github, "GET", "/app", auth=app_jwt(github, key=make_key()))).status == 401
    shared = jwt.encode({"iss": str(github.app.id), "iat": 1, "exp": 2}, "x" * 32, "HS256")
    assert (await ask(github, "GET", "/app", auth=shared)).status == 401
    reply = await ask(github, "GET", "/app", auth=app_jwt(github, iss=github.app.client_id))
    assert reply.json["slug"] == "yantra"


async def test_the_app_itself_reaches_no_repository_and_a_token_is_not_the_app(github: FakeGitHub) -> None:
    """Each kind of credential opens its own doors only."""
    repository = github.add_repository("octo/one")
    installation = github.install("octo")
    assert (await ask(github, "GET", "/repos/octo/one", auth="app")).status == 401
    token = github.token_for(repository).value
    assert (await ask(github, "GET", "/app", auth=token)).status == 401
    assert (await ask(github, "GET", "/app/hook/deliveries", auth=token)).status == 401
    assert (await ask(github, "GET", "/installation/repositories", auth="app")).status == 403
    assert (await ask(github, "GET", f"/app/installations/{installation.id}", auth="app")).json["id"] == installation.id
    assert len((await ask(github, "GET", "/app/installations", auth="app")).json) == 1
    assert (await ask(github, "GET", "/repos/octo/one/installation", auth="app")).json["id"] == installation.id


async def test_tokens_expire(github: FakeGitHub) -> None:
    """An expired or made-up token is 401, whichever way it is sent."""
    repository = github.add_repository("octo/one")
    github.install("octo")
    old = github.token_for(repository, lifetime=-1).value
    for auth in (old, "ghs_nope"):
        assert (await ask(github, "GET", "/repos/octo/one", auth=auth)).json["message"] == "Bad credentials"
    for header in ("Basic !", "Digest x", "Basic eDp5"):
        assert (await ask(github, "GET", "/app", headers={"Authorization": header})).status == 401


async def test_strangers_see_public_repositories_only(github: FakeGitHub) -> None:
    """Without a token, and with one for another repository, private is not found and public is read-only."""
    github.add_repository("octo/private")
    public = github.add_repository("octo/public", is_private=False)
    own = github.add_repository("octo/own")
    github.install("octo", repositories=[own])
    issue = github.add_issue(public, title="x")
    token = github.token_for(own).value
    comment = f"/repos/octo/public/issues/{issue.number}/comments"
    for auth, refusal in ((None, 401), (token, 403)):
        assert (await ask(github, "GET", "/repos/octo/private", auth=auth)).status == 404
        assert (await ask(github, "GET", "/repos/octo/public", auth=auth)).status == 200
        assert (await ask(github, "POST", comment, auth=auth, body={"body": "x"})).status == refusal


async def test_people_have_tokens_too(github: FakeGitHub) -> None:
    """A person's token may what that person may."""
    repository = github.add_repository("octo/one", files={"a": "a"})
    issue = github.add_issue(repository, title="x")
    github.permit(repository, "reader", "read")
    github.permit(repository, "nobody", "none")
    reader, nobody = github.user_token("reader").value, github.user_token("nobody").value
    assert (await ask(github, "GET", "/repos/octo/one", auth=nobody)).status == 404
    assert (await ask(github, "GET", "/repos/octo/one", auth=reader)).json["permissions"]["push"] is False
    path = f"/repos/octo/one/issues/{issue.number}/comments"
    reply = await ask(github, "POST", path, auth=reader, body={"body": "hello"})
    assert reply.json["user"]["login"] == "reader"
    pull = {"title": "x", "head": "main", "base": "main"}
    assert (await ask(github, "POST", "/repos/octo/one/pulls", auth=reader, body=pull)).status == 403


async def test_an_archived_repository_is_read_only(github: FakeGitHub) -> None:
    """Writes to an archived repository are 403."""
    repository = github.add_repository("octo/one")
    github.install("octo")
    issue = github.add_issue(repository, title="x")
    repository.is_archived = True
    token = github.token_for(repository).value
    path = f"/repos/octo/one/issues/{issue.number}/comments"
    assert (await ask(github, "POST", path, auth=token, body={"body": "x"})).status == 403
    assert (await ask(github, "GET", path, auth=token)).status == 200


async def test_a_renamed_repository_redirects_by_its_number(github: FakeGitHub) -> None:
    """The old name answers 301 with the address by number; the new name works."""
    repository = github.add_repository("octo/old")
    github.install("octo")
    token = github.token_for(repository).value
    github.rename(repository, "octo/new")
    moved = await ask(github, "GET", "/repos/octo/old", auth=token)
    assert (moved.status, moved.headers["location"]) == (301, f"{github.api_url}/repositories/{repository.id}")
    assert (await ask(github, "GET", "/repos/octo/new", auth=token)).status == 200


async def test_permissions_are_told_live(github: FakeGitHub) -> None:
    """The permission of a person is what it is now, coarse and by role."""
    repository = github.add_repository("octo/one")
    github.install("octo")
    token, path = github.token_for(repository).value, "/repos/octo/one/collaborators/ann/permission"
    assert (await ask(github, "GET", path, auth=token)).json["message"] == "ann is not a user"
    for word, coarse in (("maintain", "write"), ("triage", "read"), ("none", "none"), ("admin", "admin")):
        github.permit(repository, "ann", word)
        reply = await ask(github, "GET", path, auth=token)
        assert (reply.json["permission"], reply.json["role_name"]) == (coarse, word)
    assert repository.permission_of("octo") == "admin"


async def test_the_hours_requests_are_counted(github: FakeGitHub) -> None:
    """Headers count down for each credential on its own; used up is 403; a 304 costs nothing."""
    repository = github.add_repository("octo/one")
    github.install("octo")
    github.world.rate_limit = 3
    token = github.token_for(repository).value
    first = await ask(github, "GET", "/repos/octo/one", auth=token)
    assert first.headers["x-ratelimit-remaining"] == "2"
    again = await ask(github, "GET", "/repos/octo/one", auth=token, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status, again.body, again.headers["x-ratelimit-remaining"]) == (304, b"", "2")
    assert (await ask(github, "GET", "/rate_limit", auth=token)).json["rate"]["used"] == 2
    await ask(github, "GET", "/repos/octo/one", auth=token)
    refused = await ask(github, "GET", "/repos/octo/one", auth=token)
    assert (refused.status, refused.headers["x-ratelimit-remaining"]) == (403, "0")
    assert int(refused.headers["x-ratelimit-reset"]) > time.time()
    assert (await ask(github, "GET", "/app", auth="app")).status == 200


async def test_tokens_have_two_forms(github: FakeGitHub) -> None:
    """A token of the newer, longer form opens the same doors; every answer has a request id of its own."""
    github.state.long_tokens = True
    repository = github.add_repository("octo/one")
    github.install("octo")
    token = github.token_for(repository).value
    assert len(token) > 500
    replies = [await ask(github, "GET", "/repos/octo/one", auth=token) for _ in range(2)]
    assert [one.status for one in replies] == [200, 200]
    assert len({one.headers["x-github-request-id"] for one in replies}) == 2


async def test_every_request_must_say_who_sends_it(github: FakeGitHub) -> None:
    """Without a User-Agent GitHub answers nothing."""
    assert (await ask(github, "GET", "/app", auth="app", headers={"User-Agent": ""})).status == 403


async def test_the_api_is_also_where_github_enterprise_has_it(github: FakeGitHub) -> None:
    """The same operations answer below /api/v3."""
    assert (await ask(github, "GET", "/app", auth="app", base=github.enterprise_url)).status == 200


async def test_its_clock_can_be_set() -> None:
    """Times and expiries follow the clock that was passed in."""
    at = 2_000_000_000.0
    fake = await start(now=lambda: at)
    fake.add_repository("octo/one")
    installation = fake.install("octo")
    auth = app_jwt(fake, iat=int(at) - 60, exp=int(at) + 540)
    reply = await ask(fake, "POST", f"/app/installations/{installation.id}/access_tokens", auth=auth)
    assert reply.json["expires_at"] == "2033-05-18T04:33:20Z"
    assert reply.json["repository_selection"] == "all"
    await fake.close()
