"""A neighbourhood as one SVG picture: no script, nothing loaded, light and dark by the reader's own setting.

All text comes from a repository, so it is escaped and cut; what XML cannot hold is replaced.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape

from yantra_bot.domain.graph import NodeKind
from yantra_bot.graphdb.drawing import DRAWN_KINDS, Column, Link, Neighbourhood, arrange
from yantra_bot.graphdb.drawing_style import BADGES, LINK_COLOURS, NODE_COLOURS, place_of, short_name

WIDTH, HEIGHT, GAP_X, GAP_Y = 248, 46, 110, 14
MARGIN, TOP, BOTTOM = 28, 84, 64
BULGE = 44
"""Room for the curves that go from one node of the last column to another."""
MOST = 14
"""Nodes in a column."""
NAME_LETTERS, PLACE_LETTERS = 24, 33
_NOT_XML = re.compile(
    "[^\t\n\r\u0020-\u007e\u00a0-\u200a\u2010-\u2027\u2030-\u205f\u2070-\ud7ff\ue000-\ufefe\uff00-\ufff8]"
)


@dataclass(frozen=True, slots=True)
class _Box:
    x: float
    y: float


def draw_svg(shown: Neighbourhood) -> str:
    """Return the picture as a document of its own."""
    columns = arrange(shown, most=MOST)
    tallest = max(len(column.nodes) + bool(column.more) for column in columns)
    width = MARGIN * 2 + len(columns) * WIDTH + (len(columns) - 1) * GAP_X
    width = max(width + BULGE, 640)
    height = TOP + BOTTOM + tallest * (HEIGHT + GAP_Y)
    left = (width - BULGE - (len(columns) * WIDTH + (len(columns) - 1) * GAP_X)) / 2
    boxes = {
        number: _Box(left + at * (WIDTH + GAP_X), _top(column, tallest) + row * (HEIGHT + GAP_Y))
        for at, column in enumerate(columns)
        for row, number in enumerate(column.nodes)
    }
    links = [link for link in shown.links if link.source in boxes and link.target in boxes]
    parts = [
        _head(shown, width, height),
        *_titles(columns, left),
        *(_link(link, boxes[link.source], boxes[link.target]) for link in links),
        *(_node(shown, number, box) for number, box in boxes.items()),
        *_more(columns, left, tallest),
        *_legend(links, width, height),
        "</svg>\n",
    ]
    return "\n".join(parts)


def _top(column: Column, tallest: int) -> float:
    return TOP + (tallest - len(column.nodes) - bool(column.more)) * (HEIGHT + GAP_Y) / 2


def _head(shown: Neighbourhood, width: float, height: float) -> str:
    centre = shown.nodes[0].symbol
    styles, dark = _colours(0), _colours(1)
    markers = "".join(
        f'<marker id="to-{kind}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        f'<path class="arrow {kind}" d="M0 0.6 L8 4 L0 7.4 Z"/></marker>'
        for kind in LINK_COLOURS
    )
    title = f"{_clean(centre.qualified_name)}: what needs it, and what it needs"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
        f'height="{height:g}" role="img">\n<title>{escape(title)}</title>\n'
        f"<style>\n{_STYLE}{styles}@media (prefers-color-scheme: dark) {{\n{_DARK}{dark}}}\n</style>\n"
        f'<defs>{markers}</defs>\n<rect class="paper" width="{width:g}" height="{height:g}"/>\n'
        f'<text class="title" x="{MARGIN}" y="34">{escape(_cut(centre.qualified_name, 90))}</text>'
    )


def _colours(paper: int) -> str:
    links = "".join(
        f".link.{kind} {{ stroke: {both[paper]} }} .arrow.{kind} {{ fill: {both[paper]} }}\n"
        for kind, both in LINK_COLOURS.items()
    )
    return links + "".join(f".badge.{kind} {{ fill: {both[paper]} }}\n" for kind, both in NODE_COLOURS.items())


_STYLE = """text { font: 11px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #59636e }
.paper { fill: #ffffff } .title { font-size: 16px; font-weight: 600; fill: #1c2128 }
.side { font-size: 11px; letter-spacing: .04em } .name { font-size: 13px; font-weight: 600; fill: #1c2128 }
.box { fill: #f6f8fa; stroke: #d1d9e0 } .centre { stroke: #0969da; stroke-width: 2.5 } .link { fill: none }
.external { stroke-dasharray: 4 3 } .letter { font-weight: 700; fill: #ffffff; text-anchor: middle }
"""
_DARK = """text { fill: #9198a1 } .paper { fill: #0d1117 } .title, .name { fill: #e6edf3 }
.box { fill: #151b23; stroke: #3d444d } .centre { stroke: #58a6ff } .letter { fill: #0d1117 }
"""


def _titles(columns: list[Column], left: float) -> Iterator[str]:
    for at, column in enumerate(columns):
        steps = "" if abs(column.level) == 1 else f", {abs(column.level)} steps"
        text = "" if column.level == 0 else f"needs it{steps}" if column.level < 0 else f"needed{steps}"
        yield f'<text class="side" x="{left + at * (WIDTH + GAP_X):g}" y="64">{text}</text>'


def _link(link: Link, source: _Box, target: _Box) -> str:
    y1, y2 = source.y + HEIGHT / 2, target.y + HEIGHT / 2
    x1, x2 = source.x + WIDTH, target.x
    bend = GAP_X * 0.55
    curve = f"C{x1 + bend:g} {y1:g} {x2 - bend:g} {y2:g}"
    if target.x == source.x:
        x2 = target.x + WIDTH
        curve = f"C{x1 + bend:g} {y1:g} {x2 + bend:g} {y2:g}"
    elif target.x < source.x:
        x1, x2 = source.x, target.x + WIDTH
        curve = f"C{x1 - bend:g} {y1:g} {x2 + bend:g} {y2:g}"
    look = f'stroke-width="{1.1 + min(link.count, 8) * 0.16:g}" stroke-opacity="{0.35 + 0.6 * link.confidence:.2f}"'
    dash = ' stroke-dasharray="5 4"' if link.confidence < 0.85 else ""
    told = f"{link.kind}, {link.confidence:.0%}, {_clean(link.path)}:{link.line}"
    return (
        f'<path class="link {link.kind}" d="M{x1:g} {y1:g} {curve} {x2:g} {y2:g}" {look}{dash} '
        f'marker-end="url(#to-{link.kind})"><title>{escape(told)}</title></path>'
    )


def _node(shown: Neighbourhood, number: int, box: _Box) -> str:
    symbol = shown.nodes[number].symbol
    name, place = _cut(short_name(symbol), NAME_LETTERS), _cut_front(place_of(symbol), PLACE_LETTERS)
    kind = "centre" if number == 0 else "external" if symbol.kind is NodeKind.EXTERNAL else ""
    return (
        f"<g><title>{escape(_clean(symbol.signature or symbol.qualified_name)[:400])}</title>"
        f'<rect class="box {kind}" x="{box.x:g}" y="{box.y:g}" width="{WIDTH}" height="{HEIGHT}" rx="8"/>'
        f'<circle class="badge {symbol.kind}" cx="{box.x + 22:g}" cy="{box.y + HEIGHT / 2:g}" r="11"/>'
        f'<text class="letter" x="{box.x + 22:g}" y="{box.y + HEIGHT / 2 + 4:g}">{BADGES[symbol.kind]}</text>'
        f'<text class="name" x="{box.x + 42:g}" y="{box.y + 20:g}">{escape(name)}</text>'
        f'<text x="{box.x + 42:g}" y="{box.y + 36:g}">{escape(place)}</text></g>'
    )


def _more(columns: list[Column], left: float, tallest: int) -> Iterator[str]:
    for at, column in enumerate(columns):
        if column.more:
            y = _top(column, tallest) + len(column.nodes) * (HEIGHT + GAP_Y) + 18
            yield f'<text x="{left + at * (WIDTH + GAP_X) + 42:g}" y="{y:g}">and {column.more} more</text>'


def _legend(links: list[Link], width: float, height: float) -> Iterator[str]:
    used = {link.kind for link in links}
    x, y = float(MARGIN), height - 26
    for kind in (kind for kind in DRAWN_KINDS if kind in used):
        yield f'<path class="link {kind}" d="M{x:g} {y - 4:g} h22" stroke-width="2" marker-end="url(#to-{kind})"/>'
        yield f'<text x="{x + 30:g}" y="{y:g}">{kind}</text>'
        x += 48 + 6.2 * len(kind)
    if any(link.confidence < 0.85 for link in links):
        yield f'<path class="link uses" d="M{x:g} {y - 4:g} h22" stroke-width="2" stroke-dasharray="5 4"/>'
        yield f'<text x="{x + 30:g}" y="{y:g}">less than 85 % sure</text>'
    yield f'<text x="{width - MARGIN:g}" y="{y:g}" text-anchor="end">an arrow goes to what is needed</text>'


def _clean(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)


def _cut(text: str, letters: int) -> str:
    text = _clean(text)
    return text if len(text) <= letters else text[: letters - 1] + "…"


def _cut_front(text: str, letters: int) -> str:
    text = _clean(text)
    return text if len(text) <= letters else "…" + text[1 - letters :]
