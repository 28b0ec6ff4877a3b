"""Which models see, and what they are shown of a picture: its bytes in base64, or words in its place.

It never sends what a vendor is known to refuse: a picture that is too large for one becomes words.
"""

import base64
from collections.abc import Callable
from typing import Final

from yantra_bot.domain.conversation import Image
from yantra_bot.errors import Permanent
from yantra_bot.models.catalogue import find_model

MAX_SIDE: Final = 8_000
"""Pixels; both vendors refuse more, or do nothing with it."""
MAX_BASE64: Final = 5 * 1024 * 1024
"""Characters of one picture."""
SEEN: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
Show = Callable[[Image, str], str | None]
"""Returns a picture's bytes in base64 for a model; None where it is not shown to it."""


def show_nothing(_image: Image, _model: str) -> str | None:
    """Show no picture to anybody."""
    return None


def show_from(read: Callable[[str], bytes]) -> Show:
    """Return what shows pictures out of a blob store to the models that see."""

    def show(image: Image, model: str) -> str | None:
        facts = find_model(model)
        if facts is None or not facts.sees or image.media not in SEEN or max(image.width, image.height) > MAX_SIDE:
            return None
        try:
            text = base64.b64encode(read(image.blob)).decode()
        except (KeyError, Permanent):
            return None
        return text if len(text) <= MAX_BASE64 else None

    return show
