"""GitHub's own API description, cut down to the operations that the test GitHub has. Reads one file, knows no HTTP.

Where it says less than GitHub does by the letter of OpenAPI 3.0, `mend` makes it say what is meant; nothing else.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from tests.fakes.github.world import Route

Json = dict[str, Any]
FILE = "api.github.com.json"


def load(folder: Path, routes: Iterable[Route]) -> Json:
    """Return the description with the paths of `routes` and what they refer to, without examples."""
    whole = json.loads((folder / FILE).read_bytes())
    wanted = {route.template for route in routes}
    paths = {template: item for template, item in whole["paths"].items() if template in wanted}
    kept: Json = {"openapi": whole["openapi"], "info": whole["info"], "servers": whole["servers"], "paths": mend(paths)}
    pending, seen = list(references(kept)), set()
    components: dict[str, Json] = {}
    while pending:
        reference = pending.pop()
        if reference in seen:
            continue
        seen.add(reference)
        _, _, kind, name = reference.split("/", 3)
        target = mend(whole["components"][kind][name])
        components.setdefault(kind, {})[name] = target
        pending.extend(references(target))
    return {**kept, "components": components}


def mend(node: Any) -> Any:
    """Return a part of the description without examples (half of the file), its slips mended.

    A `nullable` enum or choice never lists null itself; a discriminator cannot pick among arrays; and an account
    that is one of two kinds is once described as both.
    """
    if isinstance(node, list):
        return [mend(value) for value in node]
    if not isinstance(node, dict):
        return node
    mended = {key: mend(value) for key, value in node.items() if not is_left_out(key, node)}
    if [part.get("title") for part in named_parts(mended)] == ["Simple User", "Enterprise"]:
        mended["anyOf"] = mended.pop("allOf")
    if mended.get("nullable") is True:
        if isinstance(mended.get("enum"), list):
            mended["enum"] = [*mended["enum"], None]
        elif "type" not in mended and ("oneOf" in mended or "anyOf" in mended):
            return {"anyOf": [mended, {"nullable": True, "enum": [None]}]}
    return mended


def is_left_out(key: str, node: Json) -> bool:
    """Say whether a key is an example or a discriminator, and not a property of that name."""
    if key == "examples":
        return "schema" in node
    return key == "discriminator" and isinstance(node[key], dict) and "propertyName" in node[key]


def named_parts(node: Json) -> list[Json]:
    """Return the parts of an `allOf`."""
    parts = node.get("allOf", [])
    return [part for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []


def references(node: Any) -> Iterator[str]:
    """Give every `$ref` below a node."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def resolve(description: Json, node: Json) -> Json:
    """Follow a `$ref` to what it means."""
    while "$ref" in node:
        target: Any = description
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return node


def query_names(description: Json, template: str, method: str) -> set[str]:
    """Return the names of an operation's query parameters."""
    item = description["paths"][template]
    parameters = [*item.get("parameters", []), *item[method].get("parameters", [])]
    resolved = (resolve(description, parameter) for parameter in parameters)
    return {parameter["name"] for parameter in resolved if parameter["in"] == "query"}


def body_names(description: Json, template: str, method: str) -> set[str] | None:
    """Return the keys that an operation's JSON body may have, None where any key may stand."""
    operation = description["paths"][template][method]
    content = resolve(description, operation.get("requestBody", {})).get("content", {})
    schema = content.get("application/json", {}).get("schema")
    names = schema_names(description, schema) if schema else set()
    return names or None


def schema_names(description: Json, schema: Json) -> set[str]:
    """Return the property names of a schema and of its alternatives."""
    schema = resolve(description, schema)
    names = set(schema.get("properties", {}))
    for key in ("oneOf", "anyOf", "allOf"):
        for part in schema.get(key, []):
            names |= schema_names(description, part)
    return names
