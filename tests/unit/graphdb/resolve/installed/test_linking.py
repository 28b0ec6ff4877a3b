"""What installed packages declare takes part in a graph, says how sure it is, and changes with them."""

from pathlib import Path

from yantra_bot.domain.graph import EdgeKind, Evidence, Graph
from yantra_bot.graphdb.environment import Environment
from yantra_bot.graphdb.indexer import Indexer
from yantra_bot.graphdb.live import LiveGraph

PACKAGE = """
from typing import overload

class Reply:
    def json(self) -> dict: ...
    @property
    def next(self) -> "Reply": ...

class Session:
    def get(self, url: str) -> Reply: ...

def get(url: str) -> Reply: ...
@overload
def read() -> Reply: ...
@overload
def read(name: str) -> Session: ...
"""


def build(root: Path, code: str, package: str | None = PACKAGE) -> Graph:
    (root / "app").mkdir(exist_ok=True)
    (root / "app" / "main.py").write_text(code)
    environment = None
    if package is not None:
        (root / "packages").mkdir(exist_ok=True)
        (root / "packages" / "web.py").write_text(package)
        environment = Environment(root / "packages")
    return Indexer(root / "app", processes=1, environment=environment).build()


def calls(graph: Graph) -> dict[str, Evidence]:
    return {edge.target.removeprefix("::"): edge.evidence for edge in graph.edges if edge.kind == EdgeKind.CALLS}


def test_an_edge_that_rests_on_a_declared_type_says_so(tmp_path: Path) -> None:
    """What an import names is bound; a method of what is made there is known; of what is declared it is believed."""
    found = calls(build(tmp_path, "import web\nweb.get('a').json()\nweb.Session().get('a')\n"))
    assert found == {
        "web.get": Evidence.BINDING,
        "web.Reply.json": Evidence.TYPE,
        "web.Session": Evidence.BINDING,
        "web.Session.get": Evidence.BINDING,
    }


def test_without_an_environment_nothing_is_believed(tmp_path: Path) -> None:
    """The call of what was returned has no edge, and is no unresolved reference either."""
    graph = build(tmp_path, "import web\nweb.get('a').json()\n", None)
    assert set(calls(graph)) == {"web.get"}
    assert not graph.unresolved


def test_overloads_are_chosen_by_the_number_of_arguments(tmp_path: Path) -> None:
    """Where none fits, all may be meant."""
    code = "import web\nweb.read().json()\n"
    assert "web.Reply.json" in calls(build(tmp_path, code))
    assert "web.Session.get" not in calls(build(tmp_path, "import web\nweb.read().get('a')\n"))
    assert "web.Session.get" in calls(build(tmp_path, "import web\nweb.read('a').get('b')\n"))
    assert "web.Session.get" in calls(build(tmp_path, "import web\nweb.read(*names).get('b')\n"))


def test_what_is_not_declared_is_a_value_of_the_outside(tmp_path: Path) -> None:
    """It has no edge, and is no unresolved reference."""
    graph = build(tmp_path, "import web\nweb.get('a').text.strip()\nweb.get('a').json()['a'].go()\n")
    assert set(calls(graph)) == {"web.get", "web.Reply.json"}
    assert not graph.unresolved


def test_an_annotation_of_the_program_counts_beside_a_declared_type(tmp_path: Path) -> None:
    """The program may know better."""
    code = "import web\nclass Mine:\n    def go(self): ...\nx: Mine = web.get('a')\nx.go()\n"
    assert calls(build(tmp_path, code))["main.py::Mine.go"] == Evidence.TYPE


def test_types_that_grow_without_end_come_to_an_end(tmp_path: Path) -> None:
    """A loop that wraps, and names that stand for each other, cost no more than others."""
    doubling = "".join(f"A{number} = tuple[{', '.join([f'A{number + 1}'] * 30)}]\n" for number in range(12))
    package = f"""
from typing import Generic, Self, TypeVar
T = TypeVar("T")
class Box(Generic[T]):
    def wrap(self) -> "Box[tuple[T, T, Self]]": ...
    def more(self) -> "list[Box[Self]]": ...
{doubling}
def bomb() -> A0: ...
L = M
M = L
def ring() -> L: ...
"""
    code = "import web\nx = web.Box()\nwhile x:\n    x = x.wrap()\n    x = x.more()[0]\nweb.bomb()\nweb.ring()\n"
    assert "web.Box.wrap" in calls(build(tmp_path, code, package))


def test_modules_that_import_each_other_come_to_an_end(tmp_path: Path) -> None:
    """Stars of stars, names that lead back to themselves, bases that are each other's."""
    (tmp_path / "packages").mkdir()
    for number in range(12):
        stars = "".join(f"from web{other} import *\n" for other in range(12))
        (tmp_path / "packages" / f"web{number}.py").write_text(stars + "from web0 import lost\n")
    package = "from web0 import *\nfrom web import me\nclass A(B): ...\nclass B(A): ...\ndef f() -> A: ...\n"
    found = calls(build(tmp_path, "import web\nweb.lost()\nweb.me()\nweb.f().go()\nweb.nothing()\n", package))
    assert set(found) == {"web.lost", "web.me", "web.f", "web.nothing"}
    long = "import " + ".".join(["web"] * 3_000) + " as x\nx.go()\n"
    assert build(tmp_path, long, package).symbols


def test_the_graph_follows_the_environment(tmp_path: Path) -> None:
    """A refresh sees that a package has changed, and what is resolved then is what a build from nothing gives."""
    code = "import web\nweb.get('a').json()\n"
    build(tmp_path, code)
    kept = Indexer(tmp_path / "app", processes=1, environment=Environment(tmp_path / "packages"))
    kept.refresh()
    live = LiveGraph(kept)
    assert kept.refresh().is_empty
    package = PACKAGE.replace("def get(url: str) -> Reply", "def get(url: str) -> Session")
    (tmp_path / "packages" / "web.py").write_text(package)
    update = kept.refresh()
    assert update.environment
    assert not update.is_empty
    live.settle()
    assert set(live.view.to_graph().edges) == set(build(tmp_path, code, package).edges)
    assert kept.refresh().is_empty
