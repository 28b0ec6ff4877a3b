"""A whole review from two trees: what is compared, what needs a graph, what is said of what could not be had."""

from pathlib import Path

from tests.fakes.mirror import MirrorMaker
from tests.fakes.review_trees import open_commits, open_pair
from yantra_bot.domain.findings import Finding, Severity
from yantra_bot.domain.review import ChangedFile, FileKind, FileStatus
from yantra_bot.review.assembly import NO_MERGE_BASE, Compared, choose_base, needs_graph, review_change
from yantra_bot.review.engine import Draft, Part

BEFORE = {"a.py": b"def f(x):\n    return x\n", "b.py": b"from a import f\n\nf(1)\n", "c.md": b"words\n"}


def test_a_review_has_its_files_symbols_and_times(tmp_path: Path) -> None:
    """Each step and each part is told while it runs, and timed."""
    told: list[str] = []
    with open_pair(tmp_path, BEFORE, BEFORE | {"a.py": b"def f(x, y):\n    return x\n"}) as pair:
        made = review_change(
            pair.trees,
            Compared(pair.base, pair.head, "old", "new"),
            scratch=pair.scratch,
            parts=[Part("look", lambda draft: None)],
            tell=told.append,
        )
    assert (made.base, made.head) == ("old", "new")
    assert [file.path for file in made.files] == ["a.py"]
    assert [(str(one.kind), one.name) for one in made.symbols] == [("signature changed", "a.f")]
    assert [one.part for one in made.timings] == ["difference", "graph", "symbols", "look"]
    assert {"difference", "graph", "symbols", "look"} <= set(told)


def test_both_versions_can_be_asked(tmp_path: Path) -> None:
    """Parts find the callers of a removed function in the base, and none in the head."""
    found: dict[str, list[str]] = {}

    def look(draft: Draft) -> None:
        for name, version in (("base", draft.subject.base), ("head", draft.subject.head)):
            rows = version.view.find("a.f")
            found[name] = [version.view.symbol(row).path for row in rows]

    with open_pair(tmp_path, BEFORE, BEFORE | {"a.py": b"def g(x, y, z):\n    print(y)\n", "b.py": b"1\n"}) as pair:
        pair.review(parts=(Part("look", look),))
    assert found == {"base": ["a.py"], "head": []}


def test_only_what_is_in_the_scope_is_told(tmp_path: Path) -> None:
    """After a push that touched one file, findings in others are not told again."""
    finding = Finding("graph/test", Severity.ERROR, 1.0, "It is wrong.", "a.py", 1)
    parts = [Part("look", lambda draft: draft.add([finding]))]
    with open_pair(tmp_path, BEFORE, BEFORE | {"a.py": b"x = 1\n", "d.md": b"more\n"}) as pair:
        compared = Compared(pair.base, pair.head)
        inner, outer = tmp_path / "inner", tmp_path / "outer"
        inner.mkdir()
        outer.mkdir()
        within = review_change(pair.trees, compared, scratch=inner, parts=parts, scope=["a.py"])
        without = review_change(pair.trees, compared, scratch=outer, parts=parts, scope=["d.md"])
    assert (len(within.findings), len(without.findings)) == (1, 0)


def test_words_alone_need_no_graph(tmp_path: Path) -> None:
    """A change of pages lays nothing out and parses nothing."""
    with open_pair(tmp_path, BEFORE, BEFORE | {"c.md": b"other words\n"}) as pair:
        made = pair.review()
        assert not (pair.scratch / "tree").exists()
    assert made.symbols == ()
    page = ChangedFile("c.md", FileStatus.MODIFIED, FileKind.DOCUMENT)
    assert not needs_graph([page])
    assert needs_graph([page, ChangedFile("pyproject.toml", FileStatus.MODIFIED, FileKind.DEPENDENCIES)])


def test_code_that_the_graph_leaves_out_is_said(tmp_path: Path) -> None:
    """A changed source in a hidden folder has no symbols, and the review says why."""
    with open_pair(tmp_path, {}, {".tools/a.py": b"x = 1\n", "b.py": b"x = 1\n"}) as pair:
        made = pair.review()
    (gap,) = made.gaps
    assert (gap.what, gap.paths) == ("code graph", (".tools/a.py",))


def test_what_is_compared_is_where_the_two_parted(tmp_path: Path) -> None:
    """The merge base where there is one, else the base itself, which is said."""
    maker = MirrorMaker(tmp_path / "repository")
    root = maker.commit({"a.py": b"a = 1\n"})
    base = maker.child(maker.commit({"a.py": b"a = 2\n"}), root, "base")
    head = maker.child(maker.commit({"a.py": b"a = 3\n"}), root, "head")
    with open_commits(tmp_path, maker, base, head) as pair:
        assert choose_base(pair.trees, base, head) == Compared(root, head, root, head)
        other = maker.commit({"b.py": b"b = 1\n"})
        assert choose_base(pair.trees, base, other) == Compared(base, other, base, other, (NO_MERGE_BASE,))
