"""Where packages may come from."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tests.fakes.tls_world import TLSServer, make_certificate
from yantra_bot.errors import SettingsError
from yantra_bot.sandbox.package_index import PackageIndex, find_destinations

PAGE = b"""<html><a href="https://files.example:8443/a.whl#sha256=1">a</a> <a href='https://FILES.example:8443/b.whl'>b</a>
<a href="../relative.whl">c</a> <a href="http://plain.example/d.whl">d</a> <a href="https://other.example/e.whl">e</a>"""


@pytest.mark.parametrize(
    "url",
    [
        "http://index.test/simple",
        "file:///wheels",
        "index.test/simple",
        "https:///simple",
        "https://u:p@index.test/",
        "",
    ],
)
def test_an_address_that_cannot_be_used_stops_the_start(url: str) -> None:
    """Only https without credentials is taken; the message says the cure."""
    with pytest.raises(SettingsError, match="Cure"):
        PackageIndex(url=url)


def test_credentials_are_not_repeated() -> None:
    """The message about an address with a secret does not hold the secret."""
    with pytest.raises(SettingsError) as caught:
        PackageIndex(url="https://user:hunter2@index.test/simple")
    assert "hunter2" not in str(caught.value)


def test_an_index_may_be_none() -> None:
    """No address and no folder means no packages."""
    assert PackageIndex().is_empty
    assert not PackageIndex(find_links=(Path("/wheels"),)).is_empty


async def test_without_an_address_there_is_no_destination() -> None:
    """Folders of wheels need no way out."""
    assert await find_destinations(PackageIndex(find_links=(Path("/wheels"),))) == ()


async def test_file_hosts_are_learnt_from_the_index(tmp_path: Path) -> None:
    """The hosts that the index's own page links to are allowed, with their ports; http and relative links are not."""
    certificate = make_certificate(tmp_path)
    async with TLSServer(certificate, {"/simple/pip/": PAGE}) as server:
        index = PackageIndex(url=f"https://localhost:{server.port}/simple", ca_file=certificate)
        found = await find_destinations(index)
    assert [one.name for one in found] == [f"localhost:{server.port}", "files.example:8443", "other.example:443"]
    assert "127.0.0.1" in found[0].own_addresses


async def test_configured_file_hosts_are_taken_as_they_are() -> None:
    """Hosts that the operator names are not asked for anything."""
    index = PackageIndex(url="https://127.0.0.1:9/simple", file_hosts=("files.test", "files.test:8443"))
    found = await find_destinations(index)
    assert [one.name for one in found] == ["127.0.0.1:9", "files.test:443", "files.test:8443"]
    with pytest.raises(SettingsError, match="no host"):
        await find_destinations(PackageIndex(url="https://127.0.0.1:9/", file_hosts=("",)))


async def test_an_index_that_does_not_answer_is_no_error() -> None:
    """A start without network goes on; the log says what is missing."""
    with capture_logs() as logs:
        found = await find_destinations(PackageIndex(url="https://127.0.0.1:9/simple"))
    assert [one.name for one in found] == ["127.0.0.1:9"]
    assert logs[0]["event"] == "package_index_unreachable"
