"""Reads the manifests of a commit out of the mirror: a file, or all of a folder. The child's side; nothing is run."""

from typing import Any, Final

from yantra_bot.deploy.manifests.reading import MOST_BYTES, MOST_FILES, MOST_OBJECTS, read_file
from yantra_bot.errors import UserError
from yantra_bot.sandbox.mirror import Mirror, TreeEntry
from yantra_bot.worker.tasks import ReadManifests

_MOST_ENTRIES: Final = 500_000
_REGULAR: Final = ("100644", "100755")
_ENDS: Final = (".yaml", ".yml", ".json")
_RENDERED: Final = {
    "kustomization.yaml": "Kustomize",
    "kustomization.yml": "Kustomize",
    "Kustomization": "Kustomize",
    "Chart.yaml": "Helm",
}


def read_manifests(mirror: Mirror, order: ReadManifests) -> tuple[dict[str, Any], ...]:
    """Return the objects of a file or a folder, in the order of their names. Raises UserError with file and line."""
    place = check_place(order.place)
    chosen = _choose(mirror.list_tree(order.commit, max_entries=_MOST_ENTRIES), place)
    found: list[dict[str, Any]] = []
    room = 4 * MOST_BYTES
    for path, entry in sorted(chosen.items()):
        if (entry.size or 0) > MOST_BYTES or (entry.size or 0) > room:
            raise UserError(
                f"{path}: the manifests are larger than {MOST_BYTES // 1024} kB a file, or four times that "
                "together. Cure: deploy less at once."
            )
        data = mirror.read_blob(order.commit, entry.object_id)
        room -= len(data)
        found += read_file(path, data)
        if len(found) > MOST_OBJECTS:
            raise UserError(f"{place} has more than {MOST_OBJECTS} objects. Cure: deploy less at once.")
    if not found:
        raise UserError(
            f"{place} has no object in it. Cure: add manifests, or leave `manifests` out to have them made."
        )
    return tuple(found)


def check_place(place: str) -> str:
    """Return a path of the repository in its plain form. Raises UserError for what leads out of it."""
    parts = [part for part in place.split("/") if part not in ("", ".")]
    if not parts or ".." in parts or place.startswith("/"):
        raise UserError(f"{place[:200]!r} is no path in the repository. Cure: name a file or a folder of it.")
    return "/".join(parts)


def _choose(entries: tuple[TreeEntry, ...], place: str) -> dict[str, TreeEntry]:
    """Return the files to read, by path: the named one, or those right in the named folder."""
    named = {entry.path.decode("utf-8", "replace"): entry for entry in entries}
    if place in named:
        return _only_regular({place: named[place]})
    inside = {path: entry for path, entry in named.items() if path.startswith(f"{place}/")}
    if not inside:
        raise UserError(f"There is no {place} at this commit. Cure: correct `manifests` of the environment.")
    here = {path: entry for path, entry in inside.items() if "/" not in path[len(place) + 1 :]}
    for path in here:
        tool = _RENDERED.get(path.rpartition("/")[2])
        if tool:
            raise UserError(
                f"{path}: {tool} is not run here. Cure: render it in your build, commit what comes out, and name that."
            )
    chosen = {path: entry for path, entry in here.items() if path.endswith(_ENDS)}
    if len(chosen) > MOST_FILES:
        raise UserError(f"{place} has more than {MOST_FILES} files. Cure: deploy less at once.")
    return _only_regular(chosen)


def _only_regular(chosen: dict[str, TreeEntry]) -> dict[str, TreeEntry]:
    for path, entry in chosen.items():
        if entry.mode not in _REGULAR:
            raise UserError(f"{path}: it is a link, which is not followed. Cure: put the file itself there.")
        if not path.endswith(_ENDS):
            raise UserError(f"{path}: it is neither YAML nor JSON by its name. Cure: name it .yaml, .yml or .json.")
    return chosen
