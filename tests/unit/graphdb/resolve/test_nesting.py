"""How deep modules may open each other."""

from itertools import pairwise
from pathlib import Path

from tests.graph_programs import find_pairs
from yantra_bot.graphdb.indexer import Indexer

FILES = 400


def test_a_long_chain_of_imports_is_followed_to_its_end(tmp_path: Path) -> None:
    """Each file imports the next, and no call is lost however long the chain is."""
    for place in range(FILES):
        following = f"import p{place + 1}.C{place + 1};" if place + 1 < FILES else ""
        call = f"C{place + 1}.go();" if following else ""
        source = f"package p{place};\n{following}\npublic class C{place} {{ public static void go() {{ {call} }} }}\n"
        (tmp_path / f"p{place}").mkdir()
        (tmp_path / f"p{place}" / f"C{place}.java").write_text(source)

    graph = Indexer(tmp_path, processes=1).build()

    names = [f"p{place}.C{place}.C{place}.go" for place in range(FILES)]
    assert find_pairs(graph, "calls") == set(pairwise(names))
