"""In a sandbox: serves a site, looks at its pages with a browser, and says what it saw line by line.

Reads the order, a JSON file, whose path is its argument. What is printed is JSON, one object a line: `page`, `trouble`,
`form`, `flow`, `note`, and `done` as the last. Pictures are files in the folder that the order names.
"""

import asyncio
import json
import sys
import time
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit, urlunsplit

from runners.browser.flows import follow
from runners.browser.forms import MAX_FORMS, hand_in, settle
from runners.browser.serving import NotServed, Site
from runners.browser.watching import Watcher

LIMITS: dict[str, Any] = {"page_seconds": 30.0, "load_ms": 15_000, "picture_bytes": 700_000}
"""For one look at a page, all of it; for its loading; for a picture. Orders can name others."""
MAX_HEIGHT = 1_600
SIZE = {"width": 1280, "height": 800}
_LEFT_OUT = (".pdf", ".zip", ".gz", ".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".mp4", ".json", ".xml", ".txt")
_TIMES = """() => {
  const one = performance.getEntriesByType("navigation")[0];
  if (!one) return null;
  const paint = performance.getEntriesByName("first-contentful-paint")[0];
  return {first_byte: one.responseStart, ready: one.domContentLoadedEventEnd, load: one.loadEventEnd,
          paint: paint ? paint.startTime : null,
          bytes: performance.getEntries().reduce((sum, each) => sum + (each.transferSize || 0), 0)};
}"""
_HEIGHT = "() => Math.max(document.documentElement.scrollHeight, document.body ? document.body.scrollHeight : 0)"
_LINKS = "() => [...document.querySelectorAll('a[href]:not([download])')].slice(0, 200).map(one => one.href)"
_QUIET = """(() => { const quiet = () => {}, loud = console.error; let left = 100;
  for (const name of ["log", "info", "debug", "warn", "table", "trace"]) console[name] = quiet;
  Object.defineProperty(console, "error", {get: () => left-- > 0 ? loud : quiet, set: () => {}});
  window.open = () => null; window.print = quiet; })()"""
"""A page that talks without end is heard for a while; what is heard keeps the place it was said at."""


def say(**fact: Any) -> None:
    """Print one fact."""
    sys.stdout.write(json.dumps(fact).replace("\x7f", "\\u007f") + "\n")
    sys.stdout.flush()


class Tour:
    """One look at a site, from its first pages on."""

    def __init__(self, order: dict[str, Any], playwright: Any) -> None:
        self._order, self._playwright = order, playwright
        self._limits = {**LIMITS, **order.get("limits", {})}
        parts = urlsplit(order["url"])
        self._origin = f"{parts.scheme}://{parts.netloc}"
        self._browser: Any = None
        self._deadline = time.monotonic() + order["seconds"]
        self._waiting = list(dict.fromkeys(order["pages"]))
        self._seen = set(self._waiting)

    async def go(self) -> None:
        """Look at pages until there are none left, or as many as may be; then go through the flows."""
        count = 0
        while self._waiting and count < self._order["max_pages"] and not self._is_late():
            path = self._waiting.pop(0)
            await self._guard(path, self._look(path, count))
            count += 1
        for flow in self._order["flows"]:
            if not self._is_late():
                await self._guard(flow["start"], self._follow(flow))
        if self._is_late():
            say(note="the time was used up before all was looked at")
        await self._leave()

    async def _guard(self, path: str, visit: Any) -> None:
        """Give a visit its time; what never ends is told, and the browser that hangs on it is ended."""
        try:
            await asyncio.wait_for(visit, self._limits["page_seconds"])
        except TimeoutError:
            say(trouble="hang", path=path, text=self._tell("page_seconds"), where="")
            await self._leave()
        except Exception as problem:  # noqa: BLE001 (whatever the browser says is the answer)
            words = (str(problem).strip().splitlines() or [type(problem).__name__])[0]
            if "Timeout" in words:
                say(trouble="hang", path=path, text=self._tell("load_ms"), where="")
            else:
                say(trouble="broken", path=path, text=words[:400], where="")
            await self._leave()

    @asynccontextmanager
    async def _page(self, path: str) -> Any:
        """Give a fresh page without a past, and its watcher."""
        if self._browser is None or not self._browser.is_connected():
            self._browser = await self._playwright.chromium.launch(
                executable_path=self._order["program"],
                chromium_sandbox=False,
                args=["--disable-gpu", "--js-flags=--max-old-space-size=512"],
                timeout=30_000,
            )
        context = await self._browser.new_context(
            viewport=SIZE,
            locale="en-US",
            timezone_id="UTC",
            color_scheme="light",
            reduced_motion="reduce",
            service_workers="block",
            accept_downloads=False,
        )
        await context.add_init_script(_QUIET)
        page = await context.new_page()

        def tell(kind: str, text: str, where: str) -> None:
            say(note=f"{path}: {text}") if kind == "note" else say(trouble=kind, path=path, text=text, where=where)

        watcher = Watcher(page, self._origin, is_static=not self._order["serve"], tell=tell)
        try:
            yield page, watcher
        except Exception:
            if not watcher.is_given_up:
                raise
        finally:
            with suppress(Exception):
                await asyncio.wait_for(context.close(), 5)

    async def _look(self, path: str, number: int) -> None:
        forms = 0
        async with self._page(path) as (page, watcher):
            response = await self._open(page, path)
            times = await page.evaluate(_TIMES) or {}
            picture = await self._take_picture(page, number)
            say(
                page=path,
                title=(await page.title())[:120],
                status=response.status if response else None,
                times={name: value for name, value in times.items() if isinstance(value, int | float)},
                requests=watcher.requests,
                picture=picture,
            )
            if self._order["explores"]:
                self._note_links(await page.evaluate(_LINKS))
                forms = min(await page.locator("form").count(), MAX_FORMS)
        if self._order["explores"]:
            for place in range(forms):
                await self._try_form(path, place)

    async def _open(self, page: Any, path: str) -> Any:
        response = await page.goto(self._origin + path, wait_until="load", timeout=self._limits["load_ms"])
        await settle(page)
        return response

    async def _take_picture(self, page: Any, number: int) -> str | None:
        """Keep a picture of the page; None where it cannot be had within bounds."""
        height = min(max(int(await page.evaluate(_HEIGHT)), SIZE["height"]), MAX_HEIGHT)
        await page.set_viewport_size({**SIZE, "height": height})
        options = {"animations": "disabled", "caret": "hide", "timeout": self._limits["load_ms"]}
        for name, more in ((f"{number}.png", {"type": "png"}), (f"{number}.jpg", {"type": "jpeg", "quality": 60})):
            data = await page.screenshot(**options, **more)
            if len(data) <= self._limits["picture_bytes"]:
                Path(self._order["pictures"], name).write_bytes(data)
                return name
        return None

    def _note_links(self, links: list[str]) -> None:
        for link in links:
            parts = urlsplit(urljoin(self._origin, link))
            path = urlunsplit(("", "", parts.path or "/", parts.query, ""))
            is_page = not parts.path.lower().endswith(_LEFT_OUT)
            if f"{parts.scheme}://{parts.netloc}" == self._origin and is_page and path not in self._seen:
                self._seen.add(path)
                self._waiting.append(path)

    async def _try_form(self, path: str, place: int) -> None:
        """Hand the form in empty, then filled, each on a fresh page."""
        facts: dict[str, Any] = {}
        for is_filled in (False, True):
            async with self._page(path) as (page, _):
                await self._open(page, path)
                seen = await hand_in(page, place, is_filled=is_filled)
                ended = page.url.removeprefix(self._origin)[:200]
                facts |= {"fields": seen["fields"], ("unfilled" if is_filled else "refused"): seen["refused"]}
                facts["ended"] = ended
        say(form=place, path=path, **facts)

    async def _follow(self, flow: dict[str, Any]) -> None:
        async with self._page(flow["start"]) as (page, _):
            await self._open(page, flow["start"])
            problem = await follow(page, self._origin, flow)
        if problem:
            say(trouble="flow", path=flow["start"], text=f"{flow['name']}: {problem}", where="")
        say(flow=flow["name"], steps=len(flow["steps"]), problem=problem)

    def _tell(self, limit: str) -> str:
        seconds = self._limits[limit] / (1 if limit == "page_seconds" else 1_000)
        return f"it was not done within {seconds:g} s"

    def _is_late(self) -> bool:
        return bool(time.monotonic() > self._deadline)

    async def _leave(self) -> None:
        """End the browser, whatever it is doing."""
        browser, self._browser = self._browser, None
        if browser is not None:
            with suppress(Exception):
                await asyncio.wait_for(browser.close(), 5)


async def look(order: dict[str, Any]) -> None:
    """Serve and look."""
    from playwright.async_api import async_playwright

    try:
        async with Site(order), async_playwright() as playwright:
            await Tour(order, playwright).go()
    except NotServed as problem:
        say(trouble="serve", path="", text=str(problem)[:1_500], where="")
    say(done=True)


def main() -> None:
    """Read the order, and look."""
    asyncio.run(look(json.loads(Path(sys.argv[1]).read_bytes())))
