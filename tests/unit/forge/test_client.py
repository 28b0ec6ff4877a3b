"""The one door to GitHub's API: its addresses, redirects, pages, cache and patience."""

import json
from collections.abc import Mapping

import pytest
from pydantic import SecretStr

from tests.fakes.forge_bench import Bench, VirtualClock
from yantra_bot.errors import Permanent, SettingsError, Transient
from yantra_bot.forge.answers import EffectUnknown, Refused, Response
from yantra_bot.forge.app_auth import PlainToken
from yantra_bot.forge.client import ATTEMPTS, CACHED_ANSWERS, CACHED_BYTES, MAX_PAGES, Client, read_base_url
from yantra_bot.forge.pause import Pause

BASE = "https://api.example.com"
JSON = {"content-type": "application/json"}


class Script:
    """A transport that answers from a list, the last answer again and again, and keeps what was sent."""

    def __init__(self, *answers: Response | Exception) -> None:
        self.answers = list(answers)
        self.sent: list[tuple[str, str, Mapping[str, str]]] = []
        self.bodies: list[bytes] = []

    async def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Response:
        self.sent.append((method, url, headers))
        self.bodies.append(body)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def answer(status: int = 200, body: bytes = b"{}", **headers: str) -> Response:
    return Response(status, {**JSON, **{name.replace("_", "-"): value for name, value in headers.items()}}, body)


def open_client(script: Script, *, base_url: str = BASE, repository_id: int = 7) -> tuple[Client, VirtualClock]:
    clock = VirtualClock(1_700_000_000.0)
    token = PlainToken(SecretStr("ghp_secret"))
    client = Client(
        script, token, clock, base_url=base_url, repository_id=repository_id, pause=Pause(), jitter=lambda: 0.5
    )
    return client, clock


async def write(client: Client, *, repeatable: bool = False) -> object:
    return await client.write("POST", "/x", {}, {"a": 1}, what="A thing", repeatable=repeatable)


async def test_names_are_encoded_into_the_address() -> None:
    """A name with a slash, a hash or a question mark stays one name."""
    script = Script(answer())
    client, _ = open_client(script, base_url="https://ghe.example.com/api/v3/")
    await client.get("/repos/{owner}/x{/path*}{?q}", {"owner": "a/../b", "path": ["c#", "é"], "q": "1&2"}, what="X")
    assert script.sent[0][1] == "https://ghe.example.com/api/v3/repos/a%2F..%2Fb/x/c%23/%C3%A9?q=1%262"


async def test_requests_say_who_asks_and_in_which_version() -> None:
    """GitHub wants a user agent and a version; the token goes into one header only."""
    script = Script(answer())
    client, _ = open_client(script)
    await write(client)
    headers = script.sent[0][2]
    assert headers["authorization"] == "token ghp_secret"
    assert headers["user-agent"] == "yantra_bot"
    assert headers["x-github-api-version"] == "2022-11-28"


@pytest.mark.parametrize(
    "location",
    [
        "https://evil.example.com/x",
        "http://api.example.com/x",
        "https://api.example.com:444/x",
        "//evil.example.com/x",
        "https://api.example.com@evil.example.com/",
        "https://api.example.com/repositories/8",
        "https://api.example.com/repositories/8/issues/1",
        "https://api.example.com/a/../../x",
    ],
)
async def test_a_redirect_elsewhere_is_not_followed(location: str) -> None:
    """The token goes to the configured host alone, and to no other repository."""
    script = Script(answer(301, location=location))
    client, _ = open_client(script)
    with pytest.raises(Refused):
        await client.get("/x", {}, what="X")
    assert len(script.sent) == 1


async def test_a_redirect_beside_the_base_is_not_followed() -> None:
    """On an Enterprise host only what is below /api/v3 is the API."""
    script = Script(answer(302, location="/login"))
    client, _ = open_client(script, base_url="https://ghe.example.com/api/v3")
    with pytest.raises(Refused):
        await client.get("/x", {}, what="X")


@pytest.mark.case("K14")
@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_renamed_repository_is_followed_by_its_number(status: int) -> None:
    """GitHub redirects to the repository's number, with the same method."""
    script = Script(answer(status, location="https://api.example.com/repositories/7/x"), answer(body=b"[1]"))
    client, _ = open_client(script)
    assert await write(client) == [1]
    assert [sent[:2] for sent in script.sent][1] == ("POST", "https://api.example.com/repositories/7/x")


async def test_redirects_in_a_circle_end() -> None:
    """Four requests are enough to know."""
    script = Script(answer(301, location="/y"))
    client, _ = open_client(script)
    with pytest.raises(Refused, match="circle"):
        await client.get("/x", {}, what="X")
    assert len(script.sent) == 4


async def test_pages_are_read_to_the_end_and_only_below_the_base() -> None:
    """A `next` that points elsewhere is refused, since it would be sent the token."""
    page = answer(body=b"[1]", link='<https://api.example.com/x?page=2>; rel="next"')
    client, _ = open_client(Script(page, answer(body=b"[2]")))
    assert await client.get_all("/x", {}, what="X") == [1, 2]
    client, _ = open_client(Script(answer(body=b"[1]", link='<https://evil.example.com/x>; rel="next"')))
    with pytest.raises(Refused):
        await client.get_all("/x", {}, what="X")


async def test_pages_without_end_are_refused() -> None:
    """A server that always has one more page does not hold a run for ever."""
    script = Script(answer(body=b"[1]", link='<https://api.example.com/x>; rel="next"'))
    client, _ = open_client(script)
    with pytest.raises(Permanent, match="pages"):
        await client.get_all("/x", {}, what="X")
    assert len(script.sent) == MAX_PAGES


@pytest.mark.parametrize(("body", "key"), [(b"{}", None), (b'{"runs": 3}', "runs"), (b"3", "runs"), (b"{}", "runs")])
async def test_a_page_that_is_no_list_is_named(body: bytes, key: str | None) -> None:
    """Another server's answer is not taken for an empty list."""
    client, _ = open_client(Script(answer(body=body)))
    with pytest.raises(Permanent, match="no list"):
        await client.get_all("/x", {}, what="X", key=key)


async def test_an_unchanged_answer_is_taken_from_the_cache() -> None:
    """A 304 costs no request of the hour's limit and gives the same data and next page."""
    script = Script(answer(body=b"[1]", etag='"a"'), answer(304, b"", etag='"a"'), answer(body=b"[2]", etag='"b"'))
    client, _ = open_client(script)
    read = [await client.get("/x", {}, what="X") for _ in range(3)]
    assert read == [[1], [1], [2]]
    assert "if-none-match" not in script.sent[0][2]
    assert script.sent[1][2]["if-none-match"] == '"a"'


async def test_the_cache_is_bounded() -> None:
    """The oldest answers make room."""
    script = Script(answer(etag='"a"'))
    client, _ = open_client(script)
    for number in range(CACHED_ANSWERS + 1):
        await client.get("/x/{number}", {"number": number}, what="X")
    await client.get("/x/0", {}, what="X")
    assert "if-none-match" not in script.sent[-1][2]


async def test_large_answers_are_not_kept_together() -> None:
    """Of many large answers the newest are kept, of one that is larger than all may be none."""
    half = b'["' + b"x" * (CACHED_BYTES // 2) + b'"]'
    script = Script(answer(body=half, etag='"a"'))
    client, _ = open_client(script)
    for number in (0, 1, 0):
        await client.get("/x/{number}", {"number": number}, what="X")
    assert "if-none-match" not in script.sent[-1][2]
    await client.get("/x/0", {}, what="X")
    assert script.sent[-1][2]["if-none-match"] == '"a"'
    whole = Script(answer(body=half + b" " * CACHED_BYTES, etag='"a"'))
    client, _ = open_client(whole)
    for _ in range(2):
        await client.get("/x", {}, what="X")
    assert "if-none-match" not in whole.sent[-1][2]


async def test_no_page_is_read_beyond_what_is_wanted() -> None:
    """The rest of the last page is dropped."""
    more = [f'<{BASE}/x?page={number}>; rel="next"' for number in (2, 3)]
    pages = [answer(body=body, link=link) for body, link in zip((b"[1,2]", b"[3,4]"), more, strict=True)]
    script = Script(*pages, answer(body=b"[5]"))
    client, _ = open_client(script)
    assert await client.get_some("/x", {}, what="X", limit=3) == [1, 2, 3]
    assert len(script.sent) == 2
    assert await client.get_some("/x", {}, what="X", limit=9) == [5]


async def test_a_304_that_nobody_asked_for_is_no_answer() -> None:
    """Without a kept answer there is nothing that could be unchanged."""
    client, _ = open_client(Script(answer(304, b"")))
    with pytest.raises(Refused):
        await client.get("/x", {}, what="X")


@pytest.mark.parametrize("failure", [EffectUnknown("cut"), Transient("refused"), answer(500), answer(503)])
async def test_reading_is_tried_again_with_growing_pauses(failure: Response | Exception) -> None:
    """Three more tries, then the run is parked."""
    script = Script(failure)
    client, clock = open_client(script)
    with pytest.raises(Transient):
        await client.get("/x", {}, what="X")
    assert len(script.sent) == ATTEMPTS
    assert clock.slept == [0.5, 1.0, 2.0]


async def test_a_servers_retry_after_is_honoured() -> None:
    """GitHub knows better than we do how long it will be away."""
    client, clock = open_client(Script(answer(503, retry_after="7"), answer(502, retry_after="soon"), answer()))
    await client.get("/x", {}, what="X")
    assert clock.slept == [7.0, 1.0]


@pytest.mark.parametrize("failure", [EffectUnknown("cut"), answer(500), answer(200, b"{")])
async def test_a_write_that_may_have_happened_is_not_sent_again(failure: Response | Exception) -> None:
    """Who wrote has to look first."""
    script = Script(failure)
    client, _ = open_client(script)
    with pytest.raises(EffectUnknown):
        await write(client)
    assert len(script.sent) == 1


async def test_a_write_that_never_left_is_sent_again() -> None:
    """When the host could not even be reached nothing happened."""
    script = Script(Transient("no route"), answer(body=b"[1]"))
    client, _ = open_client(script)
    assert await write(client) == [1]


async def test_a_repeatable_write_is_sent_again() -> None:
    """Setting a text twice sets it once."""
    script = Script(answer(502), answer(body=b"[1]"))
    client, _ = open_client(script)
    assert await write(client, repeatable=True) == [1]


async def test_limits_without_end_park_the_run() -> None:
    """After some waits the run is told how long is left instead of holding its place."""
    script = Script(answer(429, b"{}", retry_after="80"))
    client, clock = open_client(script)
    with pytest.raises(Transient) as caught:
        await client.get("/x", {}, what="X")
    assert caught.value.retry_after == 80.0
    assert clock.slept == [80.0, 80.0, 80.0]


async def test_every_answer_being_a_short_limit_ends_as_transient() -> None:
    """A limit that is over but comes back every time is not asked about for ever."""
    script = Script(answer(429, b"{}", retry_after="0"))
    client, _ = open_client(script)
    with pytest.raises(Transient):
        await client.get("/x", {}, what="X")
    assert len(script.sent) == ATTEMPTS


@pytest.mark.parametrize(
    "url",
    [
        "",
        "api.github.com",
        "http://api.github.com",
        "ftp://x",
        "https://",
        "http://127.0.0.1.evil.example",
        "https://[",
    ],
)
def test_a_base_that_is_not_https_stops_start_up(url: str) -> None:
    """A token is never sent in the clear, except to this machine."""
    with pytest.raises(SettingsError, match="github_url"):
        read_base_url(url)


@pytest.mark.parametrize("url", ["https://me:pass@x", "https://x?y=1", "https://x#y"])
def test_a_base_with_more_than_a_path_stops_start_up(url: str) -> None:
    """Credentials do not belong there, and are not shown in the message."""
    with pytest.raises(SettingsError, match="github_url") as caught:
        read_base_url(url)
    assert "pass" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["https://api.github.com", "https://ghe/api/v3/", "http://127.0.0.1:1", "http://[::1]:2"]
)
def test_github_enterprise_and_this_machine_are_bases(url: str) -> None:
    """The base keeps its path."""
    assert str(read_base_url(url)) == url.rstrip("/") + "/"


async def test_an_enterprise_base_works_end_to_end(bench: Bench) -> None:
    """The same calls below /api/v3 do the same."""
    github = bench.open_github(bench.claims, base_url=bench.fake.enterprise_url)
    facts = await github(bench.repository, bench.installation.id).facts()
    assert facts.repository == bench.repository


SECRET = "ghp_16C7e42F292c6912E7710c838347Ae178B4a"


@pytest.mark.case("E03")
async def test_no_text_is_sent_with_a_secret_in_it() -> None:
    """Titles, bodies, annotations, wherever they stand; other values and what is packed go as they are."""
    script = Script(answer())
    client, _ = open_client(script)
    data = {
        "title": f"Use {SECRET}", "output": {"annotations": [{"message": SECRET, "start_line": 3}]}, "draft": False,
        "sarif": SECRET, "head": "yantra/7-x",
    }  # fmt: skip
    await client.write("POST", "/x", {}, data, what="A thing", repeatable=False)
    assert json.loads(script.bodies[0]) == {
        "title": "Use [redacted]", "output": {"annotations": [{"message": "[redacted]", "start_line": 3}]},
        "draft": False, "sarif": SECRET, "head": "yantra/7-x",
    }  # fmt: skip


@pytest.mark.case("E03")
@pytest.mark.parametrize("field", ["head", "base", "ref"])
async def test_a_branch_whose_name_is_a_secret_is_refused_before_anything_is_sent(field: str) -> None:
    """With a part replaced it would be another branch."""
    script = Script(answer())
    client, _ = open_client(script)
    with pytest.raises(Permanent, match="A thing: the name of a branch looks like a secret") as caught:
        await client.write("POST", "/x", {}, {field: f"fix/{SECRET}"}, what="A thing", repeatable=True)
    assert script.sent == []
    assert SECRET not in str(caught.value)
