"""Pictures in an issue: found in its text, fetched from the forge as a durable step, kept as blobs.

A picture that cannot be had never ends a run: what is wrong with it is told to the model instead.
"""

import re
from typing import Final

from yantra_bot.domain.conversation import Image
from yantra_bot.domain.pictures import IssuePicture, read_facts
from yantra_bot.domain.repository import Issue
from yantra_bot.errors import Permanent, Transient, UserError
from yantra_bot.ports import BlobStore, Forge
from yantra_bot.runs.codec import encode
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.workshop import Workshop

MAX_PICTURES: Final = 4
TRIES: Final = 2
# Possessive: nothing that was taken is given back, so that no text is walked over again and again.
_MARKDOWN: Final = re.compile(r"!\[([^\]\n]{0,300}+)\]\([ \t]{0,9}+<?(https?://[^\s)>]{1,2000}+)(?=[\s)>])")
_HTML: Final = re.compile(r"<img\b[^>]{0,300}?\bsrc\s{0,9}+=\s{0,9}+[\"']?(https?://[^\s\"'>]{1,2000}+)", re.IGNORECASE)
_HIDDEN: Final = re.compile(r"<!--.*?(?:-->|\Z)|^(`{3,}|~{3,}).*?(?:^\1|\Z)", re.DOTALL | re.MULTILINE)
"""What nobody who reads the issue sees as a picture."""


def find_pictures(issue: Issue) -> tuple[tuple[str, str], ...]:
    """Return the addresses of the pictures, each once, with where they stand; the first few."""
    texts = [("the issue", issue.body)]
    texts += [(f"a comment by {one.author.login}", one.body) for one in issue.comments if not one.author.is_bot]
    found: dict[str, str] = {}
    for place, text in texts:
        shown = _HIDDEN.sub("", text)
        matches = [(match.start(), match[2]) for match in _MARKDOWN.finditer(shown)]
        matches += [(match.start(), match[1]) for match in _HTML.finditer(shown)]
        for _, address in sorted(matches):
            found.setdefault(address.replace("&amp;", "&"), place)
    return tuple(found.items())[:MAX_PICTURES]


async def read_pictures(
    context: RunContext, workshop: Workshop, forge: Forge, issue: Issue
) -> tuple[IssuePicture, ...]:
    """Return the pictures of an issue; no step is taken where it has none."""
    wanted = find_pictures(issue)
    if not wanted:
        return ()

    async def read() -> tuple[IssuePicture, ...]:
        return tuple([await _fetch(forge, workshop.blobs, *one) for one in wanted])

    asked = encode(wanted, tuple[tuple[str, str], ...])
    return await context.step(
        "read pictures", read, tuple[IssuePicture, ...], request=asked, stoppable=True, tries=TRIES
    )


async def _fetch(forge: Forge, blobs: BlobStore, address: str, place: str) -> IssuePicture:
    try:
        data = await forge.picture(address)
    except (UserError, Permanent, Transient) as problem:
        return IssuePicture(address, place, problem=str(problem))
    facts = read_facts(data)
    if facts is None:
        return IssuePicture(address, place, problem="It is no PNG, JPEG, GIF or WebP.")
    return IssuePicture(address, place, Image(blobs.put(data), facts.media, facts.width, facts.height, len(data)))
