"""Who set which field: server-side apply and plain changes, as far as the product uses them.

A field's path is a tuple of `f:NAME` and, for items of lists that are told apart by keys, `k:{KEYS}`; what is owned is
written as the API does, in `metadata.managedFields`.
"""

import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any, Final

Path = tuple[str, ...]
_KEYS: Final = {
    "containers": ("name",),
    "initContainers": ("name",),
    "volumes": ("name",),
    "env": ("name",),
    "imagePullSecrets": ("name",),
    "volumeMounts": ("mountPath",),
    "topologySpreadConstraints": ("topologyKey", "whenUnsatisfiable"),
}
_ATOMIC: Final = frozenset({"selector", "nodeSelector", "labelSelector", "scaleTargetRef", "podSelector", "backend"})
_IDENTITY: Final = {("f:apiVersion",), ("f:kind",)} | {
    ("f:metadata", f"f:{name}")
    for name in (
        *("name", "namespace", "uid", "resourceVersion", "generation", "creationTimestamp", "managedFields"),
        "deletionTimestamp",
    )
}


class Conflict(Exception):
    """Fields that others set to something else, as (manager, path)."""

    def __init__(self, found: tuple[tuple[str, Path], ...]) -> None:
        super().__init__(str(found))
        self.found = found


def apply(live: dict[str, Any] | None, config: dict[str, Any], manager: str, *, is_forced: bool) -> dict[str, Any]:
    """Return the object after a server-side apply. Raises Conflict."""
    after = deepcopy(live) if live is not None else {}
    owned = read_owned(after)
    mine = owned.pop((manager, "Apply"), set())
    wanted = set(leaves(config))
    conflicts = [
        (who, path)
        for (who, _), theirs in owned.items()
        for path in sorted(wanted & theirs)
        if not path[-1].startswith((".", "k:")) and find(after, path) != find(config, path)
    ]
    if conflicts and not is_forced:
        raise Conflict(tuple(conflicts))
    # An item of a list goes before its fields, by which it is known.
    for path in sorted(mine - wanted, key=lambda one: (one[-1] != ".", -len(one))):
        if not any(path in theirs for theirs in owned.values()):
            remove(after, path)
    for theirs in owned.values():
        theirs -= {path for _, path in conflicts}
    merge(after, config)
    write_owned(after, {**owned, (manager, "Apply"): wanted})
    return after


def change(before: dict[str, Any] | None, after: dict[str, Any], manager: str) -> dict[str, Any]:
    """Return `after` with what it changes owned by the manager, and by nobody else."""
    owned = read_owned(before or {})
    old, new = set(leaves(before or {})), set(leaves(after))
    changed = {path for path in new if path not in old or find(before, path) != find(after, path)}
    changed = {path for path in changed if path[0] != "f:status"}
    for theirs in owned.values():
        theirs -= changed | (old - new)
    if changed:
        owned[manager, "Update"] = owned.get((manager, "Update"), set()) | changed
    write_owned(after, owned)
    return after


def leaves(value: Any, where: Path = ()) -> Iterator[Path]:
    """Yield the path of everything that is owned as a whole."""
    if where in _IDENTITY or where[:1] == ("f:status",):
        return
    if isinstance(value, dict) and value and not (where and where[-1][2:] in _ATOMIC):
        for name, inner in value.items():
            yield from leaves(inner, (*where, f"f:{name}"))
    elif isinstance(value, list) and (keys := _keys_of(where, value)):
        for item in value:
            place = (*where, _key(item, keys))
            yield (*place, ".")
            for name, inner in item.items():
                yield from leaves(inner, (*place, f"f:{name}"))
    else:
        yield where


def _keys_of(where: Path, value: list[Any]) -> tuple[str, ...]:
    name = where[-1][2:] if where else ""
    if name == "ports" and value and all(isinstance(one, dict) for one in value):
        if all("containerPort" in one for one in value):
            return ("containerPort", "protocol")
        return ("port", "protocol") if all("port" in one for one in value) and len(where) == 2 else ()
    return _KEYS.get(name, ())


def _key(item: Mapping[str, Any], keys: tuple[str, ...]) -> str:
    said = {key: item.get(key, "TCP" if key == "protocol" else None) for key in keys}
    return "k:" + json.dumps(said, sort_keys=True, separators=(",", ":"))


def find(value: Any, path: Path) -> Any:
    """Return what lies at a path; None where there is nothing."""
    for part in path:
        if part == ".":
            return True if value is not None else None
        if part.startswith("k:"):
            value = _item(value, json.loads(part[2:]))
        else:
            value = value.get(part[2:]) if isinstance(value, dict) else None
        if value is None:
            return None
    return value


def _item(items: Any, keys: Mapping[str, Any]) -> Any:
    if not isinstance(items, list):
        return None
    return next((one for one in items if _key(one, tuple(keys)) == _key(keys, tuple(keys))), None)


def remove(value: Any, path: Path) -> None:
    """Take away what lies at a path; an item of a list goes with its own mark."""
    *way, last = path
    holder = find(value, tuple(way))
    if last == ".":
        items = find(value, tuple(way[:-1]))
        if isinstance(items, list) and holder in items:
            items.remove(holder)
    elif isinstance(holder, dict):
        holder.pop(last[2:], None)


def merge(into: dict[str, Any], config: Mapping[str, Any], where: Path = ()) -> None:
    """Set what a configuration says."""
    for name, value in config.items():
        place = (*where, f"f:{name}")
        if isinstance(value, dict) and isinstance(into.get(name), dict) and name not in _ATOMIC:
            merge(into[name], value, place)
        elif isinstance(value, list) and isinstance(into.get(name), list) and (keys := _keys_of(place, value)):
            for item in value:
                known = _item(into[name], json.loads(_key(item, keys)[2:]))
                if known is None:
                    into[name].append(deepcopy(item))
                else:
                    merge(known, item, (*place, _key(item, keys)))
        else:
            into[name] = deepcopy(value)


def read_owned(manifest: Mapping[str, Any]) -> dict[tuple[str, str], set[Path]]:
    """Return the paths by manager and operation."""
    entries = (manifest.get("metadata") or {}).get("managedFields") or ()
    return {(one["manager"], one["operation"]): set(_flatten(one["fieldsV1"])) for one in entries}


def _flatten(fields: Mapping[str, Any], where: Path = ()) -> Iterator[Path]:
    for key, inner in fields.items():
        if inner:
            yield from _flatten(inner, (*where, key))
        else:
            yield (*where, key)


def write_owned(manifest: dict[str, Any], owned: Mapping[tuple[str, str], set[Path]]) -> None:
    entries = []
    for (manager, operation), paths in sorted(owned.items()):
        fields: dict[str, Any] = {}
        for path in sorted(paths):
            at = fields
            for part in path:
                at = at.setdefault(part, {})
        if fields:
            said = {"manager": manager, "operation": operation, "apiVersion": manifest.get("apiVersion", "")}
            entries.append({**said, "fieldsType": "FieldsV1", "fieldsV1": fields})
    manifest.setdefault("metadata", {})["managedFields"] = entries
