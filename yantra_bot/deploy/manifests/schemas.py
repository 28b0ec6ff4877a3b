"""The schemas of Kubernetes, strict: what a manifest may say in a version of it. Unknown fields are refused.

They are an artefact (`kubernetes-schemas`), never fetched from anywhere here.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from yantra_bot.deploy.manifests.kinds import APPLIED
from yantra_bot.domain.rollout import Manifest
from yantra_bot.errors import UserError

_MOST_PROBLEMS: Final = 5
_MOST_TEXT: Final = 240
_ROOT: Final = "https://kubernetes.io/api/_definitions.json"


class Schemas:
    """The schemas of the versions that lie in a folder, each read when it is first asked for."""

    def __init__(self, folder: Path | None) -> None:
        """`folder` is the artefact's; None where it could not be fetched."""
        self._folder = folder
        self._read: dict[str, _Release] = {}

    @cached_property
    def releases(self) -> tuple[str, ...]:
        """Versions of Kubernetes as `1.37`, oldest first. Raises UserError where there are none."""
        places = [] if self._folder is None else self._folder.glob("v1.*-local-strict/_definitions.json")
        minors = sorted(int(place.parent.name.split(".")[1]) for place in places)
        if not minors:
            raise UserError(
                "The schemas of Kubernetes are not here, and nothing is deployed unchecked. Cure: `make setup`."
            )
        return tuple(f"1.{minor}" for minor in minors)

    def choose(self, server: str) -> tuple[str, ...]:
        """Return the newest version, and the server's (or the nearest that is here) where it says which it is."""
        minor = server.partition(".")[2]
        if not minor.isdigit():
            return self.releases[-1:]
        near = min(self.releases, key=lambda known: abs(int(known.partition(".")[2]) - int(minor)))
        return tuple(dict.fromkeys((self.releases[-1], near)))

    def find_problems(self, manifest: Manifest, *, server: str = "") -> tuple[str, ...]:
        """Return what is wrong, as `spec.replicas: …`; nothing where all is right."""
        for release in self.choose(server):
            if release not in self._read:
                if self._folder is None:
                    raise AssertionError("there are no releases without a folder")
                self._read[release] = _Release(release, self._folder / f"v{release}.0-local-strict/_definitions.json")
            found = tuple(self._read[release].find_problems(manifest))
            if found:
                return found
        return ()


class _Release:
    """One version of Kubernetes."""

    def __init__(self, release: str, file: Path) -> None:
        from referencing import Registry, Resource

        self.release = release
        raw = json.loads(file.read_bytes())
        self._registry: Any = Resource.from_contents(raw) @ Registry()
        self._names = dict(_name_kinds(raw["$defs"]))

    def find_problems(self, manifest: Manifest) -> Iterator[str]:
        from jsonschema import Draft202012Validator

        kind, version = str(manifest["kind"]), str(manifest["apiVersion"])
        name = self._names.get((version, kind))
        if name is None:
            known = [known for known, other in self._names if other == kind and known in APPLIED[kind].versions]
            yield f"Kubernetes {self.release} has no {kind} in {version}; write it in {' or '.join(known) or 'none'}"
            return
        validator = Draft202012Validator({"$ref": f"{_ROOT}#/$defs/{name}"}, registry=self._registry)
        for number, problem in enumerate(validator.iter_errors(manifest)):
            if number == _MOST_PROBLEMS:
                yield "and more"
                return
            place = ".".join(str(part) for part in problem.absolute_path) or "the object"
            yield f"{place}: {_cut(problem.message)} (Kubernetes {self.release})"


def _name_kinds(definitions: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], str]]:
    for name, definition in definitions.items():
        for one in definition.get("x-kubernetes-group-version-kind") or ():
            if one["kind"] in APPLIED:
                version = f"{one['group']}/{one['version']}" if one["group"] else one["version"]
                yield (version, one["kind"]), name


def _cut(text: str) -> str:
    line = " ".join(text.split())
    # Its end says what was expected, its beginning what was there.
    return line if len(line) <= _MOST_TEXT else f"{line[:120]} … {line[-110:]}"
