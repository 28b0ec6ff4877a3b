"""Running git: limits, output, the password's way."""

import asyncio
import os
from pathlib import Path

import pytest
from pydantic import SecretStr

from yantra_bot.errors import SettingsError
from yantra_bot.forge.git_process import Done, Git, Job, Limits


@pytest.fixture
def git(tmp_path: Path) -> Git:
    return Git(tmp_path / "helper")


async def run(git: Git, *words: str, **more: object) -> Done:
    return await git.run(Job(words, None, **more))  # type: ignore[arg-type]  # a test's shorthand


async def test_output_and_code_are_returned(git: Git) -> None:
    """Success is 0, and the text is stripped."""
    done = await run(git, "version")
    assert done.code == 0
    assert done.text.startswith("git version")


async def test_a_failure_is_a_value(git: Git) -> None:
    """A command that fails raises nothing and keeps its words."""
    done = await run(git, "no-such-command")
    assert done.code == 1
    assert "no-such-command" in done.stderr


async def test_standard_input_reaches_git(git: Git) -> None:
    """A blob of several pipe buffers comes through whole; one that nobody reads harms nobody."""
    data = os.urandom(300_000)
    assert (await run(git, "hash-object", "--stdin", stdin=data)).code == 0
    assert (await run(git, "version", stdin=data)).code == 0


@pytest.mark.parametrize(
    ("prompt", "answer"),
    [("Username for 'https://x': ", "x-access-token"), ("Password for 'https://x-access-token@x': ", "ghs_secret")],
)
async def test_the_helper_answers_gits_questions(git: Git, tmp_path: Path, prompt: str, answer: str) -> None:
    """The name is fixed; the password comes through a pipe, once."""
    await run(git, "version", secret=SecretStr("ghs_secret"))
    read_fd, write_fd = os.pipe()
    os.write(write_fd, b"ghs_secret\n")
    os.close(write_fd)
    environment = {"YANTRA_ASKPASS_FD": str(read_fd), "PATH": "/usr/bin:/bin"}
    for expected in (answer, answer if prompt.startswith("Username") else ""):
        asked = await asyncio.create_subprocess_exec(
            str(tmp_path / "helper" / "askpass"), prompt, env=environment, pass_fds=(read_fd,), stdout=-1
        )
        out, _ = await asked.communicate()
        assert out.decode().strip() == expected
    os.close(read_fd)
    assert "ghs_secret" not in (tmp_path / "helper" / "askpass").read_text()


async def test_too_much_output_ends_the_process(tmp_path: Path) -> None:
    """Memory is bounded; the code says that we ended it."""
    git = Git(tmp_path / "helper", limits=Limits(output_bytes=10))
    assert (await run(git, "help", "-a")).code is None


async def test_output_can_be_taken_in_pieces_and_stopped(git: Git) -> None:
    """Who has seen enough ends it."""
    seen: list[bytes] = []

    def take(piece: bytes) -> bool:
        seen.append(piece)
        return False

    done = await run(git, "help", "-a", on_output=take)
    assert done.code is None
    assert done.stdout == b""
    assert seen


async def test_time_is_limited(tmp_path: Path) -> None:
    """A git that waits for ever is ended, with its children."""
    git = Git(tmp_path / "helper", limits=Limits(seconds=0.3))
    done = await run(git, "-c", "alias.wait=!sleep 60", "wait")
    assert done.code is None
    assert "ended after" in done.stderr


async def test_no_protocol_is_allowed_unless_named(git: Git, tmp_path: Path) -> None:
    """Neither a command nor a file nor a server is reached by accident."""
    for url in ("ext::touch x", "file:///etc", "ssh://x/y", "http://127.0.0.1:9/"):
        done = await run(git, "ls-remote", url)
        assert "not allowed" in done.stderr


async def test_a_certificate_file_and_a_proxy_are_handed_on(tmp_path: Path) -> None:
    """An operator's own network is set by values, never by the environment."""
    git = Git(tmp_path / "helper", ca_file=tmp_path / "ca.pem", proxy="http://127.0.0.1:9")
    assert (await run(git, "config", "http.proxy")).text == "http://127.0.0.1:9"
    done = await run(git, "-c", "alias.tell=!printenv GIT_SSL_CAINFO", "tell")
    assert done.code == 0


def test_a_missing_git_stops_start_up(tmp_path: Path) -> None:
    """The message says how to install it."""
    with pytest.raises(SettingsError, match="apt-get install git"):
        Git(tmp_path, searched=str(tmp_path))
