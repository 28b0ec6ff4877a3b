"""What a Go file defines is found, with its name, kind, signature, comment and a hash of its tokens."""

from tree_sitter import Parser

from yantra_bot.graphdb.facts import BodyFlag, FileFacts, Op
from yantra_bot.graphdb.languages import go

SOURCE = b"""// Package shop sells.
package shop

import (
	"fmt"
	alias "a/b-go"
	_ "c"
	. "d"
)

// Limit is the most.
//
// More about it.
const Limit = 3

var table, other = map[string]func(){}, 1

// Store keeps things.
type Store struct {
	*Base
	Items []string
	hook  func()
}

type Reader interface {
	// Read reads.
	Read(n int) (string, error)
}

type Alias = Store

// New makes one.
func New(size int, names ...string) *Store {
	return &Store{Items: names}
}

func (s *Store) Get(key string) string { return fmt.Sprint(key) }

func (o *Elsewhere) Late() {}

func init() {}

func init() {}
"""


def lower(source: bytes, path: str = "shop/shop.go") -> FileFacts:
    return go.lower(path, source, Parser(go.grammar(".go")).parse(source))


def names(facts: FileFacts) -> list[tuple[str, str, str]]:
    """Return (kind, name, name of the parent) of each symbol."""
    return [(one.kind, one.name, "" if one.parent < 0 else facts.symbols[one.parent].name) for one in facts.symbols]


def test_every_declaration_is_a_symbol() -> None:
    """Functions, methods, types, fields, constants, variables and imports have symbols, nested as they are written."""
    assert names(lower(SOURCE)) == [
        ("module", "shop", ""),
        ("import", "fmt", "shop"),
        ("import", "alias", "shop"),
        ("import", "c", "shop"),
        ("variable", "Limit", "shop"),
        ("variable", "table", "shop"),
        ("variable", "other", "shop"),
        ("class", "Store", "shop"),
        ("type", "Reader", "shop"),
        ("type", "Alias", "shop"),
        ("function", "New", "shop"),
        ("variable", "Base", "Store"),
        ("variable", "Items", "Store"),
        ("variable", "hook", "Store"),
        ("method", "Read", "Reader"),
        ("method", "Get", "Store"),
        ("method", "Elsewhere.Late", "shop"),
        ("function", "init", "shop"),
        ("function", "init", "shop"),
    ]


def test_symbols_say_what_they_are() -> None:
    """Signature, first paragraph of the comment, span and visibility are taken from the source."""
    facts = lower(SOURCE)
    symbols = {one.name: one for one in facts.symbols}
    assert symbols["New"].signature == "func New(size int, names ...string) *Store"
    assert symbols["New"].docstring == "New makes one."
    assert symbols["Store"].signature == "type Store struct"
    assert symbols["Store"].docstring == "Store keeps things."
    assert symbols["Limit"].docstring == "Limit is the most."
    assert (symbols["New"].line, symbols["New"].end_line) == (33, 35)
    assert symbols["New"].visibility == "public"
    assert symbols["hook"].visibility == "private"
    assert facts.package == "shop"
    assert facts.problems == []


def test_layout_and_comments_do_not_change_a_hash() -> None:
    """A reformatted function has the same hash, a changed one another."""
    one = b"package a\nfunc f(x int) int { return x + 1 }\n"
    other = b"package a\n\nfunc f( x int ) int {\n\t// why\n\treturn x+1\n}\n"
    changed = b"package a\nfunc f(x int) int { return x + 2 }\n"
    hashes = [{s.name: s.content_hash for s in lower(source).symbols}["f"] for source in (one, other, changed)]
    assert hashes[0] == hashes[1] != hashes[2]


def test_tests_are_known_by_name_and_file() -> None:
    """Only in a test file, and only with a capital letter after the word, a function is a test."""
    source = b"package a\nfunc TestX() {}\nfunc Testing() {}\nfunc BenchmarkY() {}\nfunc helper() {}\n"
    assert [kind for kind, *_ in names(lower(source, "a/a_test.go"))[1:]] == ["test", "function", "test", "function"]
    assert {kind for kind, *_ in names(lower(source, "a/a.go"))[1:]} == {"function"}


def test_lambdas_are_counted_in_their_scope() -> None:
    """Function literals are numbered in the function, or the file, around them."""
    source = b"package a\nvar f = func() { func() {}() }\nfunc g() { _ = func() {}; _ = func() {} }\n"
    lambdas = [(name, parent) for kind, name, parent in names(lower(source)) if kind == "lambda"]
    assert lambdas == [("<lambda1>", "shop"), ("<lambda1>", "<lambda1>"), ("<lambda1>", "g"), ("<lambda2>", "g")]


def test_an_interface_is_structural_and_its_methods_have_no_code() -> None:
    """Whoever has the methods implements the interface."""
    facts = lower(SOURCE)
    reader = next(body for body in facts.bodies if facts.symbols[body.owner].name == "Reader")
    assert reader.flags & BodyFlag.INTERFACE
    assert reader.flags & BodyFlag.STRUCTURAL
    read = next(body for body in facts.bodies if facts.symbols[body.owner].name == "Read")
    assert read.flags & BodyFlag.OVERLOAD


def test_an_embedded_struct_lends_its_methods() -> None:
    """An embedded type is a base that is no supertype."""
    bases = [op for op in lower(SOURCE).bodies[0].ops if op[0] == Op.ADD_BASE]
    assert [(op[4], op[5]) for op in bases] == [("Base", 0)]


def test_imports_are_seen_in_their_file_alone() -> None:
    """A package's name is no member of the package that imports it."""
    facts = lower(SOURCE)
    assert set(facts.bodies[0].names) == {"Limit", "table", "other", "Store", "Reader", "Alias", "New"}
    assert [op[1] for op in facts.bodies[0].ops if op[0] == Op.IMPORT_STAR] == ["d"]
