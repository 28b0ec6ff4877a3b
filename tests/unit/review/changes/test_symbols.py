"""What happened to each symbol, told from two versions of its file alone, in six languages."""

from pathlib import Path

import pytest

from tests.fakes.review_world import subject_of
from yantra_bot.domain.review import SymbolChange, SymbolChangeKind

PYTHON = '''import os
LIMIT = 1


def first(a, b=2):
    # a comment
    if a:
        return b
    return os.getcwd()


class Thing(Base):
    """Doc."""

    count = 1

    def method(self):
        return self.count + 1 + 2 + 3

    def other(self, items, factor):
        total = 0
        for item in items:
            total += item * factor
        return total
'''
TYPESCRIPT = """import {x} from "./y";
/** doc */
export function f(a: number, b?: string): void { x(a, 1, 2, 3, b); }
export const h = (x: number) => x;
const z = 3;
export class A extends B {
  private n: number = 1;
  m(): void {
    // c
    call(this.n, 1, 2, 3, 4);
  }
}
export interface I { a: string; m(): void }
"""
GO = """package a
import "fmt"
type S struct {
	A int
	b string
}
func (s *S) M(x int) error {
	fmt.Println(s.A, x, 1, 2)
	return nil
}
const C = 1
"""
RUST = """use std::fmt;
pub struct S { pub a: i32 }
impl S {
    pub fn new(x: i32) -> Self { S { a: x + 1 } }
}
#[derive(Debug)]
enum E { A, B(i32) }
"""
JAVA = """package p;
public class A extends B {
  private int n = 1;
  /** doc */
  @Override public void m(int a) { run(a, 1, 2, 3); }
  void m(String b) { run(b, 4, 5, 6); }
}
"""
Told = tuple[str, str, str]


def changes(folder: Path, before: dict[str, str], after: dict[str, str]) -> tuple[SymbolChange, ...]:
    return subject_of(folder, before, after).symbols


def tell(found: tuple[SymbolChange, ...]) -> list[Told]:
    return [(str(one.kind), one.old_name, one.name) for one in found]


def edit(text: str, *pairs: tuple[str, str]) -> str:
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return text


@pytest.mark.parametrize(
    ("path", "text", "old", "new", "told"),
    [
        ("a.py", PYTHON, "+ 1 + 2", "+ 1 - 2", ("body changed", "a.Thing.method", "a.Thing.method")),
        ("a.py", PYTHON, "a, b=2", "a, c, b=2", ("signature changed", "a.first", "a.first")),
        ("a.py", PYTHON, "# a comment", "# another", ("only comments or formatting", "a.first", "a.first")),
        ("a.py", PYTHON, "a, b=2", "a,\n    b=2,\n", ("only comments or formatting", "a.first", "a.first")),
        ("a.py", PYTHON, "    return os", "        return os", ("body changed", "a.first", "a.first")),
        ("a.py", PYTHON, "def first", "def second", ("renamed", "a.first", "a.second")),
        ("a.py", PYTHON, "class Thing", "class Other", ("renamed", "a.Thing", "a.Other")),
        ("a.py", PYTHON, "(Base)", "(Ground)", ("signature changed", "a.Thing", "a.Thing")),
        ("a.py", PYTHON, "count = 1\n", "count = 2\n", ("body changed", "a.Thing.count", "a.Thing.count")),
        ("a.py", PYTHON, "import os\n", "import os\nimport re\n", ("body changed", "a", "a")),
        ("a.py", PYTHON, "LIMIT = 1", "LIMIT = 1\nMORE = 2", ("added", "", "a.MORE")),
        (
            "a.py",
            PYTHON,
            "    def method",
            "    @cached\n    def method",
            ("body changed", "a.Thing.method", "a.Thing.method"),
        ),
        ("a.ts", TYPESCRIPT, "b?: string", "b: string", ("signature changed", "a.f", "a.f")),
        ("a.ts", TYPESCRIPT, "export const h = (x: number) => x;\n", "", ("removed", "a.h", "")),
        ("a.ts", TYPESCRIPT, "const z = 3;", "const z = 3;\nexport const y = () => 4;", ("added", "", "a.y")),
        ("a.ts", TYPESCRIPT, "const z", "let z", ("body changed", "a", "a")),
        ("a.ts", TYPESCRIPT, "// c", "// d", ("only comments or formatting", "a.A.m", "a.A.m")),
        ("a.ts", TYPESCRIPT, "call(", "send(", ("body changed", "a.A.m", "a.A.m")),
        ("a.go", GO, "M(x int)", "M(x int, y int)", ("signature changed", "a.S.M", "a.S.M")),
        ("a.go", GO, "A int", "A int64", ("body changed", "a.S.A", "a.S.A")),
        ("a.go", GO, "const C = 1", "const C = 2", ("body changed", "a.C", "a.C")),
        ("a.go", GO, ") M(", ") N(", ("renamed", "a.S.M", "a.S.N")),
        ("a.rs", RUST, "x: i32", "x: i64", ("signature changed", "a.S.new", "a.S.new")),
        ("a.rs", RUST, "(Debug)", "(Debug, Clone)", ("body changed", "a", "a")),
        ("a.rs", RUST, "{ A, B", "{ A, C, B", ("added", "", "a.E.C")),
        ("A.java", JAVA, "int a", "int a, int c", ("signature changed", "A.A.m", "A.A.m")),
        ("A.java", JAVA, "4, 5", "4, 7", ("body changed", "A.A.m", "A.A.m")),
        ("A.java", JAVA, "/** doc */", "/** words */", ("only comments or formatting", "A.A", "A.A")),
    ],
)
def test_one_edit_is_one_change(tmp_path: Path, path: str, text: str, old: str, new: str, told: Told) -> None:
    """An edit is told at the innermost symbol that it belongs to, and at no other."""
    found = changes(tmp_path, {path: text}, {path: edit(text, (old, new))})
    assert tell(found) == [told]


def test_what_breaks_callers_is_said(tmp_path: Path) -> None:
    """A signature that callers cannot go on with says how; whether the body was edited as well is told apart."""
    (found,) = changes(tmp_path, {"a.py": PYTHON}, {"a.py": edit(PYTHON, ("a, b=2", "a, c, b=2"))})
    assert "required parameter c was added" in found.breaking
    assert not found.is_body_changed
    text = edit(PYTHON, ("a, b=2", "a, b=2, c=3"), ("return b", "return b + c"))
    (found,) = changes(tmp_path / "more", {"a.py": PYTHON}, {"a.py": text})
    assert (found.kind, found.breaking, found.is_body_changed) == (SymbolChangeKind.SIGNATURE, (), True)


def test_a_renamed_function_is_known_though_it_was_edited(tmp_path: Path) -> None:
    """What it consists of tells who it was."""
    text = edit(PYTHON, ("def other", "def sum_all"), ("return total", "return total + 1"))
    (found,) = changes(tmp_path, {"a.py": PYTHON}, {"a.py": text})
    assert (found.kind, found.old_name, found.name) == (SymbolChangeKind.RENAMED, "a.Thing.other", "a.Thing.sum_all")
    assert found.is_body_changed


def test_a_renamed_type_takes_its_methods_along(tmp_path: Path) -> None:
    """What is inside of a renamed class is not named, though its text says the new name."""
    found = changes(tmp_path, {"a.go": GO}, {"a.go": edit(GO, ("type S", "type T"), ("*S", "*T"))})
    assert tell(found) == [("renamed", "a.S", "a.T")]


def test_what_moves_to_another_file_has_moved(tmp_path: Path) -> None:
    """A class or a function that lies in another file now was neither removed nor added."""
    place = PYTHON.index("class Thing")
    before = {"a.py": PYTHON, "b.py": "import a\n"}
    after = {"a.py": PYTHON[:place], "b.py": "import a\n\n\n" + PYTHON[place:]}
    assert tell(changes(tmp_path, before, after)) == [("moved", "a.Thing", "b.Thing")]
    after = {"a.py": PYTHON[:place], "b.py": "import a\n", "c.py": PYTHON[place:]}
    told = tell(changes(tmp_path / "new", before, after))
    assert ("moved", "a.Thing", "c.Thing") in told
    assert "removed" not in {kind for kind, *_ in told}


def test_a_method_that_becomes_a_function_has_moved(tmp_path: Path) -> None:
    """A symbol is found again in another scope."""
    place = PYTHON.index("    def other")
    moved = PYTHON[place:].replace("\n    ", "\n").removeprefix("    ").replace("self, ", "")
    found = changes(tmp_path, {"a.py": PYTHON}, {"a.py": PYTHON[:place] + "\n\n" + moved})
    assert tell(found) == [("moved", "a.Thing.other", "a.other")]


def test_a_file_that_came_or_went_is_told_whole(tmp_path: Path) -> None:
    """Its module, and every function and type in it; fields and constants of it are not named."""
    told = tell(changes(tmp_path, {}, {"a.py": PYTHON}))
    names = ["a", "a.Thing", "a.Thing.method", "a.Thing.other", "a.first"]
    assert sorted(name for _, _, name in told) == names
    assert {kind for kind, *_ in told} == {"added"}
    told = tell(changes(tmp_path / "gone", {"a.py": PYTHON}, {}))
    assert sorted(name for _, name, _ in told) == names


def test_overloads_are_told_apart(tmp_path: Path) -> None:
    """Of several methods of one name, the one that was edited has changed."""
    (found,) = changes(tmp_path, {"A.java": JAVA}, {"A.java": edit(JAVA, ("run(b, 4", "run(b, 9"))})
    assert (found.signature, found.line) == ("void m(String b)", 6)


def test_lines_are_counted_at_the_innermost_symbol(tmp_path: Path) -> None:
    """Each changed line belongs to one symbol; of a class only what stands in none of its methods."""
    text = edit(PYTHON, ("total = 0", "total = 0\n        assert items"), ("count = 1", "count = 2"))
    found = {one.name: (one.added, one.removed) for one in changes(tmp_path, {"a.py": PYTHON}, {"a.py": text})}
    assert found == {"a.Thing.other": (1, 0), "a.Thing.count": (1, 1)}


def test_who_may_use_a_symbol_is_told(tmp_path: Path) -> None:
    """What is inside of a function, or has a leading underscore, is nobody else's."""
    before = {"a.py": "x = 1\n"}
    after = {
        "a.py": "x = 1\n\ndef _f():\n    def inner():\n        pass\n\n\nclass _C:\n    def m(self):\n        pass\n"
    }
    found = {one.name: one.is_public for one in changes(tmp_path, before, after)}
    assert found == {"a._f": False, "a._f.inner": False, "a._C": False, "a._C.m": False}


def test_an_attribute_that_a_method_sets_is_known_where_it_is_gone(tmp_path: Path) -> None:
    """`self.x` is no text of its class: the method that set it has changed, and the attribute was removed."""
    before = "class A:\n    def __init__(self):\n        self.x = 1\n        self.y = 2\n"
    after = before.replace("        self.x = 1\n", "")
    told = tell(changes(tmp_path, {"a.py": before}, {"a.py": after}))
    assert sorted(told) == [("body changed", "a.A.__init__", "a.A.__init__"), ("removed", "a.A.x", "")]


def test_nothing_to_compare_gives_nothing(tmp_path: Path) -> None:
    """Files that no graph reads have no symbols."""
    assert changes(tmp_path, {"a.rb": "x = 1\n"}, {"a.rb": "x = 2\n"}) == ()
