"""The vocabulary of the code graph: symbols, edges, references that could not be resolved. Pure values."""

from dataclasses import dataclass, field
from enum import StrEnum


class Language(StrEnum):
    """The languages the graph reads."""

    PYTHON = "python"
    JAVASCRIPT = "javascript"
    TYPESCRIPT = "typescript"
    GO = "go"
    RUST = "rust"
    JAVA = "java"


class NodeKind(StrEnum):
    """What a symbol is. The same kinds for every language."""

    FILE = "file"
    MODULE = "module"
    CLASS = "class"
    TYPE = "type"
    """An interface, a trait, an alias, an enumeration."""
    FUNCTION = "function"
    METHOD = "method"
    LAMBDA = "lambda"
    VARIABLE = "variable"
    IMPORT = "import"
    TEST = "test"
    """A function or method that a test runner collects."""
    ROUTE = "route"
    EXTERNAL = "external"
    """A name outside of the repository: `<builtin>.len`, `os.path.join`."""


class EdgeKind(StrEnum):
    """How one symbol depends on another; an edge runs from the one that needs to the one that is needed."""

    DEFINES = "defines"
    CALLS = "calls"
    IMPORTS = "imports"
    INHERITS = "inherits"
    IMPLEMENTS = "implements"
    USES = "uses"
    RETURNS = "returns"
    DATA_FLOW = "data-flow"
    TESTS = "tests"
    REQUESTS = "requests"
    """A client's request and the route that may answer it, joined by method and path: a guess."""


class Evidence(StrEnum):
    """How an edge was found, from the surest to a guess."""

    SYNTAX = "syntax"
    """It is written there: a definition, an import."""
    BINDING = "binding"
    """Nothing else can be meant: by scopes and imports, or since one value alone reaches the place."""
    FLOW = "flow"
    """The value reaches the place, beside others: points-to analysis."""
    TYPE = "type"
    """Only a declared type says so; overriding methods are possible receivers as well."""
    LIBRARY = "library"
    """A library that is known to call what it is given."""
    NAME = "name"
    """Nothing but an equal name."""


CONFIDENCE = {
    Evidence.SYNTAX: 1.0,
    Evidence.BINDING: 0.99,
    Evidence.FLOW: 0.95,
    Evidence.LIBRARY: 0.9,
    Evidence.TYPE: 0.8,
    Evidence.NAME: 0.3,
}


class Visibility(StrEnum):
    """Who is meant to use a symbol, by the language's own rule or custom."""

    PUBLIC = "public"
    PROTECTED = "protected"
    PRIVATE = "private"


@dataclass(frozen=True, slots=True)
class Span:
    """Where something stands. Lines count from 1, columns from 0 in bytes; the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Symbol:
    """A node of the graph."""

    key: str
    """Unique and stable: `path::qualified.name`, with `#2` for a second of one name; `::name` for an external one."""
    kind: NodeKind
    name: str
    qualified_name: str
    """Dotted: the module's name, then the nesting, for example `pkg.mod.Class.method`, `pkg.mod.<lambda1>`."""
    path: str
    """Of its file, relative to the repository, with slashes; empty for an external symbol."""
    span: Span
    language: Language | None = None
    parent: str | None = None
    """The key of the symbol it is nested in."""
    signature: str = ""
    docstring: str = ""
    """Its first paragraph."""
    content_hash: str = ""
    """Of its tokens: another formatting or another comment gives the same."""
    decorators: tuple[str, ...] = ()
    visibility: Visibility = Visibility.PUBLIC


@dataclass(frozen=True, slots=True)
class Edge:
    """A dependency between two symbols, with the place that shows it."""

    source: str
    target: str
    kind: EdgeKind
    path: str
    line: int
    column: int
    confidence: float
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A reference whose target is not known. It is kept, never dropped in silence."""

    source: str
    name: str
    kind: EdgeKind
    path: str
    line: int
    column: int
    candidates: tuple[str, ...] = ()
    """Keys of symbols that have the name, at most eight."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What was lost or cut while a file was read, and why. Counted in the statistics."""

    path: str
    kind: str
    """For example `syntax error`, `too long`, `too deep`, `vanished`, `not text`, `symbolic link`."""
    detail: str = ""


@dataclass(slots=True)
class Graph:
    """A whole graph as values: what indexing gives and the store keeps."""

    symbols: list[Symbol] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    unresolved: list[Unresolved] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    """The content hash of each file by path."""


@dataclass(frozen=True, slots=True)
class KeptGraph:
    """What bringing the stored graph of a repository to a commit came to. All but the commit are counts."""

    commit: str
    parsed: int
    """Files whose content was not known; the others were not parsed."""
    removed: int
    files: int
    symbols: int
    edges: int
    unresolved: int
    problems: int
