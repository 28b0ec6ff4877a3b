"""What both vendors ask of pictures in a request, by their own descriptions of it."""

import base64
import binascii
from typing import Any

MAGIC = {"image/png": b"\x89PNG", "image/jpeg": b"\xff\xd8\xff", "image/gif": b"GIF8", "image/webp": b"RIFF"}
MAX_BASE64 = 5 * 1024 * 1024


def find_picture_fault(media: Any, data: Any) -> str | None:
    """Return what is wrong with a picture's bytes; None when they are what they are said to be."""
    if media not in MAGIC:
        return f"media_type: {media!r} is not one of {sorted(MAGIC)}"
    if not isinstance(data, str) or len(data) > MAX_BASE64:
        return "image exceeds 5 MB maximum"
    try:
        found = base64.b64decode(data, validate=True)
    except binascii.Error:
        return "image is not valid base64"
    return None if found.startswith(MAGIC[media]) else f"Image does not match the provided media type {media}"


def find_url_fault(url: Any) -> str | None:
    """Return what is wrong with a picture that comes as a data address."""
    head, _, data = str(url).partition(";base64,")
    return find_picture_fault(head.removeprefix("data:"), data) if head.startswith("data:") else "invalid image_url"
