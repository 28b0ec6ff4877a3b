"""The end of a job's log: what is kept of it, and that nothing but known storage is asked for it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fakes.forge_bench import Bench, open_bench
from tests.fakes.github.judge import Judge
from yantra_bot.domain.follow_up import CheckKind, CheckState
from yantra_bot.errors import Transient
from yantra_bot.forge.job_logs import AFTER_ERROR, MAX_LOG, shorten
from yantra_bot.forge.transport import HttpTransport
from yantra_bot.pinning import JudgedResolver

TOKEN = "ghp_" + "a1B2c3D4e5" * 4


@pytest.fixture
async def bench(tmp_path: Path, judge: Judge | None) -> AsyncIterator[Bench]:
    async with open_bench(tmp_path, judge=judge) as opened:
        yield opened


async def explain(bench: Bench) -> tuple[str, str]:
    """Have a job of GitHub's runner fail; return what is told of its log, and what could not be read."""
    head = bench.head()
    assert head is not None
    bench.fake.add_check(bench.there, head, "test", "failure", log="##[error]it broke\n")
    assert bench.forge.follow_ups is not None
    (told,) = await bench.forge.follow_ups.explain(await bench.forge.follow_ups.checks(head))
    return told.log, told.gap


def test_times_colours_and_what_follows_the_last_error_are_left_out() -> None:
    """The end that tells why is kept, not the runner's cleaning up."""
    lines = "".join(f"2026-01-02T03:04:05.1234567Z line {number}\n" for number in range(5_000))
    error = "2026-01-02T03:04:06Z \x1b[36;1m##[error]\x1b[0mProcess completed with exit code 1.\r\n"
    kept = shorten(("\ufeff" + lines + error + "cleaning\n" * 5_000).encode())
    assert len(kept) == MAX_LOG
    assert "\nline 4999\n##[error]Process completed with exit code 1.\ncleaning" in kept
    assert len(kept) - kept.index("##[error]") == AFTER_ERROR
    assert shorten(b"") == ""


def test_steps_that_went_well_and_the_cleaning_up_are_left_out() -> None:
    """From the step with the first error on, to the last error and a little more."""
    steps = "##[group]Run checkout\nfetched\n##[endgroup]\n##[group]Run mypy\nmypy src\n##[endgroup]\na.py:1: error\n"
    log = "2026-01-02T03:04:05Z Runner\n" + steps + "##[error]exit code 1\nPost job cleanup.\n[command]git config\n"
    assert shorten(log.encode()).splitlines() == [
        *("##[group]Run mypy", "mypy src", "##[endgroup]", "a.py:1: error", "##[error]exit code 1"),
    ]


def test_a_secret_is_replaced_before_the_log_is_cut() -> None:
    """No half of one is left at the edge."""
    kept = shorten(("x" * 20 + TOKEN + "y" * (MAX_LOG - 30)).encode())
    assert TOKEN[10:] not in kept
    assert "\0" not in shorten(b"a\0b")


async def test_a_log_in_the_servers_own_storage_is_read_without_credentials(bench: Bench) -> None:
    """As GitHub Enterprise keeps them; the test GitHub objects to credentials there."""
    assert await explain(bench) == ("##[error]it broke", "")


@pytest.mark.case("F01")
@pytest.mark.case("F02")
@pytest.mark.parametrize(
    "place",
    [
        "http://169.254.169.254/latest/meta-data/{job}",
        "https://[::1]/{job}",
        "https://storage.blob.core.windows.net.evil.example/{job}",
        "https://evilblob.core.windows.net/{job}",
        "http://storage.blob.core.windows.net/{job}",
        "https://storage.blob.core.windows.net:8443/{job}",
        "https://user:word@storage.blob.core.windows.net/{job}",
        "file:///etc/passwd",
        "https://storage.blob.core.windows.net/{job}",
    ],
)
async def test_a_log_that_lies_anywhere_else_is_not_asked_for(bench: Bench, place: str) -> None:
    """Another host, scheme or port, a user in the address; and storage, where nothing reaches public hosts alone."""
    bench.fake.world.log_place = place
    log, gap = await explain(bench)
    assert log == ""
    assert "is not asked" in gap


@pytest.mark.case("F01")
async def test_a_name_that_leads_into_the_own_network_is_not_connected_to() -> None:
    """What is looked at is what would be connected to."""
    transport = HttpTransport(only_public=True)
    with pytest.raises(Transient):
        await transport.send("GET", "https://localhost/log", {}, b"")
    await transport.close()
    resolver = JudgedResolver()
    with pytest.raises(OSError, match="not public"):
        await resolver.resolve("localhost", 443)
    (found,) = await resolver.resolve("8.8.8.8", 443)
    assert (found["host"], found["port"]) == ("8.8.8.8", 443)
    await resolver.close()


async def test_an_installation_without_the_permission_loses_only_logs_and_statuses(bench: Bench) -> None:
    """One from before asks its owner for nothing: what is left out is said."""
    bench.installation.permissions = {
        name: level for name, level in bench.installation.permissions.items() if name not in ("actions", "statuses")
    }
    log, gap = await explain(bench)
    assert log == ""
    assert "permissions are not accepted yet" in gap


async def test_a_log_that_is_gone_is_said_to_be(bench: Bench) -> None:
    """GitHub keeps them for some time."""
    head = bench.head()
    assert head is not None
    assert bench.forge.follow_ups is not None
    gone = CheckState(CheckKind.RUN, bench.fake.add_check(bench.there, head, "x", "failure").id, "x", "github-actions")
    (told,) = await bench.forge.follow_ups.explain([gone])
    assert "does not exist" in told.gap
