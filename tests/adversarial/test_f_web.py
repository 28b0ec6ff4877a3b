"""F: pages of the web. What a model asks for reaches listed hosts at public addresses, and carries nothing out."""

import asyncio
import base64
import gzip
import secrets as lots
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from yantra_bot.errors import SettingsError, UserError
from yantra_bot.web.addresses import judge_address, read_sites
from yantra_bot.web.pages import PageLimits, Pages

SITES = read_sites(["docs.example.org", "github.com", "Wiki.example.org:8443", "http://plain.example.org"])
SECRET = "correct-horse-battery"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[int]:
    """Serve on a free port of the loopback; every path goes to the handler."""
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()


def pages_on(port: int, *, limits: PageLimits | None = None) -> Pages:
    """Return what reads pages of two hosts, both of them the server here, whose address passes for a public one."""

    async def resolve(host: str, _: int) -> list[str]:
        return ["127.0.0.1"]

    sites = read_sites([f"http://docs.test:{port}", f"http://other.test:{port}"])
    return Pages(sites, limits=limits, resolve=resolve, may_connect=lambda address: address == "127.0.0.1")


@pytest.mark.case("F04")
@pytest.mark.parametrize(
    "url",
    [
        "https://docs.example.org@evil.example/",
        "https://user:word@docs.example.org/",
        "https://docs.example.org.evil.example/",
        "https://evil-docs.example.org/",
        "https://docs.example.org\\@evil.example/",
        "https://docs.example.org/\\..\\x",
        "https://docs.examp1e.org/",
        "https://dоcs.example.org/",
        "https://docs.example.org./",
        "https://docs.example.org:8443/",
        "https://wiki.example.org/",
        "https://plain.example.org/",
        "http://docs.example.org/",
        "https://docs.exa\tmple.org/",
        "https://docs.example.org/\r\nhost: evil",
        "https://docs.example.org/a b",
        "https://docs.example.org:99999999/",
        "https://[docs.example.org/",
        "//docs.example.org/",
        "docs.example.org",
        "https:docs.example.org",
        "https:///etc/passwd",
        "",
        "https://docs.example.org/" + "a-" * 400,
    ],
)
def test_only_listed_hosts_are_asked_by_their_exact_name(url: str) -> None:
    """Users, twins, other ports and schemes, odd characters: refused as they are written."""
    with pytest.raises(UserError):
        judge_address(url, SITES)


@pytest.mark.case("F04")
def test_what_is_asked_for_is_what_was_judged() -> None:
    """Host in small letters, path and query to the letter, the part after # never sent."""
    found = judge_address("https://DOCS.example.org/3/Library/os.html?x=%20y#os.walk", SITES)
    assert found.url == "https://docs.example.org/3/Library/os.html?x=%20y"
    assert judge_address("https://wiki.example.org:8443", SITES).url == "https://wiki.example.org:8443/"
    assert judge_address("http://plain.example.org/a", SITES).url == "http://plain.example.org/a"


@pytest.mark.case("F01")
@pytest.mark.case("F03")
@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://127.0.0.1:6379/",
        "http://[::1]/",
        "http://0/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://[::ffff:169.254.169.254]/",
        "file:///etc/passwd",
        "gopher://docs.example.org/",
        "data:text/plain,x",
        "ftp://docs.example.org/",
        "javascript:alert(1)",
    ],
)
async def test_numbers_and_other_schemes_are_not_asked(url: str) -> None:
    """As an address, and as where a listed host leads on to."""
    with pytest.raises(UserError):
        judge_address(url, SITES)

    async def lead_on(_: web.Request) -> web.StreamResponse:
        return web.Response(status=302, headers={"location": url})

    async with serving(lead_on) as port:
        with pytest.raises(UserError):
            await pages_on(port)(f"http://docs.test:{port}/")


@pytest.mark.case("F01")
@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "fd00::1", "::ffff:10.0.0.1"])
async def test_a_listed_name_that_leads_inside_is_not_connected_to(address: str) -> None:
    """One such address among public ones is enough."""
    asked: list[str] = []

    async def resolve(host: str, _: int) -> list[str]:
        asked.append(host)
        return ["93.184.216.34", address]

    with pytest.raises(UserError, match="not public"):
        await Pages(SITES, resolve=resolve)("https://docs.example.org/")
    assert asked == ["docs.example.org"]


@pytest.mark.case("F02")
async def test_the_address_that_was_judged_is_the_one_connected_to() -> None:
    """A name is looked up once for a page; a second answer is nobody's to give."""
    answers = iter(["127.0.0.1", "127.0.0.9", "127.0.0.9"])

    async def resolve(_: str, __: int) -> list[str]:
        return [next(answers)]

    async def say(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        return web.Response(text=str(request.transport.get_extra_info("sockname")[0]))

    async with serving(say) as port:
        sites = read_sites([f"http://docs.test:{port}"])
        pages = Pages(sites, resolve=resolve, may_connect=lambda address: address == "127.0.0.1")
        assert await pages(f"http://docs.test:{port}/") == "127.0.0.1"
        with pytest.raises(UserError, match="not public"):
            await pages(f"http://docs.test:{port}/")


@pytest.mark.case("F03")
async def test_redirects_are_judged_and_end() -> None:
    """To another listed host: followed; to an unlisted one, in a circle, or to nowhere: refused."""

    async def lead(request: web.Request) -> web.StreamResponse:
        port, place = request.url.port, request.match_info["path"]
        targets = {
            "go": f"http://other.test:{port}/here",
            "out": f"http://evil.test:{port}/",
            "circle": "/circle",
            "nowhere": "",
        }
        if place in targets:
            return web.Response(status=301, headers={"location": targets[place], "set-cookie": "a=b"})
        return web.Response(text=f"{request.host} {request.headers.get('cookie')} {request.headers.get('referer')}")

    async with serving(lead) as port:
        pages, base = pages_on(port), f"http://docs.test:{port}"
        assert await pages(f"{base}/go") == f"other.test:{port} None None"
        for place, words in (("out", "none of the hosts"), ("circle", "more than 3 times"), ("nowhere", "more than")):
            with pytest.raises(UserError, match=words):
                await pages(f"{base}/{place}")


@pytest.mark.case("F05")
async def test_a_page_is_bounded_in_size_time_and_kind() -> None:
    """Without end, too slow, packed, no text, or not there: each a sentence, and nothing is kept."""

    async def bad(request: web.Request) -> web.StreamResponse:
        place = request.match_info["path"]
        if place == "packed":
            body = gzip.compress(b"x" * 1_000_000)
            return web.Response(body=body, content_type="text/html", headers={"content-encoding": "gzip"})
        if place == "picture":
            return web.Response(body=b"x", content_type="image/png")
        if place == "lost":
            return web.Response(status=404, text="no")
        answer = web.StreamResponse(headers={"content-type": "text/plain"})
        await answer.prepare(request)
        if place == "slow":
            await asyncio.Event().wait()
        while True:
            await answer.write(b"x" * 65_536)

    wrong = (("endless", "larger"), ("packed", "packed"), ("picture", "no text"), ("lost", "HTTP 404"))
    async with serving(bad) as port:
        for place, words in wrong:
            with pytest.raises(UserError, match=words):
                await pages_on(port)(f"http://docs.test:{port}/{place}")
        with pytest.raises(UserError, match="took over"):
            await pages_on(port, limits=PageLimits(seconds=0.2))(f"http://docs.test:{port}/slow")
    with pytest.raises(UserError, match="cannot be read"):
        await pages_on(port)(f"http://docs.test:{port}/gone")


@pytest.mark.case("E04")
@pytest.mark.parametrize(
    "place",
    [
        f"q={SECRET}",
        f"q={SECRET.upper().replace('-', '%2D')}",
        f"c-o-rrecthorse/batt{'ery'}",
        "t=ghp_" + "a1B2c3D4e5" * 4,
        "d=" + base64.urlsafe_b64encode(b"the content of some file of the repository").decode(),
        "d=" + base64.b32encode(b"the content of some file").decode(),
        "d=" + "deadbeef" * 8,
        "d=" + "ab" * 30,
    ],
)
def test_an_address_carries_no_secret_and_no_packed_data_out(place: str) -> None:
    """A secret of the bot in any writing, what looks like one, and rows in which data could hide."""
    with pytest.raises(UserError):
        judge_address(f"https://docs.example.org/x?{place}", SITES, secrets=[SECRET])


@pytest.mark.case("E04")
def test_random_keys_do_not_leave_and_plain_pages_are_read() -> None:
    """Of keys drawn by lot hardly one in a hundred passes; addresses as documentation has them do."""
    keys = [lots.token_urlsafe(32).replace("-", "A").replace("_", "B") for _ in range(500)]
    passed = 0
    for key in keys:
        try:
            judge_address(f"https://docs.example.org/{key}", SITES)
        except UserError:
            continue
        passed += 1
    assert passed == 0
    for path in (
        "3/library/asyncio-subprocess.html",
        "en/latest/reference/fixtures.html",
        "octo/calc/blob/0123456789abcdef0123456789abcdef01234567/src/AbstractSingletonProxyFactoryBean.java",
        "rfc/rfc9110.html",
        "search?q=connection+refused&check_keywords=yes",
    ):
        assert judge_address(f"https://docs.example.org/{path}", SITES)


@pytest.mark.parametrize(
    "host", ["https://a.example/x", "*.example.org", "a b", "ftp://a.example", "a:0", "a:x", "ä.de"]
)
def test_a_wrong_host_stops_the_start(host: str) -> None:
    """The message says how one is written."""
    with pytest.raises(SettingsError, match="fetch_hosts"):
        read_sites([host])
