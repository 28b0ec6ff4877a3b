"""Requests that a program sends and answers, as far as they are written as constants: guesses, told cheaply."""

from typing import Final

from tree_sitter import Node

from yantra_bot.graphdb.facts import Op, Site, Value
from yantra_bot.graphdb.languages.lowering import site_of
from yantra_bot.graphdb.languages.python.expressions import TRIVIA
from yantra_bot.graphdb.languages.python.literals import read_path
from yantra_bot.graphdb.languages.python.scope import Scope

REQUEST_NAMES: Final = frozenset({"get", "post", "put", "patch", "delete", "head", "options"})
ROUTE_NAMES: Final = frozenset({"path", "re_path", "url"})
_CLIENTS: Final = frozenset({"requests", "httpx", "client", "session", "http", "async_client"})


def note_request(scope: Scope, root: Node, name: str, arguments: Node, place: Site) -> None:
    """Note `requests.get("/x")` and the like."""
    receiver = scope.unit.text(root.named_children[-1] if root.type == "attribute" else root) if root.type in {
        "attribute", "identifier"
    } else ""  # fmt: skip
    if receiver.lower().lstrip("_") not in _CLIENTS:
        return
    path = _first_path(scope, arguments)
    if path is not None and path.startswith(("/", "http://", "https://")):
        scope.emit((Op.REQUEST, name.upper(), path, place))


def note_route(scope: Scope, name: str, arguments: Node, values: list[Value]) -> None:
    """Note Django's `path("x/", view)`."""
    if not scope.unit.imported.get(name, "").startswith("django."):
        return
    path = _first_path(scope, arguments)
    if path is not None and len(values) > 1 and values[1] >= 0:
        scope.emit((Op.ROUTE, "*", "/" + path.lstrip("^/"), values[1], site_of(arguments)))


def note_decorated_route(scope: Scope, decorator: Node, handler: Value) -> None:
    """Note `@app.get("/x")` and `@app.route("/x", methods=["POST"])`."""
    if decorator.type != "call":
        return
    function, arguments = decorator.children[0], decorator.children[-1]
    if function.type != "attribute":
        return
    name = scope.unit.text(function.named_children[-1])
    path = _first_path(scope, arguments)
    if path is None or not path.startswith("/"):
        return
    if name in REQUEST_NAMES:
        scope.emit((Op.ROUTE, name.upper(), path, handler, site_of(decorator)))
    elif name in {"route", "api_route", "websocket"}:
        for method in _methods(scope, arguments):
            scope.emit((Op.ROUTE, method, path, handler, site_of(decorator)))


def _methods(scope: Scope, arguments: Node) -> list[str]:
    for child in arguments.named_children:
        parts = child.named_children
        if child.type == "keyword_argument" and scope.unit.text(parts[0]) == "methods":
            found = [read_path(scope, one) for one in parts[-1].named_children]
            return [one.upper() for one in found if one] or ["*"]
    return ["GET"]


def _first_path(scope: Scope, arguments: Node) -> str | None:
    for child in arguments.named_children:
        if child.type not in TRIVIA:
            return read_path(scope, child)
    return None
