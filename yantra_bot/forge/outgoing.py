"""What leaves for the forge holds nothing that looks like a secret: it is replaced in texts; such a name is refused."""

from collections.abc import Mapping
from typing import Any

from yantra_bot.domain.redaction import redact
from yantra_bot.errors import Permanent

_NAMES = frozenset({"head", "base", "ref"})
"""Fields with names of branches, which would be other ones with a part replaced."""
_PACKED = frozenset({"sarif"})
"""Packed, so that a shape in it is chance; its texts were looked at before."""


def clear(data: Any, *, what: str) -> Any:
    """Return data for a request, clear of secrets. Raises Permanent for a name that looks like one."""
    if isinstance(data, str):
        return redact(data)
    if isinstance(data, list | tuple):
        return [clear(one, what=what) for one in data]
    if not isinstance(data, Mapping):
        return data
    for name in _NAMES & data.keys():
        if isinstance(data[name], str) and redact(data[name]) != data[name]:
            raise Permanent(
                f"{what}: the name of a branch looks like a secret, so nothing was sent. Rename the branch."
            )
    return {key: one if key in _PACKED else clear(one, what=what) for key, one in data.items()}
