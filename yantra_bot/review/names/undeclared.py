"""Imported packages that no manifest of the repository declares, where the change is the first to import them.

Python's and npm's. Where manifests cannot be read, or anything that looks like one speaks of the name, it is declared.
"""

import json
import re
import sys
from collections.abc import Iterable, Iterator
from typing import Final

from yantra_bot.domain.findings import Finding, Side
from yantra_bot.domain.graph import Language, NodeKind
from yantra_bot.domain.review import ChangedFile
from yantra_bot.graphdb.api_diff import is_test_path
from yantra_bot.graphdb.facts import Op, place
from yantra_bot.graphdb.view import GraphView
from yantra_bot.review.names.distributions import distributions_of
from yantra_bot.review.names.look import Look, Place, is_silenced
from yantra_bot.review.names.python import PythonFile
from yantra_bot.review.names.rules import UNDECLARED
from yantra_bot.validation.security.dependencies.declared import Ecosystem, normalise
from yantra_bot.validation.security.dependencies.manifests import parser_of, read_manifest

_SPEAKING: Final = re.compile(
    r"(?:^|/)(?:pyproject\.toml|setup\.(?:py|cfg)|Pipfile(?:\.lock)?|[\w.-]*\.lock|environment[\w.-]*\.ya?ml|tox\.ini|"
    r"noxfile\.py|meta\.ya?ml|Dockerfile[\w.-]*|[\w./-]*(?:requirement|constraint|reqs)[\w./-]*|conda[\w.-]*|"
    r"\.pre-commit-config\.yaml|Makefile|dependencies[\w.-]*|uv\.toml|build\.toml)$"
)
"""Files whose text may say what is installed, beside manifests that are read."""
_MAX_BYTES: Final = 2_000_000
_NODE: Final = frozenset(
    [
        "assert",
        "async_hooks",
        "buffer",
        "child_process",
        "cluster",
        "console",
        "constants",
        "crypto",
        "dgram",
        "diagnostics_channel",
        "dns",
        "domain",
        "events",
        "fs",
        "http",
        "http2",
        "https",
        "inspector",
        "module",
        "net",
        "os",
        "path",
        "perf_hooks",
        "process",
        "punycode",
        "querystring",
        "readline",
        "repl",
        "stream",
        "string_decoder",
        "sys",
        "test",
        "timers",
        "tls",
        "trace_events",
        "tty",
        "url",
        "util",
        "v8",
        "vm",
        "wasi",
        "worker_threads",
        "zlib",
        "bun",
        "electron",
        "vscode",
    ]
)
_BARE: Final = re.compile(r"^(?:@[a-z0-9][\w.-]*/)?[a-z0-9][\w.-]*(?=/|$)")
_JS: Final = frozenset({Language.JAVASCRIPT, Language.TYPESCRIPT})
_IMPORTS: Final = frozenset({Op.IMPORT, Op.IMPORT_FROM})
_ALIASING: Final = re.compile(
    r"(?:^|/)(?:tsconfig[\w.-]*\.json|jsconfig\.json|(?:vite|vitest|webpack|rollup|jest|babel|next|nuxt|metro|craco|"
    r"svelte|astro|esbuild)[\w.-]*\.(?:config\.)?[cm]?[jt]s|\.babelrc[\w.]*|deno\.jsonc?|import_map\.json)$"
)


def find_undeclared(look: Look) -> Iterator[Finding]:
    """Yield one finding for each package that changed files are the first to import."""
    told: set[str] = set()
    for file, parsed in look.changed():
        for module, line in _outside(look, parsed) if _is_judged(file) else ():
            names = distributions_of(module)
            if module not in told and not _was_imported(look.subject.base.view, module) and _lacks(look, names, module):
                told.add(module)
                yield _tell(look, parsed.path, line, module, f"`{names[0]}`")
    for file in look.subject.sources():
        if file.language in _JS and _is_judged(file):
            yield from _in_script(look, file, told)


def _is_judged(file: ChangedFile) -> bool:
    """Tell whether a file is one whose imports are declared: examples, documents and build scripts are not."""
    is_beside = is_test_path(file.path) and "test" not in file.path
    return not is_beside and file.path.rpartition("/")[2] not in ("setup.py", "noxfile.py", "conf.py", "tasks.py")


def _outside(look: Look, file: PythonFile) -> Iterator[tuple[str, int]]:
    """Yield the modules from outside that a file imports when it runs, each with a line."""
    for imported in file.reader.imports:
        node = imported.node
        line = node.lineno
        if (
            imported.is_guarded
            or imported.is_for_types
            or is_silenced(file.line(line))
            or imported.specifier[:1] == "."
        ):
            continue
        for specifier in [imported.specifier] if imported.specifier else [alias.name for alias in node.names]:
            top = specifier.partition(".")[0]
            is_known = top in sys.stdlib_module_names or top in _OLD or top == "__future__"
            if not is_known and look.head_modules.locate(file.path, top) is None and not _is_in_tree(look, top):
                yield top, line


_OLD: Final = frozenset(
    {"distutils", "imp", "asyncore", "asynchat", "smtpd", "tomllib", "annotationlib", "compression"}
)


def _is_in_tree(look: Look, name: str) -> bool:
    """Tell whether a file or folder of the repository has the name, wherever it is: some path may lead there."""
    ends = (f"/{name}.py", f"/{name}.pyi", f"/{name}.pyx", f"/{name}.c", f"/{name}.so")
    return any(f"/{name}/" in (whole := f"/{path}") or whole.endswith(ends) for path in look.subject.head.paths)


def _was_imported(view: GraphView, module: str) -> bool:
    """Tell whether some file of the base imports something of a module from outside."""
    symbols = (view.symbol(row) for row in view.of_kind(NodeKind.EXTERNAL))
    return any(one.qualified_name == module or one.qualified_name.startswith(f"{module}.") for one in symbols)


def _lacks(look: Look, names: Iterable[str], module: str) -> bool:
    """Tell whether no manifest declares any of the distributions, and nothing that tells what is installed does."""
    read = look.subject.head.read
    manifests = [path for path in look.subject.head.paths if parser_of(path) is not None]
    declared = {one.key for path in manifests for one in read_manifest(path, read(path))}
    own = {name for ecosystem, name in declared if ecosystem is Ecosystem.PYPI}
    wanted = [normalise(Ecosystem.PYPI, name) for name in (*names, module)]
    if not own or not own.isdisjoint(wanted):
        return False
    words = "|".join(re.escape(name).replace("\\-", "[-_.]") for name in wanted)
    spoken = re.compile(rf"(?<![\w-])(?:{words})(?![\w-])".encode(), re.IGNORECASE)
    texts = (read(path) for path in look.subject.head.paths if _SPEAKING.search(path))
    return not any(spoken.search(text) for text in texts if text is not None and len(text) < _MAX_BYTES)


def _in_script(look: Look, file: ChangedFile, told: set[str]) -> Iterator[Finding]:
    packages = _Packages(look, file.path)
    facts = look.subject.head.facts.get(file.path)
    for body in facts.bodies if facts is not None and packages.declared else ():
        for op in body.ops:
            if op[0] not in _IMPORTS:
                continue
            found = _BARE.match(op[2])
            name, line = found.group() if found else "", place(op[-1])[0]
            is_known = not name or name in _NODE or name in told or packages.knows(name)
            if not is_known and not _was_imported(look.subject.base.view, name):
                told.add(name)
                if not is_silenced(look.anchor(file.path, line)):
                    yield _tell(look, file.path, line, name, f"`{name}`")


class _Packages:
    """What the package.json files around a script declare, and what else a bare name may stand for."""

    def __init__(self, look: Look, path: str) -> None:
        self.declared: set[str] = set()
        self._own: set[str] = set()
        self._aliases: list[bytes] = []
        read = look.subject.head.read
        for other in look.subject.head.paths:
            if other.rpartition("/")[2] == "package.json" and "node_modules/" not in other:
                data = _parse(read(other))
                self._own.add(str(data.get("name", "")))
                if path.startswith(other.removesuffix("package.json")):
                    groups = [value for key, value in data.items() if key.lower().endswith("dependencies")]
                    self.declared |= {name for group in groups if isinstance(group, dict | list) for name in group}
            elif _ALIASING.search(other):
                self._aliases.append(read(other) or b"")

    def knows(self, name: str) -> bool:
        """Tell whether a package is declared, is one of the repository's, or may be an alias of a folder."""
        types = name.removeprefix("@").replace("/", "__")
        if name in self.declared or f"@types/{types}" in self.declared or name in self._own:
            return True
        top = name.partition("/")[0].encode()
        return any(re.search(rb"[\"']\^?%b(?:/|[\"'])|baseUrl" % re.escape(top), text) for text in self._aliases)


def _parse(data: bytes | None) -> dict[str, object]:
    try:
        found = json.loads(data or b"{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _tell(look: Look, path: str, line: int, module: str, what: str) -> Finding:
    spot = Place(module, path, line, look.anchor(path, line, Side.HEAD))
    message = f"`{module}` is imported, and no manifest of the repository declares {what} or anything that has it."
    return look.finding(UNDECLARED, spot, message, confidence=0.8)
