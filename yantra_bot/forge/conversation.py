"""Git commands that speak to a repository's server: with its address and credentials, as often as it helps.

The address and the credentials are handed to each command; nothing of them is ever stored.
"""

import dataclasses
from collections.abc import Sequence
from typing import Protocol

from pydantic import SecretStr

from yantra_bot.forge.app_auth import Credentials
from yantra_bot.forge.commits import Author
from yantra_bot.forge.git_failures import Trouble, explain, trouble_of
from yantra_bot.forge.git_process import Done, Job
from yantra_bot.forge.mirror import Mirror
from yantra_bot.ports import Clock

ATTEMPTS = 3
"""Tries of one conversation with the server when the network fails."""
FETCH = (
    *("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance", "--no-recurse-submodules"),
)


class Server(Protocol):
    """The other end: where it is, and who we are there."""

    protocol: str
    """`https`; `http` for a server on this machine, `file` for a folder."""
    credentials: Credentials | None

    async def url(self, *, anew: bool = False) -> str:
        """Return the address, without credentials; `anew` when the last one led nowhere."""

    async def pages(self) -> str:
        """Return where people look at the repository; empty where there are no pages."""

    async def author(self) -> Author:
        """Return whose name commits carry."""

    def configuration(self) -> dict[str, str]:
        """Return what git's environment needs beyond the hardened one."""


class Conversation:
    """One mirror and its server. `config` is what git is told with each command, besides the address."""

    def __init__(self, mirror: Mirror, server: Server, clock: Clock, *, config: Sequence[str] = ()) -> None:
        self._mirror = mirror
        self._server = server
        self._clock = clock
        self._config = tuple(config)

    async def there(self, ref: str) -> str | None:
        """Return the commit that the server has at `ref` now."""
        done = await self.talk("ls-remote", "--refs", "origin", ref)
        if done.code != 0:
            raise explain(trouble_of(done), done, what=f"Asking for {ref.removeprefix('refs/heads/')}")
        found = [line.split("\t") for line in done.text.splitlines()]
        return next((line[0] for line in found if line[1:] == [ref]), None)

    async def talk(self, *words: str) -> Done:
        """Run a command that speaks to the server, as often as it helps.

        A failed network is tried again; refused credentials and a renamed repository are looked up anew, once each.
        """
        seen: set[Trouble] = set()
        for attempt in range(ATTEMPTS + 2):
            url = await self._server.url()
            credentials = self._server.credentials
            secret = None if credentials is None else await credentials.secret()
            done = await self._send(words, url, secret)
            if done.code == 0:
                break
            trouble, is_new = trouble_of(done), trouble_of(done) not in seen
            seen.add(trouble)
            if trouble is Trouble.NETWORK and attempt + 1 < ATTEMPTS:
                await self._clock.sleep(1.0 * 2**attempt)
            elif not (is_new and await self._mend(trouble, url, secret)):
                break
        return done

    async def _mend(self, trouble: Trouble, url: str, secret: SecretStr | None) -> bool:
        """Tell whether another try may do better, because the credentials or the address are different now."""
        credentials = self._server.credentials
        if trouble is Trouble.CREDENTIALS and credentials is not None and secret is not None:
            return credentials.refuse(secret)
        return trouble is Trouble.NOT_FOUND and await self._server.url(anew=True) != url

    async def _send(self, words: tuple[str, ...], url: str, secret: SecretStr | None) -> Done:
        # Named on the command line only, `origin` has no address in the mirror that anybody could use.
        config, environment = (f"remote.origin.url={url}", *self._config), self._server.configuration()
        job = Job(words, self._mirror.folder, config=config, environment=environment, secret=secret)
        return await self._mirror.run(dataclasses.replace(job, protocol=self._server.protocol))
