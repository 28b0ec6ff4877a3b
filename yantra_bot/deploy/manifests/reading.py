"""Reads files with manifests: YAML with several documents, or JSON, strictly. Pure; only a worker does it.

What would be read differently by the cluster's own tools, or what could make little text much data, is refused with its
line: names that come twice, tags, merge keys, anchors that are used too often, broken indentation.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from yantra_bot.deploy.manifests.kinds import SOURCE
from yantra_bot.errors import UserError

MOST_FILES: Final = 100
MOST_BYTES: Final = 512 * 1024
"""Of one file; all together may have four times as many."""
MOST_OBJECTS: Final = 100
_MOST_NODES: Final = 50_000
_MOST_DEPTH: Final = 40
_MOST_ALIASES: Final = 50
_PLAIN: Final = {f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "bool", "null", "map", "seq")}
_SEXAGESIMAL: Final = re.compile(r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?")


class _Loader(yaml.SafeLoader):
    """Composes nodes, and counts how often an anchor is used."""

    def __init__(self, stream: str, place: str) -> None:
        super().__init__(stream)
        self.place = place
        self.aliases = 0

    def compose_node(self, parent: Node | None, index: Any) -> Node | None:
        if self.check_event(yaml.events.AliasEvent):
            self.aliases += 1
            if self.aliases > _MOST_ALIASES:
                mark = self.get_mark()
                raise UserError(
                    f"{self.place}:{mark.line + 1}: anchors are used more than {_MOST_ALIASES} times. "
                    "Cure: write it out."
                )
        return super().compose_node(parent, index)


# Dates stay text, as they do for the cluster.
_Loader.yaml_implicit_resolvers = {
    sign: [(tag, pattern) for tag, pattern in known if not tag.endswith((":timestamp", ":value"))]
    for sign, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class _Building:
    """Makes values of nodes, once; what is built of anchors counts each time."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.nodes = 0
        self._scalars = yaml.constructor.SafeConstructor()

    def build(self, node: Node, depth: int = 0) -> Any:
        self.nodes += 1
        if self.nodes > _MOST_NODES or depth > _MOST_DEPTH:
            raise self.wrong(
                node, f"more than {_MOST_NODES} values, or more than {_MOST_DEPTH} levels", "Make it smaller"
            )
        if node.tag == "tag:yaml.org,2002:merge":
            return "<<"
        if node.tag not in _PLAIN:
            raise self.wrong(node, f"the tag {node.tag[:80]!r}", "Write the value without it")
        if isinstance(node, MappingNode):
            return dict(self._pairs(node, depth))
        if isinstance(node, SequenceNode):
            return [self.build(item, depth + 1) for item in node.value]
        if not isinstance(node, ScalarNode):
            raise AssertionError("there are three sorts of nodes")
        return self._scalar(node)

    def _pairs(self, node: MappingNode, depth: int) -> Iterator[tuple[str, Any]]:
        seen = set[str]()
        for key_node, value_node in node.value:
            if key_node.tag == "tag:yaml.org,2002:merge":
                raise self.wrong(key_node, "a merge key (`<<`)", "Write it out")
            key = self.build(key_node, depth + 1)
            if not isinstance(key, str):
                raise self.wrong(key_node, f"{key_node.value!r} as a name, which is no text", "Quote it")
            if key in seen:
                raise self.wrong(key_node, f"{key[:80]!r} twice in one place", "Remove one of them")
            seen.add(key)
            yield key, self.build(value_node, depth + 1)

    def _scalar(self, node: ScalarNode) -> Any:
        if node.tag.endswith((":int", ":float")) and _SEXAGESIMAL.fullmatch(node.value):
            return node.value  # 1:30 is a number to the base 60 for one reader alone
        try:
            value = self._scalars.construct_object(node)
        except (ValueError, OverflowError, yaml.YAMLError):
            raise self.wrong(node, "a value that is none", "Correct it") from None
        if isinstance(value, float) and not (abs(value) < 1e300):
            raise self.wrong(node, "a number that is none", "Correct it")
        return value

    def wrong(self, node: Node, what: str, cure: str) -> UserError:
        return UserError(f"{self.place}:{node.start_mark.line + 1}: it has {what}. Cure: {cure}.")


def read_file(place: str, data: bytes) -> list[dict[str, Any]]:
    """Return a file's objects, each with its place as annotation `SOURCE`. Raises UserError with file and line."""
    if len(data) > MOST_BYTES:
        raise UserError(f"{place}: it is larger than {MOST_BYTES // 1024} kB. Cure: split it.")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise UserError(f"{place}: it is no text in UTF-8. Cure: write it as that.") from None
    documents = _read_json(place, text) if place.endswith(".json") else _read_yaml(place, text)
    found = []
    for line, document in documents:
        found += [_stamp(one, f"{place}:{line}") for one in _unfold(document)]
    return found


def _read_yaml(place: str, text: str) -> list[tuple[int, Any]]:
    building, found = _Building(place), []
    try:
        loader = _Loader(text, place)
        try:
            while loader.check_node():
                node = loader.get_node()
                if node is None:
                    continue
                value = building.build(node)
                if value is not None:
                    found.append((node.start_mark.line + 1, value))
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        line = 1 if mark is None else mark.line + 1
        said = " ".join(str(problem.problem or problem.context or "it cannot be read").split())[:200]
        raise UserError(f"{place}:{line}: {said}. Cure: correct the YAML.") from None
    except (yaml.YAMLError, ValueError):
        raise UserError(f"{place}: it holds signs that YAML does not allow. Cure: remove them.") from None
    except RecursionError:
        raise UserError(f"{place}: it has too many levels. Cure: make it flatter.") from None
    return found


def _read_json(place: str, text: str) -> list[tuple[int, Any]]:
    def pair(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            twice = next(key for key, _ in pairs if sum(key == other for other, _ in pairs) > 1)
            raise UserError(f"{place}:1: it has {twice[:80]!r} twice in one place. Cure: remove one of them.")
        return found

    def refuse(constant: str) -> Any:
        raise UserError(f"{place}:1: it has {constant}, which is no number. Cure: correct it.")

    try:
        return [(1, json.loads(text, object_pairs_hook=pair, parse_constant=refuse))]
    except json.JSONDecodeError as problem:
        raise UserError(f"{place}:{problem.lineno}: {problem.msg}. Cure: correct the JSON.") from None
    except (RecursionError, ValueError):
        raise UserError(f"{place}: it has too many levels, or a number that is none. Cure: make it plain.") from None


def _unfold(document: Any) -> Iterator[Any]:
    """Yield the items of a `List`, else the document."""
    if isinstance(document, dict) and document.get("kind") == "List" and isinstance(document.get("items"), list):
        yield from document["items"]
    else:
        yield document


def _stamp(found: Any, place: str) -> dict[str, Any]:
    if (
        not isinstance(found, dict)
        or not isinstance(found.get("kind"), str)
        or not isinstance(found.get("apiVersion"), str)
    ):
        raise UserError(f"{place}: it is no object with `apiVersion` and `kind`. Cure: correct it.")
    metadata = found.get("metadata")
    if not isinstance(metadata, dict) or not isinstance(metadata.get("name"), str) or not metadata["name"]:
        raise UserError(f"{place}: the {found['kind'][:80]} has no `metadata.name`. Cure: name it.")
    notes = metadata.get("annotations")
    if notes is not None and not isinstance(notes, dict):
        raise UserError(f"{place}: `metadata.annotations` is no mapping. Cure: correct it.")
    if any(str(key).startswith("yantra.dev/") for key in notes or ()):
        raise UserError(f"{place}: annotations that begin with `yantra.dev/` are the bot's own. Cure: leave them out.")
    return {**found, "metadata": {**metadata, "annotations": {**(notes or {}), SOURCE: place}}}
