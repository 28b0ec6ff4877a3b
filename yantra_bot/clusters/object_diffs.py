"""What a change would do to an object, field by field, for people. Pure."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from yantra_bot.clusters.api import quoted
from yantra_bot.deploy_ports import ObjectDiff
from yantra_bot.domain.rollout import Manifest

_MOST_LINES: Final = 60
_MOST_VALUE: Final = 160
_NOISE: Final = frozenset(
    {
        "managedFields",
        "generation",
        "resourceVersion",
        "uid",
        "creationTimestamp",
        "selfLink",
        "deletionTimestamp",
        "deletionGracePeriodSeconds",
    }
)
_NO_NEWS: Final = frozenset({"yantra.dev/run", "yantra.dev/commit", "deployment.kubernetes.io/revision"})
_SECRET: Final = re.compile(r"(?i)passw|secret|token|credential|api.?key|private.?key|access.?key")
_HIDDEN: Final = "(hidden)"
"""What is shown of values whose name says that they are nobody's business, though they stand in a manifest."""
_ABSENT: Final = object()


def describe(live: Manifest | None, after: Manifest) -> ObjectDiff:
    """Return what is different in `after`, as the cluster's dry run answered it."""
    kind, name = str(after["kind"]), str(after["metadata"]["name"])
    if live is None:
        return ObjectDiff(kind, name, (f"new {kind}",), is_new=True)
    lines = list(_compare("", _clean(live), _clean(after)))
    if len(lines) > _MOST_LINES:
        lines = [*lines[:_MOST_LINES], f"… and {len(lines) - _MOST_LINES} more fields"]
    return ObjectDiff(kind, name, tuple(lines))


def _clean(manifest: Manifest) -> dict[str, Any]:
    metadata = {key: value for key, value in manifest["metadata"].items() if key not in _NOISE}
    notes = {key: value for key, value in (metadata.get("annotations") or {}).items() if key not in _NO_NEWS}
    metadata["annotations"] = notes
    # The version of the API is chosen by us, and says nothing of the object.
    rest = {key: value for key, value in manifest.items() if key not in ("status", "apiVersion", "kind")}
    return {**rest, "metadata": metadata}


def _compare(place: str, old: Any, new: Any) -> Iterator[str]:
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() | new.keys()):
            inner = f"{place}.{key}" if place else str(key)
            yield from _compare(inner, old.get(key, _ABSENT), new.get(key, _ABSENT))
    elif isinstance(old, list) and isinstance(new, list) and _are_named(old) and _are_named(new):
        olds, news = ({one["name"]: one for one in side} for side in (old, new))
        for name in dict.fromkeys([*olds, *news]):
            yield from _compare(f"{place}[{quoted(name, 80)}]", olds.get(name, _ABSENT), news.get(name, _ABSENT))
    else:
        shown = (_HIDDEN, _HIDDEN) if _SECRET.search(place) else (_show(old), _show(new))
        yield f"{quoted(place, 200)}: {shown[0]} → {shown[1]}"


def _are_named(items: list[Any]) -> bool:
    names = [one.get("name") if isinstance(one, dict) else None for one in items]
    return all(isinstance(name, str) for name in names) and len(set(names)) == len(names)


def _show(value: Any) -> str:
    if value is _ABSENT:
        return "nothing"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
    return quoted(text, _MOST_VALUE) or '""'
