"""What of an object is ours: the fields that server-side apply lists under our name, taken out of the object. Pure.

Whoever applies has to say everything that he wants to keep: what he leaves out is removed. So a single change of an
object is made by taking what is ours, changing that, and applying it again; nobody else's field is touched.
"""

import json
from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Final

from yantra_bot.domain.rollout import Manifest

MANAGER: Final = "yantra"
_KEPT: Final = ("apiVersion", "kind")


def has_ours(live: Manifest) -> bool:
    """Whether we ever applied this object."""
    return _entry(live) is not None


def take_ours(live: Manifest) -> dict[str, Any]:
    """Return the object as we applied it, with the values that it has now; bare where we never did."""
    entry = _entry(live)
    fields = {} if entry is None else entry.get("fieldsV1") or {}
    found = _take(live, fields)
    ours: dict[str, Any] = found if isinstance(found, dict) else {}
    metadata = {**(ours.get("metadata") or {}), "name": live["metadata"]["name"]}
    return {**ours, **{key: live[key] for key in _KEPT if key in live}, "metadata": metadata}


def _entry(live: Manifest) -> Mapping[str, Any] | None:
    for entry in (live.get("metadata") or {}).get("managedFields") or ():
        if entry.get("manager") == MANAGER and entry.get("operation") == "Apply" and not entry.get("subresource"):
            return dict(entry)
    return None


def _take(value: Any, fields: Mapping[str, Any]) -> Any:
    """Return the part of a value that `fields` names: `f:NAME`, `k:{KEYS}` of a list's item, `v:VALUE` of a set's."""
    if not fields:
        # A leaf, or a whole that is one: its inner fields are not told apart.
        return deepcopy(value)
    if isinstance(value, dict):
        return {
            name: _take(value[name], inner)
            for name, inner in ((key[2:], inner) for key, inner in fields.items() if key.startswith("f:"))
            if name in value
        }
    if isinstance(value, list):
        return [taken for item in value if (taken := _take_item(item, fields)) is not None]
    return deepcopy(value)


def _take_item(item: Any, fields: Mapping[str, Any]) -> Any:
    for key, inner in fields.items():
        if key.startswith("v:") and json.loads(key[2:]) == item:
            return deepcopy(item)
        if key.startswith("k:") and isinstance(item, dict):
            keys = json.loads(key[2:])
            if all(item.get(name) == wanted for name, wanted in keys.items()):
                return {**{name: wanted for name, wanted in keys.items() if name in item}, **_take(item, inner)}
    return None
