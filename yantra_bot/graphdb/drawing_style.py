"""How kinds of symbols and links look, and what a small box says of a symbol: shared by picture and page."""

from typing import Final

from yantra_bot.domain.graph import NodeKind, Symbol

BADGES: Final = {
    NodeKind.FILE: "F",
    NodeKind.MODULE: "M",
    NodeKind.CLASS: "C",
    NodeKind.TYPE: "T",
    NodeKind.FUNCTION: "ƒ",
    NodeKind.METHOD: "m",
    NodeKind.LAMBDA: "λ",
    NodeKind.VARIABLE: "v",
    NodeKind.IMPORT: "i",
    NodeKind.TEST: "✓",
    NodeKind.ROUTE: "/",
    NodeKind.EXTERNAL: "↗",
}
# Each colour for light and for dark paper.
LINK_COLOURS: Final = {
    "calls": ("#0969da", "#58a6ff"),
    "uses": ("#6e7781", "#8b949e"),
    "inherits": ("#8250df", "#bc8cff"),
    "implements": ("#a475f9", "#d2a8ff"),
    "returns": ("#1a7f37", "#3fb950"),
    "data-flow": ("#0a7b83", "#39c5cf"),
    "tests": ("#57831a", "#a5d667"),
    "requests": ("#bf3989", "#f778ba"),
    "imports": ("#9a6700", "#d29922"),
}
NODE_COLOURS: Final = {
    "file": ("#6e7781", "#8b949e"),
    "module": ("#9a6700", "#d29922"),
    "class": ("#8250df", "#bc8cff"),
    "type": ("#a475f9", "#d2a8ff"),
    "function": ("#0969da", "#58a6ff"),
    "method": ("#0550ae", "#79c0ff"),
    "lambda": ("#0a7b83", "#39c5cf"),
    "variable": ("#57606a", "#8b949e"),
    "import": ("#9a6700", "#d29922"),
    "test": ("#57831a", "#a5d667"),
    "route": ("#bf3989", "#f778ba"),
    "external": ("#6e7781", "#6e7681"),
}


def colour_rules() -> tuple[str, str]:
    """Return the CSS variables of all kinds, for light and for dark paper."""
    names = [(f"--link-{kind}", both) for kind, both in LINK_COLOURS.items()]
    names += [(f"--node-{kind}", both) for kind, both in NODE_COLOURS.items()]
    light, dark = ("; ".join(f"{name}: {both[paper]}" for name, both in names) for paper in (0, 1))
    return light, dark


def short_name(symbol: Symbol) -> str:
    """Return a name that says enough in a small box: a method with its class, an external one with its package."""
    parts = symbol.qualified_name.split(".")
    if symbol.kind in (NodeKind.MODULE, NodeKind.FILE, NodeKind.EXTERNAL):
        return symbol.qualified_name
    return ".".join(parts[-2:]) if symbol.kind is NodeKind.METHOD else symbol.name


def place_of(symbol: Symbol) -> str:
    """Return `path:line`, or what stands for it outside of the repository."""
    return f"{symbol.path}:{symbol.span.line}" if symbol.path else "outside of this repository"
