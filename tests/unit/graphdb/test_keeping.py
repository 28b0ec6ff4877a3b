"""After an edit, what a file's unchanged functions need stays known, and moves with the lines."""

from pathlib import Path

import pytest

from yantra_bot.domain.graph import EdgeKind
from yantra_bot.graphdb.indexer import Indexer
from yantra_bot.graphdb.live import LiveGraph

SHOP = """
from tools import log


class Shop:
    def __init__(self, till):
        self.till = till

    def sell(self, done):
        done()
        return self.till.take()

    def close(self):
        log("closed")


def price():
    return 1


def total():
    return price()
"""
MAIN = """
from shop import Shop


class Till:
    def take(self):
        return 1


def on_sold():
    pass


Shop(Till()).sell(on_sold)
"""
TOOLS = "def log(text):\n    return text\n\n\ndef warn(text):\n    return text\n"


@pytest.fixture
def live(tmp_path: Path) -> LiveGraph:
    for name, text in (("shop.py", SHOP), ("main.py", MAIN), ("tools.py", TOOLS)):
        (tmp_path / name).write_text(text)
    indexer = Indexer(tmp_path, processes=1)
    indexer.refresh()
    return LiveGraph(indexer)


def touch(live: LiveGraph, tmp_path: Path, old: str, new: str) -> None:
    assert old in SHOP
    (tmp_path / "shop.py").write_text(SHOP.replace(old, new, 1))
    live.touch("shop.py")


def calls(live: LiveGraph, key: str) -> dict[str, int]:
    """Return the line of each call in a function, by the callee's name."""
    row = live.view.index_of(key)
    assert row is not None
    edges = map(live.view.edge, live.view.edges_out(row, {EdgeKind.CALLS}).tolist())
    return {edge.target.partition("::")[2]: edge.line for edge in edges}


def is_exact(live: LiveGraph) -> bool:
    """Say whether the view is already what settling gives."""
    before = live.view.to_graph()
    live.settle()
    after = live.view.to_graph()
    return set(before.edges) == set(after.edges) and set(before.unresolved) == set(after.unresolved)


def test_what_other_files_hand_in_stays_known(live: LiveGraph, tmp_path: Path) -> None:
    """`done` and `till` come from main.py: the callbacks of an unchanged method are kept, two lines further down."""
    before = calls(live, "shop.py::Shop.sell")
    touch(live, tmp_path, "class Shop:\n", "RATE = 2\n\n\nclass Shop:\n")
    assert before == {"on_sold": 10, "Till.take": 11}
    assert calls(live, "shop.py::Shop.sell") == {"on_sold": 13, "Till.take": 14}
    assert is_exact(live)


def test_a_changed_function_is_analysed_anew(live: LiveGraph, tmp_path: Path) -> None:
    """What it does not call any more is gone, what it calls now is there, and the others stay."""
    touch(live, tmp_path, "return price()", "return len(str(total))")
    assert calls(live, "shop.py::total") == {"<builtin>.len": 22, "<builtin>.str": 22}
    assert calls(live, "shop.py::Shop.close") == {"log": 14}
    assert is_exact(live)


def test_who_names_what_changed_is_analysed_anew(live: LiveGraph, tmp_path: Path) -> None:
    """`total` calls a name that is a class now, though it itself has not changed."""
    price = "class price:\n    def __init__(self):\n        pass\n"
    touch(live, tmp_path, "def price():\n    return 1\n", price)
    assert "price" in calls(live, "shop.py::total")
    assert is_exact(live)


def test_a_name_that_is_gone_leaves_no_call(live: LiveGraph, tmp_path: Path) -> None:
    """The unchanged caller's reference is unresolved at once."""
    touch(live, tmp_path, "def price():\n    return 1\n", "")
    assert calls(live, "shop.py::total") == {}
    assert [one.name for one in live.view.unresolved if one.source == "shop.py::total"] == ["price"]


def test_another_import_is_believed_at_once(live: LiveGraph, tmp_path: Path) -> None:
    """The name is the same, what it stands for is not: nothing is kept."""
    touch(live, tmp_path, "from tools import log", "from tools import warn as log")
    assert set(calls(live, "shop.py::Shop.close")) == {"warn"}


def test_a_changed_method_sees_what_an_unchanged_one_stores(live: LiveGraph, tmp_path: Path) -> None:
    """Methods that store something are analysed with every state of their file."""
    text = SHOP.replace(
        "def __init__(self, till):\n        self.till = till", "def __init__(self):\n        self.till = Till()"
    )
    text += "\n\nclass Till:\n    def take(self):\n        pass\n"
    (tmp_path / "shop.py").write_text(text)
    live.settle()
    (tmp_path / "shop.py").write_text(text.replace("        done()\n", "        done()\n        self.till.take()\n"))
    live.touch("shop.py")
    assert "Till.take" in calls(live, "shop.py::Shop.sell")


def test_a_new_constructor_is_seen_where_its_class_is_called(tmp_path: Path) -> None:
    """The caller names the class alone; a private name of JavaScript is a name too."""
    python = "class Shop:\n    pass\n\n\ndef make():\n    return Shop()\n"
    script = "class Shop {\n  #sum() { return 1; }\n  total() { return this.#sum(); }\n}\nfunction other() {}\n"
    (tmp_path / "a.py").write_text(python)
    (tmp_path / "b.js").write_text(script)
    indexer = Indexer(tmp_path, processes=1)
    indexer.refresh()
    live = LiveGraph(indexer)
    (tmp_path / "a.py").write_text(python.replace("    pass", "    def __init__(self):\n        pass"))
    (tmp_path / "b.js").write_text(script.replace("#sum() { return 1; }", "#sum() { return other(); }"))
    live.touch("a.py")
    live.touch("b.js")
    assert "Shop.__init__" in calls(live, "a.py::make")
    assert set(calls(live, "b.js::Shop.total")) == {"Shop.#sum"}
    assert is_exact(live)


def test_a_request_is_joined_once(tmp_path: Path) -> None:
    """A function that sends a request is written anew, so that its edge to the route is not there twice."""
    (tmp_path / "server.py").write_text(
        "from flask import Flask\napp = Flask(__name__)\n\n\n@app.get('/users')\ndef users():\n    return []\n"
    )
    client = "import requests\n\n\ndef fetch():\n    return requests.get('/users')\n\n\ndef other():\n    pass\n"
    (tmp_path / "client.py").write_text(client)
    indexer = Indexer(tmp_path, processes=1)
    indexer.refresh()
    live = LiveGraph(indexer)
    (tmp_path / "client.py").write_text(client.replace("    pass", "    return 2"))
    live.touch("client.py")
    joined = [edge for edge in live.view.to_graph().edges if edge.kind is EdgeKind.REQUESTS]
    assert [edge.source for edge in joined] == ["client.py::fetch"]
    assert is_exact(live)
