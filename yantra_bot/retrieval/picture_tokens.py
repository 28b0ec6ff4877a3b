"""What a picture costs in tokens, by the formulas that vendors publish. Pure; no picture is opened.

Both vendors cut a picture, made smaller where it is too large, into square patches.
"""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from yantra_bot.domain.conversation import Block, Image, ModelRequest

BLIND_TOKENS: Final = 40
"""What a model reads of a picture that it cannot see: a note."""


@dataclass(frozen=True, slots=True)
class Sight:
    """How a family of models sees. `patch` and `edge` are in pixels, `most` in patches, before the factor."""

    patch: int
    edge: int
    most: int
    factor: float = 1.0


CLAUDE: Final = Sight(patch=28, edge=2576, most=4784)
"""Claude since Opus 4.7: platform.claude.com/docs/en/build-with-claude/vision, read on 2026-11-28."""
EARLIER_CLAUDE: Final = Sight(patch=28, edge=1568, most=1568)
GPT: Final = Sight(patch=32, edge=6000, most=10_000, factor=1.2)
"""GPT-6: patches of 32 pixels times 1.2, the budget of the largest detail (developers.openai.com, "images-vision")."""
FAMILIES: Final = (
    (re.compile(r"claude-(3|\w+-3|\w+-4(?!-[78])\b)"), EARLIER_CLAUDE),
    (re.compile(r"claude"), CLAUDE),
    (re.compile(r"gpt-[5-9]"), GPT),
)


def find_sight(model: str) -> Sight | None:
    """Return how a model sees; None for one of no family that is known to."""
    return next((sight for pattern, sight in FAMILIES if pattern.match(model.lower())), None)


def count_picture(image: Image, model: str) -> int:
    """Return the most tokens that a picture costs a model."""
    sight = find_sight(model)
    if sight is None:
        return BLIND_TOKENS
    scale = min(1.0, sight.edge / max(image.width, image.height))
    columns, rows = (math.ceil(side * scale / sight.patch) for side in (image.width, image.height))
    return math.ceil(min(columns * rows, sight.most) * sight.factor)


def count_pictures(request: ModelRequest) -> int:
    """Return the tokens of all pictures of a request."""
    return sum(
        count_picture(image, request.model) for message in request.messages for image in images_of(message.blocks)
    )


def count_largest(image: Image) -> int:
    """Return the most tokens that a picture costs any model."""
    return max(count_picture(image, model) for model in ("claude", "gpt-6", ""))


def images_of(blocks: Iterable[Block]) -> list[Image]:
    """Return the pictures among blocks."""
    return [block for block in blocks if isinstance(block, Image)]
