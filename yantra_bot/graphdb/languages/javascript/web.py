"""Knows the usual ways to answer requests and to send them: express and its kin, Nest's decorators, fetch, axios.

They are guesses by name: a route or a request is noted beside the ordinary call, never in its place.
"""

import re

from tree_sitter import Node

from yantra_bot.graphdb.facts import NOTHING, Op, Value
from yantra_bot.graphdb.languages.javascript.writer import Writer
from yantra_bot.graphdb.languages.lowering import site_of

_VERBS = {name: name.upper() for name in ("get", "post", "put", "delete", "patch", "head", "options")} | {
    "all": "*",
    "del": "DELETE",
}
_SERVERS = re.compile(r"(?:^|\.)(?:\w*app|\w*[rR]outers?|\w*[sS]erver|fastify|api|routes?)$")
_CLIENTS = re.compile(r"(?:^|\.)(?:axios|\$|jQuery|http|ky|got|superagent|request|\w*[cC]lient|\$?http)$")
_PARAMETER = re.compile(r":(\w+)(?:\([^)]*\))?\??")
_SUBSTITUTION = re.compile(r"\$\{[^}]*\}")
_ORIGIN = re.compile(r"^[a-z]+://[^/]+")
_METHOD = re.compile(rb"\bmethod\s*:\s*['\"`](\w+)['\"`]")
_OPTIONS_BYTES = 2000
_DECORATED = re.compile(r"^(Get|Post|Put|Delete|Patch|Head|Options|All)\(\s*(?:['\"`]([^'\"`]*)['\"`])?\s*\)$")
_CONTROLLER = re.compile(r"^Controller\(\s*(?:['\"`]([^'\"`]*)['\"`])?")
_FIRST = ("string", "template_string")


def note_web_call(low: Writer, node: Node, base: str, name: str, args: tuple[Value, ...]) -> None:
    """Note the route or the request that a call is, judged by the names before and behind its dot."""
    verb = _VERBS.get(name)
    if verb is None and name not in ("fetch", "axios", "ajax"):
        return
    arguments = node.child_by_field_name("arguments")
    if arguments is None or not arguments.named_children:
        return
    first = arguments.named_children[0]
    if first.type not in _FIRST:
        return
    path = _path(low.file.text(first)[1:-1])
    if path is None:
        return
    if verb is not None and len(args) > 1 and args[-1] != NOTHING and _SERVERS.search(base):
        low.ops.append((Op.ROUTE, verb, path, args[-1], site_of(node)))
    elif verb is None or _CLIENTS.search(base):
        end = min(arguments.end_byte, arguments.start_byte + _OPTIONS_BYTES)
        method = _METHOD.search(low.file.source[arguments.start_byte : end])
        given = method.group(1).decode("ascii", "replace").upper() if method and verb is None else verb or "GET"
        low.ops.append((Op.REQUEST, given, path, site_of(node)))


def note_decorated(low: Writer, method: int, owner: int, handler: Value, node: Node) -> None:
    """Note the routes that decorators of a method and of its class name: `@Controller('users')`, `@Get(':id')`."""
    file = low.file
    bases = [found.group(1) or "" for text in file.symbol(owner).decorators if (found := _CONTROLLER.match(text))]
    if not bases or handler == NOTHING:
        return
    for text in file.symbol(method).decorators:
        found = _DECORATED.match(text)
        if found is not None:
            parts = [part.strip("/") for part in (bases[0], found.group(2) or "")]
            path = _PARAMETER.sub(r"{\1}", "/" + "/".join(part for part in parts if part))
            verb = "*" if found.group(1) == "All" else found.group(1).upper()
            low.ops.append((Op.ROUTE, verb, path, handler, site_of(node)))


def _path(text: str) -> str | None:
    """Return the path of an address with its variable parts as `{name}`; None for what is no path."""
    without = _SUBSTITUTION.sub("{}", _ORIGIN.sub("", text)).split("?", 1)[0].split("#", 1)[0]
    if without.startswith("{}/"):
        without = without[2:]
    if not without.startswith("/") or " " in without or len(without) > 200:
        return None
    return _PARAMETER.sub(r"{\1}", without)
