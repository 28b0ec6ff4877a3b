"""In a sandbox: what goes wrong in a page while it is open. Keeps a bounded part of what a page says."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

MAX_TROUBLES = 40
"""Of one visit; a page can say more than anybody wants to read."""
MAX_ALIKE = 10
"""Of one kind."""
MAX_TEXT = 500
MAX_DIALOGS = 10
_ABORTED = "net::ERR_ABORTED"
"""A page left before it was whole, or a download that is not wanted: nobody's mistake."""
_OWN_NOISE = "Failed to load resource"
"""The browser repeats in the console what is told as a request."""
_UNASKED = "/favicon.ico"


class Watcher:
    """Listens to one page. `tell` takes each trouble as (kind, text, where)."""

    def __init__(self, page: Any, origin: str, *, is_static: bool, tell: Callable[[str, str, str], None]) -> None:
        self._page, self._origin, self._is_static = page, origin, is_static
        self._tell_host = tell
        self._told: list[tuple[str, str]] = []
        self.dialogs = 0
        self.requests = 0
        page.on("console", self._hear)
        page.on("pageerror", self._catch)
        page.on("request", self._count)
        page.on("requestfailed", self._miss)
        page.on("response", self._read)
        page.on("dialog", self._refuse)
        page.on("download", lambda _: self.tell("note", "a download was begun, and not taken", ""))
        page.on("crash", lambda _: self.tell("crash", "the page crashed", ""))

    @property
    def is_given_up(self) -> bool:
        return self.dialogs >= MAX_DIALOGS

    def tell(self, kind: str, text: str, where: str) -> None:
        """Pass a trouble on, once, within bounds."""
        text = text.strip()[:MAX_TEXT]
        alike = sum(one == kind for one, _ in self._told)
        if (kind, text) in self._told or len(self._told) >= MAX_TROUBLES or alike >= MAX_ALIKE:
            return
        self._told.append((kind, text))
        self._tell_host(kind, text, where[:MAX_TEXT])

    def shorten(self, url: str) -> str:
        """Return an address of the site as its path."""
        return url.removeprefix(self._origin)[:MAX_TEXT] if self.is_own(url) else url[:MAX_TEXT]

    def is_own(self, url: str) -> bool:
        return url == self._origin or url.startswith((f"{self._origin}/", f"{self._origin}?"))

    def _hear(self, message: Any) -> None:
        if message.type != "error" or message.text.startswith(_OWN_NOISE):
            return
        place = message.location or {}
        line = place.get("lineNumber")
        where = self.shorten(str(place.get("url") or ""))
        self.tell("console", message.text, f"{where}:{line + 1}" if where and isinstance(line, int) else where)

    def _catch(self, error: Any) -> None:
        name = getattr(error, "name", "") or "Error"
        message = getattr(error, "message", None) or str(error)
        stack = [line.strip() for line in (getattr(error, "stack", "") or "").splitlines() if self._origin in line]
        where = stack[0].rpartition(self._origin)[2].rstrip(")") if stack else ""
        self.tell("exception", message if message.startswith(name) else f"{name}: {message}", where)

    def _count(self, request: Any) -> None:
        self.requests += urlsplit(request.url).path != _UNASKED

    def _miss(self, request: Any) -> None:
        failure = str(request.failure or "it failed")
        if failure == _ABORTED or request.url.startswith(("data:", "blob:")):
            return
        kind = "request" if self.is_own(request.url) else "outside"
        self.tell(kind, f"{request.method} {self.shorten(request.url)}: {failure}", "")

    def _read(self, response: Any) -> None:
        if response.status < 400 or not self.is_own(response.url) or urlsplit(response.url).path == _UNASKED:
            return
        method = response.request.method
        if self._is_static and method not in ("GET", "HEAD"):
            return  # a server of files takes nothing
        if response.status < 500 and method not in ("GET", "HEAD"):
            return  # a form that was filled by guessing may be refused
        self.tell("answer", f"{method} {self.shorten(response.url)}: {response.status}", "")

    async def _refuse(self, dialog: Any) -> None:
        self.dialogs += 1
        if self.dialogs == MAX_DIALOGS:
            self.tell("dialogs", "it opens one dialog after the other", "")
        if self.is_given_up:
            await self._page.close()
            return
        await dialog.dismiss()
