"""The pictures that a run's page shows: those that its checks took. Pure; whoever knows the run's id may see them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from yantra_bot.domain.browsing import Browsed, Page, Picture
from yantra_bot.domain.checks import CheckResult
from yantra_bot.errors import YantraError
from yantra_bot.runs.codec import StepBug, decode_envelope
from yantra_bot.runs.ledger import StepRow

SHOWN: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""Kinds that a browser shows and does not run."""
PICTURE_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, max-age=3600, immutable",
}


@dataclass(frozen=True, slots=True)
class Pair:
    """One page with its pictures, each as a word and a blob."""

    path: str
    note: str
    pictures: tuple[tuple[str, str], ...]


def list_pairs(steps: Iterable[StepRow]) -> tuple[Pair, ...]:
    """Return the pages that a browser looked at last, where there are pictures of them."""
    looked = [found for step in steps if (found := _browsed(step)) is not None]
    return tuple(_pair(*pair) for pair in looked[-1].pairs if pair[0].picture is not None) if looked else ()


def _pair(after: Page, before: Page | None) -> Pair:
    named = (("before", before), ("after", after))
    pictures = tuple((word, page.picture.blob) for word, page in named if page is not None and page.picture is not None)
    is_same = len(pictures) == 2 and pictures[0][1] == pictures[1][1]
    return Pair(after.path, "looks the same" if is_same else "", pictures[1:] if is_same else pictures)


def find_media(steps: Iterable[StepRow], blob: str) -> str | None:
    """Return what kind of picture a run's checks took under this name; None where they took none of it."""
    found = (picture for step in steps for picture in _of_step(step) if picture.blob == blob)
    return next((picture.media for picture in found if picture.media in SHOWN), None)


def _of_step(step: StepRow) -> Iterator[Picture]:
    browsed = _browsed(step)
    looks = () if browsed is None else (browsed.before, browsed.after)
    yield from (page.picture for look in looks for page in look.pages if page.picture is not None)


def _browsed(step: StepRow) -> Browsed | None:
    if step.name.split("#")[0] != "check change" or step.envelope is None:
        return None
    try:
        result: CheckResult = decode_envelope(step.envelope, CheckResult)
    except (YantraError, StepBug, ValueError):
        return None
    return result.browsed
