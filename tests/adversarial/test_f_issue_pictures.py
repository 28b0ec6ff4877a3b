"""Pictures in issues: an address that anybody wrote leads to the forge's pictures, or nowhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from tests.fakes.pictures import make_png
from yantra_bot.errors import Permanent, Transient, UserError
from yantra_bot.forge.answers import Response
from yantra_bot.forge.issue_pictures import MAX_BYTES, IssuePictures
from yantra_bot.forge.transport import HttpTransport

GITHUB = "https://api.github.com"
UPLOAD = "https://github.com/user-attachments/assets/0b1c-22"
STORED = "https://github-production-user-asset-6210df.s3.amazonaws.com/1/2.png?X-Amz-Signature=1"


@dataclass
class Outside:
    """Another host: answers by address, and remembers what it was asked."""

    answers: dict[str, Response] = field(default_factory=dict)
    asked: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)

    async def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Response:
        self.asked.append((url, headers))
        return self.answers.get(url, Response(404, {}, b""))


def leads_to(place: str) -> Response:
    return Response(302, {"location": place}, b"")


@pytest.fixture
def own() -> Outside:
    return Outside()


@pytest.fixture
def elsewhere() -> Outside:
    return Outside()


@pytest.mark.case("F01")
@pytest.mark.case("F04")
@pytest.mark.parametrize(
    "address",
    [
        "http://169.254.169.254/user-attachments/assets/x",
        "http://127.0.0.1:6379/",
        "http://[::1]/user-attachments/assets/x",
        "http://0/",
        "http://2130706433/",
        "http://[::ffff:169.254.169.254]/",
        "https://github.com@evil.example/user-attachments/assets/x",
        "https://evil:x@github.com/user-attachments/assets/x",
        "https://github.com.evil.example/user-attachments/assets/x",
        "https://github.com\\@evil.example/user-attachments/assets/x",
        "https://gıthub.com/user-attachments/assets/x",
        "https://github.com/user-attachments/assets/x\n.png",
        "https://github.com:8443/user-attachments/assets/x",
        "http://github.com/user-attachments/assets/x",
        "https://github.com/logout",
        "https://github.com/user-attachments/assets/../../settings",
        "https://api.github.com/repos/octo/calc",
        "https://raw.githubusercontent.com:444/o/r/main/a.png",
        "http://raw.githubusercontent.com/o/r/main/a.png",
        STORED,
        "file:///etc/passwd",
        "gopher://github.com/x",
        "https://",
        "https://github.com:99999/x",
        "https://raw.githubusercontent.com/" + "a" * 3_000,
    ],
)
async def test_an_address_of_another_place_is_never_asked(own: Outside, elsewhere: Outside, address: str) -> None:
    """Hosts are compared exactly, on the parsed address; nothing is sent, to nobody."""
    with pytest.raises(UserError):
        await IssuePictures(own, elsewhere, base_url=GITHUB).fetch(address)
    assert own.asked + elsewhere.asked == []


@pytest.mark.case("F03")
@pytest.mark.parametrize(
    "target",
    ["http://169.254.169.254/latest", "file:///etc/passwd", "https://evil.example.com/x.png", "//evil.example/x"],
)
async def test_a_redirect_is_judged_as_the_first_address_was(own: Outside, elsewhere: Outside, target: str) -> None:
    """An upload that leads out of the forge's storage is not followed."""
    elsewhere.answers[UPLOAD] = leads_to(target)
    with pytest.raises(UserError, match="not asked for pictures"):
        await IssuePictures(own, elsewhere, base_url=GITHUB).fetch(UPLOAD)
    assert [url for url, _ in elsewhere.asked] == [UPLOAD]


async def test_an_upload_is_fetched_from_the_storage_without_credentials(own: Outside, elsewhere: Outside) -> None:
    """The forge leads to its storage, which only it may name."""
    elsewhere.answers |= {UPLOAD: leads_to(STORED), STORED: Response(200, {}, make_png())}
    assert await IssuePictures(own, elsewhere, base_url=GITHUB).fetch(UPLOAD) == make_png()
    assert all(set(headers) == {"user-agent", "accept"} for _, headers in elsewhere.asked)
    assert own.asked == [], "the API's own transport reaches any address, and is not for strangers' words"


async def test_a_circle_and_an_error_end(own: Outside, elsewhere: Outside) -> None:
    """Nobody waits for what never comes."""
    elsewhere.answers[UPLOAD] = leads_to(UPLOAD)
    pictures = IssuePictures(own, elsewhere, base_url=GITHUB)
    with pytest.raises(Permanent, match="circle"):
        await pictures.fetch(UPLOAD)
    assert len(elsewhere.asked) == 4
    with pytest.raises(Permanent, match="HTTP 404"):
        await pictures.fetch("https://raw.githubusercontent.com/o/r/main/a.png")


@pytest.mark.case("F05")
async def test_a_picture_that_is_too_large_is_not_taken(own: Outside, elsewhere: Outside) -> None:
    """The limit is told."""
    elsewhere.answers[UPLOAD] = Response(200, {}, b"x" * (MAX_BYTES + 1))
    with pytest.raises(Permanent, match="5000000 are taken"):
        await IssuePictures(own, elsewhere, base_url=GITHUB).fetch(UPLOAD)


async def test_an_installation_of_its_own_asks_itself(own: Outside, elsewhere: Outside) -> None:
    """Its pictures lie at its own host, which may be no public one; names below it have to be public."""
    here = "https://git.example.com/user-attachments/assets/1"
    own.answers[here] = Response(200, {}, make_png())
    media = "https://media.git.example.com/user/1/files/2"
    elsewhere.answers[media] = Response(200, {}, make_png(2, 2))
    pictures = IssuePictures(own, elsewhere, base_url="https://git.example.com/api/v3")
    assert await pictures.fetch(here) == make_png()
    assert await pictures.fetch(media) == make_png(2, 2)
    for strange in (UPLOAD, "https://raw.githubusercontent.com/o/r/main/a.png"):
        with pytest.raises(UserError):
            await pictures.fetch(strange)
    with pytest.raises(UserError):
        await IssuePictures(own, None, base_url="https://git.example.com/api/v3").fetch(media)


@pytest.mark.case("F02")
async def test_a_name_that_leads_into_this_network_is_not_connected_to(own: Outside) -> None:
    """The transport for other hosts connects to addresses of the public network alone, whatever a name resolves to."""
    transport = HttpTransport(only_public=True)
    try:
        with pytest.raises((Transient, Permanent)):
            await transport.send("GET", "https://localhost/user-attachments/assets/1", {}, b"")
    finally:
        await transport.close()
