"""Writes what the classes of Python's standard library have, for the code graph: one line a class.

It is run by hand, once for each version of Python whose classes are to be known, and adds to what the file says:

    python3.11 tools/outside_classes.py && python3.12 tools/outside_classes.py && python3.13 tools/outside_classes.py

A line is the class's dotted name, the names of its bases, and its own members, divided by tabs; members that every
object has are left out. A class that answers to any name (`__getattr__`) has no members but a star.
"""

import ast
import builtins
import importlib
import inspect
import sys
import textwrap
import tokenize
import types
import warnings
from pathlib import Path

FILE = Path(__file__).parent.parent / "yantra_bot/graphdb/resolve/library/python/classes.tsv"
LEFT_OUT = {
    "antigravity",
    "this",
    "idlelib",
    "lib2to3",
    "turtledemo",
    "test",
    "turtle",
    "ensurepip",
    "distutils",
    "ast",
    "builtins",
}
LEFT_OUT |= {"ctypes", "tkinter", "sre_constants", "sre_parse", "pydoc", "curses"}
INNER = [
    "asyncio",
    "collections.abc",
    "concurrent.futures",
    "concurrent.futures.process",
    "concurrent.futures.thread",
    "email.message",
    "email.parser",
    "email.policy",
    "email.headerregistry",
    "encodings.idna",
    "html.parser",
    "http.client",
    "http.cookiejar",
    "http.cookies",
    "http.server",
    "importlib.abc",
    "importlib.machinery",
    "importlib.metadata",
    "json.decoder",
    "json.encoder",
    "logging.config",
    "logging.handlers",
    "multiprocessing.connection",
    "multiprocessing.context",
    "multiprocessing.managers",
    "multiprocessing.pool",
    "multiprocessing.process",
    "multiprocessing.queues",
    "multiprocessing.synchronize",
    "os.path",
    "unittest.case",
    "unittest.loader",
    "unittest.result",
    "unittest.runner",
    "unittest.suite",
    "urllib.error",
    "urllib.parse",
    "urllib.request",
    "urllib.robotparser",
    "wsgiref.handlers",
    "wsgiref.headers",
    "wsgiref.simple_server",
    "wsgiref.util",
    "xml.dom.minidom",
    "xml.dom.pulldom",
    "xml.etree.ElementTree",
    "xml.sax",
    "xml.sax.expatreader",
    "xml.sax.handler",
    "xml.sax.saxutils",
    "xml.sax.xmlreader",
    "xmlrpc.client",
    "xmlrpc.server",
    "zipfile",
    "zoneinfo",
]
SAYING = {"__str__", "__repr__", "__format__", "__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__"}
EVERY = {
    *dir(object),
    "__dict__",
    "__weakref__",
    "__slots__",
    "__annotations__",
    "__abstractmethods__",
    "_abc_impl",
} - SAYING
Table = dict[str, tuple[list[str], set[str]]]


def read(text: str) -> Table:
    """Return what a file says already."""
    rows = (line.split("\t") for line in text.splitlines())
    return {name: (bases.split(), set(members.split())) for name, bases, members in rows}


def assigned(kind: type) -> set[str]:
    """Return the attributes that the methods of a class assign to the object."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(kind)))
    except (OSError, TypeError, SyntaxError, tokenize.TokenError):
        return set()
    stored = (one for one in ast.walk(tree) if isinstance(one, ast.Attribute) and isinstance(one.ctx, ast.Store))
    return {one.attr for one in stored if isinstance(one.value, ast.Name) and one.value.id == "self"}


def members(kind: type) -> set[str]:
    """Return a class's own members, but for those that say nothing."""
    declared = vars(kind).get("__annotations__")
    own = {*vars(kind), *(declared if isinstance(declared, dict) else ())}
    if "__getattr__" in own or isinstance(vars(kind).get("__getattribute__"), types.FunctionType):
        return {"*"}
    return {one for one in own | assigned(kind) if one not in EVERY and one != "__module__"}


def add(table: Table, name: str, kind: type, names: dict[type, str]) -> None:
    """Add a class under a name; its bases under the first name each has."""
    bases: list[str] = []
    own: set[str] = set()
    for one in kind.__mro__[:-1]:
        if one is kind or one not in names:
            own |= members(one)
        elif not any(one in above.__mro__ for above in kind.__mro__[1:] if names.get(above) in bases):
            bases.append(names[one])
    old = table.get(name, ([], set()))
    table[name] = (sorted({*old[0], *bases}), old[1] | own)


def main() -> None:
    """Add the classes of the Python that runs this."""
    warnings.simplefilter("ignore")
    public = {one for one in sys.stdlib_module_names if not one.startswith("_")} - LEFT_OUT
    places: list[tuple[str, type]] = [
        (f"<builtin>.{name}", kind) for name, kind in vars(builtins).items() if isinstance(kind, type)
    ]
    for module_name in (*sorted(public), *INNER):
        try:
            module = importlib.import_module(module_name)
        except ImportError:  # a module of another system
            continue
        exported = getattr(module, "__all__", ())
        for name, found in sorted(vars(module).items()):
            kind = getattr(found, "__origin__", found) if module_name == "typing" else found
            if not isinstance(kind, type) or name.startswith("_"):
                continue
            is_own = kind.__module__.lstrip("_").split(".")[0] == module_name.split(".")[0]
            if is_own or name in exported:
                places.append((f"{module_name}.{name}", kind))
    names: dict[type, str] = {}
    for name, kind in places:
        names.setdefault(kind, name)
    table = read(FILE.read_text()) if FILE.exists() else {}
    for name, kind in places:
        if kind is object:
            continue
        if names[kind] == name:
            add(table, name, kind, names)
        else:
            table[name] = ([names[kind]], set())
    rows = [f"{name}\t{' '.join(bases)}\t{' '.join(sorted(own))}" for name, (bases, own) in sorted(table.items())]
    FILE.write_text("\n".join(rows) + "\n")


if __name__ == "__main__":
    main()
