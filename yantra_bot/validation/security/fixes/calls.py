"""Calls that have a safe form of the same meaning: readers of YAML and arrays, TLS, hashes."""

import ast
import re
from collections.abc import Iterator

from yantra_bot.validation.security.fixes.source import Draft, Edit, Source

_SAFE_YAML = {
    "load": "safe_load",
    "unsafe_load": "safe_load",
    "full_load": "safe_load",
    "load_all": "safe_load_all",
    "unsafe_load_all": "safe_load_all",
    "full_load_all": "safe_load_all",
}
_SWITCHES = {
    "verify": ("True", "check certificates"),
    "verify_ssl": ("True", "check certificates"),
    "verify_certs": ("True", "check certificates"),
    "validate_certs": ("True", "check certificates"),
    "check_hostname": ("True", "check the name of the host"),
    "allow_pickle": ("False", "read no pickled objects, which can run code"),
    "weights_only": ("True", "read weights alone, and no objects that can run code"),
}
_OLD_TLS = re.compile(r"^(?:TLSv1|TLSv1_1|SSLv2|SSLv3|MINIMUM_SUPPORTED)$")
_SECRET = re.compile(r"pass|pwd|secret|token|sign|auth|hmac|session|otp|verif|credential", re.IGNORECASE)
_WEAK = frozenset({"md5", "sha1"})


def fix_reading(source: Source, line: int, end_line: int) -> Iterator[Draft]:
    """Give fixes for readers that build any object."""
    for node in source.nodes(line, end_line):
        if isinstance(node, ast.Call):
            module, _, name = source.name_of(node.func).rpartition(".")
            if module == "yaml" and name in _SAFE_YAML and node.args:
                called = source.code(node.func)
                if "." not in called:
                    continue
                text = f"{called.rpartition('.')[0]}.{_SAFE_YAML[name]}({source.code(node.args[0])})"
                yield Draft("read plain values only", (source.replace(node, text),))
    yield from _switch(source, line, end_line, {"allow_pickle", "weights_only"})


def fix_tls(source: Source, line: int, end_line: int) -> Iterator[Draft]:
    """Give fixes for connections that check nothing, or speak outdated versions."""
    yield from _switch(source, line, end_line, set(_SWITCHES) - {"allow_pickle", "weights_only"})
    for node in source.nodes(line, end_line):
        if isinstance(node, ast.Attribute) and node.attr == "CERT_NONE":
            yield Draft("check certificates", (_rename(source, node, "CERT_REQUIRED"),))
        elif isinstance(node, ast.Attribute) and source.name_of(node) == "ssl._create_unverified_context":
            yield Draft("check certificates", (_rename(source, node, "create_default_context"),))
        elif isinstance(node, ast.Attribute) and _OLD_TLS.match(node.attr) and "TLSVersion" in source.code(node):
            yield Draft("ask for TLS 1.2 or later", (_rename(source, node, "TLSv1_2"),))
        elif isinstance(node, ast.keyword) and _is(node.value, "CERT_NONE"):
            yield Draft("check certificates", (source.replace(node.value, '"CERT_REQUIRED"'),))
        elif isinstance(node, ast.keyword) and node.arg == "ssl" and _is(node.value, value=False):
            yield Draft("check certificates", (source.replace(node.value, "True"),))


def fix_hash(source: Source, line: int, end_line: int) -> Iterator[Draft]:
    """Give fixes for broken hashes: a sound one where a secret is about, else a word that no security rests on it."""
    for node in source.nodes(line, end_line):
        if not isinstance(node, ast.Call):
            continue
        name = source.name_of(node.func)
        is_new = name == "hashlib.new" and node.args and any(_is(node.args[0], weak) for weak in _WEAK)
        if not is_new and name not in {f"hashlib.{weak}" for weak in _WEAK}:
            continue
        if any(one.arg == "usedforsecurity" for one in node.keywords):
            continue
        if _SECRET.search(_around(source, node)):
            place, (text, edits) = (
                (node.args[0], ('"sha256"', ())) if is_new else (node.func, _sound(source, node.func))
            )
            yield Draft("use SHA-256, which gives other values than before", (source.replace(place, text), *edits))
        else:
            end = source.span(node)[1] - 1
            sign = ", " if node.args or node.keywords else ""
            yield Draft("say that no security rests on it", (Edit(end, end, f"{sign}usedforsecurity=False"),))


def _switch(source: Source, line: int, end_line: int, names: set[str]) -> Iterator[Draft]:
    for node in source.nodes(line, end_line):
        if isinstance(node, ast.keyword) and node.arg in names and _is_switch(node.value):
            right, title = _SWITCHES[node.arg]
            if source.code(node.value) != right:
                yield Draft(title, (source.replace(node.value, right),))
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Attribute | ast.Subscript):
            name = _last(node.targets[0])
            if name in names and _is_switch(node.value) and source.code(node.value) != _SWITCHES[name][0]:
                yield Draft(_SWITCHES[name][1], (source.replace(node.value, _SWITCHES[name][0]),))


def _is_switch(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, bool)


def _last(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return str(node.slice.value) if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) else ""


def _is(node: ast.expr, value: object) -> bool:
    return isinstance(node, ast.Constant) and node.value == value


def _rename(source: Source, node: ast.Attribute, name: str) -> Edit:
    end = source.span(node)[1]
    return Edit(end - len(node.attr), end, name)


def _sound(source: Source, node: ast.expr) -> tuple[str, tuple[Edit, ...]]:
    code = source.code(node)
    if "." in code:
        return f"{code.rpartition('.')[0]}.sha256", ()
    module, edits = source.add_import("hashlib")
    return f"{module}.sha256", edits


def _around(source: Source, node: ast.Call) -> str:
    """Return the names around a call: of its function, of what it is given to, and of what it is given."""
    statement, scope = source.statement(node), source.scope(node)
    return f"{getattr(scope, 'name', '')} {source.code(statement)[:400]}"
