"""Names of images: taken apart, and held against what the operator allows. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_HOST: Final = r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*)(?::[0-9]{1,5})?"
_PART: Final = r"[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*"
_REFERENCE: Final = re.compile(
    rf"(?P<repository>(?:{_HOST}/)?{_PART}(?:/{_PART})*)(?::(?P<tag>\w[\w.-]{{0,127}}))?(?:@(?P<digest>sha256:[0-9a-f]{{64}}))?",
    re.ASCII,
)
_MOST: Final = 500
_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class ImageName:
    """An image as a pod names it; `tag` and `digest` may be empty."""

    repository: str
    tag: str
    digest: str


def parse_image(text: str) -> ImageName | None:
    """Return the parts of an image's name; None for what is none."""
    found = _REFERENCE.fullmatch(text) if len(text) <= _MOST else None
    return None if found is None else ImageName(found["repository"], found["tag"] or "", found["digest"] or "")


def is_allowed(repository: str, registries: Sequence[str]) -> bool:
    """Whether a repository with its host lies under one of the operator's `HOST[:PORT]/PATH-PREFIX`."""
    return any(repository == one or repository.startswith(f"{one.rstrip('/')}/") for one in registries)


def is_digest(text: str) -> bool:
    """Whether a text is a digest as images are named by."""
    return _DIGEST.fullmatch(text) is not None
