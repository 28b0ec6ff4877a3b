"""Files of the default branch, where the bot's instructions come from, or of a pull request's base. Read only."""

import base64

from yantra_bot.domain.paths import check_path
from yantra_bot.errors import Permanent
from yantra_bot.forge.answers import Refused, reading
from yantra_bot.forge.client import Client
from yantra_bot.forge.place import Place

MAX_FILE_BYTES = 1024 * 1024
"""GitHub sends no larger file this way, and instructions are never that long."""


class Contents:
    """Reads files by path."""

    def __init__(self, client: Client, place: Place) -> None:
        self._client = client
        self._place = place

    async def read_file(self, path: str, *, branch: str = "") -> bytes | None:
        """Return the bytes, None when there is no such file; a folder, a link and a submodule are no files.

        `branch` empty is the default one.
        """
        what = f"The file {path}"
        variables: dict[str, object] = {**await self._place.names(), "path": check_path(path).split("/")}
        if branch:
            variables["ref"] = f"refs/heads/{branch}"
        try:
            data = await self._client.get("/repos/{owner}/{repo}/contents{/path*}{?ref}", variables, what=what)
        except Refused as error:
            if error.status == 404:
                return None
            raise
        if not isinstance(data, dict) or data.get("type") != "file":
            return None
        with reading(what):
            size, encoding, content = int(data["size"]), str(data["encoding"]), str(data["content"])
            if size <= MAX_FILE_BYTES and encoding == "base64":
                return base64.b64decode(content)
        raise Permanent(f"{what} has {size} bytes, more than the {MAX_FILE_BYTES} that are read. Make it shorter.")
