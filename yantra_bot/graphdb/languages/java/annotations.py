"""Annotations: names of decorators, which methods are tests, which answer requests (Spring, JAX-RS)."""

from tree_sitter import Node

from yantra_bot.graphdb.facts import Op, Value
from yantra_bot.graphdb.languages.java.code import JavaFile
from yantra_bot.graphdb.languages.java.nodes import first_child
from yantra_bot.graphdb.languages.java.outline import Method
from yantra_bot.graphdb.languages.lowering import site_of

_TESTS = frozenset({"Test", "ParameterizedTest", "RepeatedTest", "TestFactory", "TestTemplate", "Theory", "Property"})
_SPRING = {
    "GetMapping": "GET", "PostMapping": "POST", "PutMapping": "PUT", "DeleteMapping": "DELETE",
    "PatchMapping": "PATCH", "RequestMapping": "*",
}  # fmt: skip
_JAX = frozenset({"GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"})
_ANNOTATIONS = ("annotation", "marker_annotation")


def annotation_nodes(node: Node) -> list[Node]:
    """Return the annotations of a declaration."""
    first = first_child(node)
    if first is None or first.type != "modifiers":
        return []
    return [one for one in first.named_children if one.type in _ANNOTATIONS]


def annotations_of(file: JavaFile, node: Node) -> tuple[str, ...]:
    """Return the names of the annotations of a declaration."""
    return tuple(_name(file, one) for one in annotation_nodes(node))


def _name(file: JavaFile, node: Node) -> str:
    return file.field(node, "name").rpartition(".")[2]


def is_test(file: JavaFile, method: Method) -> bool:
    """Say whether a test runner collects a method: by annotation, or by the old custom of names."""
    if any(_name(file, one) in _TESTS for one in annotation_nodes(method.node)):
        return True
    old = method.name.startswith("test") and not method.types and not method.static
    return old and any(base.name.rpartition(".")[2].endswith("TestCase") for base, _ in method.owner.bases)


def add_routes(file: JavaFile, class_node: Node, node: Node, handler: Value) -> None:
    """Note the requests that a method answers."""
    annotations = annotation_nodes(node)
    if not annotations:
        return
    named = {_name(file, one): one for one in annotations}
    prefix = next(
        (_path(file, one) for one in annotation_nodes(class_node) if _name(file, one) in ("RequestMapping", "Path")), ""
    )
    for name, one in named.items():
        if name in _SPRING:
            method, path = _SPRING[name], _path(file, one)
            if name == "RequestMapping":
                method = _request_method(file, one)
        elif name in _JAX:
            method, path = name, _path(file, named["Path"]) if "Path" in named else ""
        else:
            continue
        file.emit(Op.ROUTE, method, _join(prefix, path), handler, site_of(one))


def _path(file: JavaFile, node: Node) -> str:
    """Return the first string among the arguments that may be a path."""
    arguments = node.child_by_field_name("arguments")
    for child in arguments.named_children if arguments is not None else ():
        key = file.field(child, "key")
        if key in ("", "value", "path"):
            raw = file.source[child.start_byte : child.end_byte]
            parts = raw.split(b'"')
            if len(parts) > 2:
                return parts[1].decode("utf-8", "replace")
    return ""


def _request_method(file: JavaFile, node: Node) -> str:
    raw = file.source[node.start_byte : node.end_byte]
    return next((name for name in sorted(_JAX) if f"RequestMethod.{name}".encode() in raw), "*")


def _join(prefix: str, path: str) -> str:
    return "/" + "/".join(part for part in (prefix.strip("/"), path.strip("/")) if part)
