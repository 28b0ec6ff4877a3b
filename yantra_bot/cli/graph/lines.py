"""Lines about symbols and edges for people: short, aligned, with places that a terminal can open.

Names come from repositories: whatever they hold is shown, and never acts on the terminal.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.console import Console
from rich.style import Style
from rich.text import Text

from yantra_bot.cli.console import make_console
from yantra_bot.cli.graph.options import clean
from yantra_bot.domain.graph import Edge, NodeKind, Symbol

WIDEST = 84
"""A longer name is printed whole and leaves its line unaligned."""


class Lines:
    """Prints lines about one repository."""

    def __init__(self, root: Path, console: Console | None = None) -> None:
        self._root = root.resolve()
        self._console = console or make_console()

    def say(self, *parts: str | Text) -> None:
        """Print one line of plain parts and texts."""
        self._console.print(_line_of(parts), soft_wrap=True, highlight=False)

    def tell(self, *parts: str | Text) -> None:
        """Print a sentence, which a terminal gets broken between words."""
        self._console.print(_line_of(parts), soft_wrap=not self._console.is_terminal, highlight=False)

    def say_placed(self, what: Sequence[str | Text], where: Sequence[str | Text], *, indent: str) -> None:
        """Print what there is and where, on one line, or on two where the terminal is too narrow for that."""
        whole = _line_of([*what, *where])
        if not self._console.is_terminal or whole.cell_len <= self._console.width:
            self.say(whole)
        else:
            self.say(*what)
            self.tell(indent, *where)

    def place(self, path: str, line: int) -> Text:
        """Return `path:line`, which opens the file where the terminal knows links."""
        if not path:
            return Text("outside", "dim")
        link = (self._root / path).as_uri() if self._console.is_terminal and _is_plain(path) else None
        return Text(f"{clean(path)}:{line}", Style(color="cyan", link=link))

    def symbol_line(self, symbol: Symbol, width: int, *, before: str | Text = "", after: str = "") -> None:
        """Print a symbol: its name, kind and place in columns."""
        name = Text(clean(name_of(symbol)).ljust(width), "bold")
        kind = Text(f"{symbol.kind:<8}", "dim")
        reason = f"  {after}" if after else ""
        where = (kind, "  ", self.place(symbol.path, symbol.span.line), reason)
        self.say_placed((before, name, "  "), where, indent=" " * min(len(before) + 2, 8))

    def symbols(self, symbols: Sequence[Symbol], *, indent: str = "") -> None:
        """Print symbols one below the other."""
        width = width_of(map(name_of, symbols))
        for symbol in symbols:
            self.symbol_line(symbol, width, before=indent)

    def path(self, edges: Iterable[Edge], names: dict[str, str], *, indent: str) -> None:
        """Print a path hop by hop: what each place does to what, how sure, and how that was found."""
        hops = list(edges)
        texts = [f"{edge.kind} {clean(names.get(edge.target, edge.target))}" for edge in hops]
        places = [f"{clean(edge.path)}:{edge.line}" for edge in hops]
        width, room = width_of(texts), width_of(places)
        for edge, text, place in zip(hops, texts, places, strict=True):
            gap = " " * max(room - len(place), 0)
            sure = Text(f"{percent(edge.confidence)} {edge.evidence}", "dim")
            where = (self.place(edge.path, edge.line), gap, "  ", sure)
            self.say_placed((indent, text.ljust(width), "  "), where, indent=f"{indent}  ")


def _line_of(parts: Sequence[str | Text]) -> Text:
    line = Text.assemble(*(_cleaned(part) for part in parts))
    line.rstrip()
    return line


def _cleaned(part: str | Text) -> str | Text:
    if isinstance(part, str):
        return clean(part)
    plain = clean(part.plain)
    return part if plain == part.plain else Text(plain, part.style)


def width_of(names: Iterable[str]) -> int:
    """Return the width of a column for names."""
    return min(max((len(clean(name)) for name in names), default=0), WIDEST)


def percent(value: float) -> str:
    """Return a confidence as people read it, in four columns."""
    return f"{value:>4.0%}"


def name_of(symbol: Symbol) -> str:
    """Return what a symbol is called in a list."""
    return symbol.qualified_name if symbol.kind is not NodeKind.EXTERNAL else f"{symbol.qualified_name} (external)"


def _is_plain(path: str) -> bool:
    return clean(path) == path
