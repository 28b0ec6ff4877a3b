"""A neighbourhood as one HTML page to explore: a single file that loads nothing and runs its own script alone.

The page's policy names that script and style by their hashes, so nothing that a repository holds can run. Names reach
the page as JSON that cannot end its element, and are set as text.
"""

import base64
import hashlib
import json
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from yantra_bot.graphdb.drawing import DRAWN_KINDS, Link, Neighbourhood, Node
from yantra_bot.graphdb.drawing_style import BADGES, colour_rules, place_of, short_name

MAX_TEXT = 1_000
_FOLDER = "templates"


def draw_page(shown: Neighbourhood, *, repository: str) -> str:
    """Return the page as HTML. `repository` is a name for people."""
    light, dark = colour_rules()
    style = _read("graph.css").replace("LIGHT", light).replace("DARK", dark)
    script = _read("graph.js")
    centre = shown.nodes[0].symbol
    environment = Environment(
        loader=PackageLoader("yantra_bot.graphdb", _FOLDER), autoescape=True, undefined=StrictUndefined
    )
    return environment.get_template("graph.html").render(
        title=centre.qualified_name,
        subtitle=f"{centre.kind} in {repository}, {place_of(centre)}",
        style=Markup(style),  # noqa: S704 (the package's own file)
        style_hash=_hash(style),
        script=Markup(script),  # noqa: S704 (the package's own file)
        script_hash=_hash(script),
        data=Markup(embed_json(_data(shown))),  # noqa: S704 (no sign of it can end the element)
    )


def embed_json(value: object) -> str:
    """Return JSON that is safe inside of a script element: no angle bracket, no ampersand, ASCII only."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _read(name: str) -> str:
    return (files("yantra_bot.graphdb") / _FOLDER / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _data(shown: Neighbourhood) -> dict[str, object]:
    return {
        "nodes": [_node(node) for node in shown.nodes],
        "links": [_link(link) for link in shown.links],
        "kinds": [str(kind) for kind in DRAWN_KINDS],
        "leftOut": shown.left_out,
    }


def _node(node: Node) -> dict[str, object]:
    symbol = node.symbol
    return {
        "name": short_name(symbol),
        "full": symbol.qualified_name,
        "kind": str(symbol.kind),
        "badge": BADGES[symbol.kind],
        "place": place_of(symbol),
        "signature": symbol.signature[:MAX_TEXT],
        "doc": symbol.docstring[:MAX_TEXT],
        "level": node.level,
        "sure": node.confidence,
    }


def _link(link: Link) -> dict[str, object]:
    return {
        "source": link.source,
        "target": link.target,
        "kind": str(link.kind),
        "confidence": round(link.confidence, 4),
        "count": link.count,
        "place": f"{link.path}:{link.line}",
    }
