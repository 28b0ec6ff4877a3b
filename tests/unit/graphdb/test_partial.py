"""The graph after a change, out of the graph before it."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from yantra_bot.domain.graph import Graph
from yantra_bot.graphdb.columns_file import load_columns, save_columns
from yantra_bot.graphdb.discovery import Reader
from yantra_bot.graphdb.indexer import Indexer
from yantra_bot.graphdb.partial import Snapshot, resolve_change
from yantra_bot.graphdb.view import GraphView

FILES = {
    "pkg/__init__.py": "from pkg.tools import sharpen\n",
    "pkg/tools.py": "class Knife:\n    def cut(self): pass\n\n\ndef sharpen(knife): return knife\ndef hone(): pass\n",
    "pkg/user.py": "from pkg.tools import Knife, sharpen, hone\ndef run():\n    sharpen(Knife()).cut()\n    hone()\n",
    "pkg/other.py": "import pkg\n\n\ndef use():\n    return pkg.sharpen(None)\n",
    "pkg/calm.py": "def one(): return two()\n\n\ndef two(): pass\n",
    "pkg/more.py": "def three(): pass\n",
    "tests/conftest.py": "import pytest\nfrom pkg.tools import Knife\n@pytest.fixture\ndef knife(): return Knife()\n",
    "tests/test_user.py": "from pkg.user import run\n\n\ndef test_run(knife):\n    knife.cut()\n    run()\n",
}
TOOLS = FILES["pkg/tools.py"]
CHANGES: dict[str, dict[str, str | None]] = {
    "a body": {"pkg/tools.py": TOOLS.replace("def hone(): pass", "def hone(): return sharpen(1)")},
    "lines above": {"pkg/tools.py": "import os\n\n\n" + TOOLS},
    "a renamed function": {"pkg/tools.py": TOOLS.replace("hone", "grind")},
    "a renamed function with its users": {
        "pkg/tools.py": TOOLS.replace("hone", "grind"),
        "pkg/user.py": FILES["pkg/user.py"].replace("hone", "grind"),
    },
    "a removed class": {"pkg/tools.py": "def sharpen(knife): return knife\n\n\ndef hone(): pass\n"},
    "a removed file": {"pkg/calm.py": None},
    "a new file": {"pkg/fresh.py": "from pkg.tools import hone\n\n\ndef fresh(): hone()\n"},
    "another home": {"pkg/more.py": "def sharpen(x): pass\n", "pkg/__init__.py": "from pkg.more import sharpen\n"},
    "a test": {"tests/test_user.py": FILES["tests/test_user.py"].replace("    run()\n", "    return run()\n")},
    "nothing": {},
}


def _write(root: Path, files: Mapping[str, str | None]) -> None:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).unlink(missing_ok=True)
        if text is not None:
            (root / path).write_text(text)


def _change(root: Path, change: Mapping[str, str | None]) -> tuple[GraphView | None, Graph]:
    """Return the overlay for a change, and the graph that a build from nothing gives."""
    _write(root, FILES)
    before = Indexer(root, processes=1)
    view = GraphView.of(before.build())
    old = Snapshot(dict(before.facts), dict(before.digests))
    _write(root, change)
    after = Indexer(root, processes=1)
    whole = after.build()
    new = Snapshot(after.facts, after.digests)
    return resolve_change(view, old, new, read=Reader(root), contents=lambda path: (root / path).read_bytes()), whole


@pytest.mark.parametrize("case", CHANGES)
def test_an_overlay_is_the_graph_that_a_whole_resolution_gives(tmp_path: Path, case: str) -> None:
    """Symbols, edges and what stays unresolved are the same, where values take no long ways."""
    view, whole = _change(tmp_path, CHANGES[case])
    assert view is not None
    found = view.to_graph()
    assert {one for one in found.symbols if one.path} == {one for one in whole.symbols if one.path}
    assert {_mark(one) for one in found.edges} == {_mark(one) for one in whole.edges}
    assert set(found.unresolved) == set(whole.unresolved)
    assert found.files == whole.files


def _mark(edge: object) -> tuple[object, ...]:
    return tuple(getattr(edge, name) for name in ("source", "target", "kind", "path", "line", "column"))


def test_where_much_changed_all_has_to_be_resolved(tmp_path: Path) -> None:
    """No overlay is made of a change of most files, or of files that answer requests."""
    assert _change(tmp_path, {path: f"{text}x = 1\n" for path, text in FILES.items()})[0] is None
    route = "from flask import Flask\napp = Flask(__name__)\n@app.route('/a')\ndef a(): pass\n"
    assert _change(tmp_path, {"pkg/calm.py": route})[0] is None


def test_columns_come_back_as_they_were_kept(tmp_path: Path) -> None:
    """A kept graph is equal; another key, a damaged file and a folder in its place give none."""
    _write(tmp_path / "tree", FILES)
    view = GraphView.of(Indexer(tmp_path / "tree", processes=1).build())
    path = tmp_path / "kept" / "graph.npz"
    save_columns(path, "one", view.columns)
    kept = load_columns(path, "one")
    assert kept is not None
    assert GraphView(kept).to_graph() == view.to_graph()
    assert load_columns(path, "other") is None
    path.write_bytes(path.read_bytes()[:1000])
    assert load_columns(path, "one") is None
    path.unlink()
    path.mkdir()
    save_columns(path, "one", view.columns)
    assert load_columns(path, "one") is None
