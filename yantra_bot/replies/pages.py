"""What a pull request shows of web pages: pictures of each page before and after the change, side by side. Pure."""

from collections.abc import Mapping
from typing import Final

from yantra_bot.domain.browsing import Browsed, Page, Picture
from yantra_bot.domain.checks import CheckResult
from yantra_bot.replies.text import inline

_SUFFIXES: Final = {"image/png": "png", "image/jpeg": "jpg"}
MAX_SHOWN: Final = 6
WIDTH: Final = 420
"""Pixels that a picture is shown with; it is kept larger, and opens when it is clicked on."""


def find_browsed(checks: tuple[CheckResult, ...]) -> Browsed | None:
    """Return what a browser saw; None where none looked."""
    return next((check.browsed for check in checks if check.browsed is not None), None)


def name_pictures(browsed: Browsed) -> dict[str, str]:
    """Return the blobs of the pictures that are shown, by the names they are given on the forge."""
    named = {}
    for number, (after, before) in enumerate(_shown(browsed), start=1):
        for word, page in (("before", before), ("after", after)):
            if page is not None and page.picture is not None:
                named[_name(number, word, page.picture)] = page.picture.blob
    return named


def pages_text(browsed: Browsed, links: Mapping[str, str]) -> str:
    """Return the section of the pages; empty where no picture can be shown."""
    if not links:
        return ""
    rows = []
    for number, (after, before) in enumerate(_shown(browsed), start=1):
        cells = [_cell(number, "before", before, links), _cell(number, "after", after, links)]
        rows.append(f"| {inline(after.path).replace('|', '')} | {' | '.join(cells)} |")
    same = sum(_looks_same(after, before) for after, before in browsed.pairs)
    parts = ["### Pages", "\n".join(["| page | before | after |", "|---|---|---|", *rows]) if rows else ""]
    parts.append(f"{same} of {len(browsed.pairs)} pages look the same as before.") if same else None
    return "\n\n".join(part for part in parts if part)


def _shown(browsed: Browsed) -> list[tuple[Page, Page | None]]:
    """Return the pages that look different, with a picture after the change."""
    pairs = [(after, before) for after, before in browsed.pairs if after.picture and not _looks_same(after, before)]
    return pairs[:MAX_SHOWN]


def _looks_same(after: Page, before: Page | None) -> bool:
    is_pictured = before is not None and after.picture is not None and before.picture is not None
    return is_pictured and before is not None and after.picture == before.picture


def _name(number: int, word: str, picture: Picture) -> str:
    return f"page-{number}-{word}.{_SUFFIXES.get(picture.media, 'png')}"


def _cell(number: int, word: str, page: Page | None, links: Mapping[str, str]) -> str:
    if page is None:
        return "was not there"
    link = links.get(_name(number, word, page.picture)) if page.picture is not None else None
    if link is None:
        return "no picture"
    load = "" if page.times.load is None else f"<br>loaded in {page.times.load:.0f} ms"
    return f'<a href="{link}"><img src="{link}" width="{WIDTH}" alt="page {number} {word}"></a>{load}'
