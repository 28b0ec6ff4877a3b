"""What a Rust file defines is found, with its name, kind, signature, comment and a hash of its tokens."""

from tree_sitter import Parser

from yantra_bot.graphdb.facts import BodyFlag, FileFacts, Op
from yantra_bot.graphdb.languages import rust

SOURCE = b"""//! The shop.
use std::collections::HashMap as Map;
use crate::money::{self, Price};
extern crate serde as codec;
mod cart;

/// The most.
///
/// More about it.
pub const LIMIT: u32 = 3;
static TABLE: [fn(); 0] = [];

/// Keeps things.
#[derive(Debug)]
pub struct Store<T> {
    pub items: Vec<T>,
    name: String,
}

pub enum Kind {
    Small,
    Large(u32),
}

pub trait Get: Clone {
    fn get(&self) -> u32;
    fn twice(&self) -> u32 { self.get() * 2 }
}

type Alias = Store<u32>;

impl<T> Store<T> {
    const SIZE: u32 = 1;

    /// Makes one.
    pub fn new(items: Vec<T>) -> Self {
        Store { items, name: String::new() }
    }
}

impl Get for cart::Cart {
    fn get(&self) -> u32 { 1 }
}

pub(crate) async fn run(x: &dyn Get) {
    fn inner() {}
}

mod tests {
    #[test]
    fn works() {}

    #[tokio::test]
    async fn later() {}
}
"""


def lower(source: bytes, path: str = "src/shop.rs") -> FileFacts:
    return rust.lower(path, source, Parser(rust.grammar(".rs")).parse(source))


def names(facts: FileFacts) -> set[tuple[str, str, str]]:
    """Return (kind, name, name of the parent) of each symbol."""
    return {(one.kind, one.name, "" if one.parent < 0 else facts.symbols[one.parent].name) for one in facts.symbols}


def test_every_item_is_a_symbol() -> None:
    """Functions, methods, types, fields, variants, constants, modules and imports are nested as they are written."""
    assert names(lower(SOURCE)) == {
        ("module", "shop", ""),
        ("import", "Map", "shop"),
        ("import", "money", "shop"),
        ("import", "Price", "shop"),
        ("import", "codec", "shop"),
        ("import", "cart", "shop"),
        ("variable", "LIMIT", "shop"),
        ("variable", "TABLE", "shop"),
        ("class", "Store", "shop"),
        ("variable", "items", "Store"),
        ("variable", "name", "Store"),
        ("variable", "SIZE", "Store"),
        ("method", "new", "Store"),
        ("type", "Kind", "shop"),
        ("variable", "Small", "Kind"),
        ("class", "Large", "Kind"),
        ("type", "Get", "shop"),
        ("method", "get", "Get"),
        ("method", "twice", "Get"),
        ("type", "Alias", "shop"),
        ("method", "Cart.get", "shop"),
        ("function", "run", "shop"),
        ("function", "inner", "run"),
        ("module", "tests", "shop"),
        ("test", "works", "tests"),
        ("test", "later", "tests"),
    }


def test_symbols_say_what_they_are() -> None:
    """Signature, first paragraph of the comment, attributes, span and visibility are taken from the source."""
    facts = lower(SOURCE)
    symbols = {one.name: one for one in facts.symbols}
    assert symbols["new"].signature == "pub fn new(items: Vec<T>) -> Self"
    assert symbols["new"].docstring == "Makes one."
    assert symbols["LIMIT"].docstring == "The most."
    assert symbols["Store"].docstring == "Keeps things."
    assert symbols["Store"].decorators == ("derive(Debug)",)
    assert symbols["Store"].visibility == "public"
    assert symbols["TABLE"].visibility == "private"
    assert symbols["name"].visibility == "private"
    assert (symbols["run"].line, symbols["run"].end_line) == (45, 47)
    assert facts.problems == []


def test_layout_and_comments_do_not_change_a_hash() -> None:
    """A reformatted function has the same hash, a changed one another."""
    one = b"fn f(x: u32) -> u32 { x + 1 }\n"
    other = b"fn f( x : u32 )->u32 {\n    // why\n    x + 1 /* so */\n}\n"
    changed = b"fn f(x: u32) -> u32 { x + 2 }\n"
    hashes = [{s.name: s.content_hash for s in lower(source).symbols}["f"] for source in (one, other, changed)]
    assert hashes[0] == hashes[1] != hashes[2]


def test_methods_are_attached_to_their_type() -> None:
    """An impl gives the type its methods; a trait's impl makes the trait a base."""
    facts = lower(SOURCE)
    ops = facts.bodies[0].ops
    assert [op[2] for op in ops if op[0] == Op.SET_ATTR] == ["Small", "Large", "new", "get"]
    assert [op[4] for op in ops if op[0] == Op.ADD_BASE] == ["Get"]


def test_what_has_no_self_is_bound_to_nothing() -> None:
    """An associated function is static, a method binds its receiver."""
    facts = lower(SOURCE)
    flags = {facts.symbols[body.owner].name: body.flags for body in facts.bodies}
    assert flags["new"] & BodyFlag.STATIC
    assert flags["twice"] & BodyFlag.METHOD
    assert flags["get"] & BodyFlag.METHOD
    assert flags["Get"] & BodyFlag.INTERFACE


def test_macros_of_the_library_are_read_as_calls() -> None:
    """Calls in the arguments of macros are calls, wherever the macro stands."""
    source = b'fn f() -> u32 { 1 }\nfn g() { println!("{}", f()); let _ = vec![f(), f()]; my::own!(f()); odd!{f()} }\n'
    body = next(body for body in lower(source).bodies if body.ops and body.flags & BodyFlag.FUNCTION)
    assert sum(op[0] == Op.CALL for op in body.ops) == 5


def test_a_star_import_names_its_module() -> None:
    """What a `use` brings as a whole is a star import; of an enumeration in the file each variant is bound."""
    facts = lower(b"use crate::a::*;\nuse super::b::*;\nenum E { A, B(u32) }\nuse E::*;\nmod m { use super::*; }\n")
    assert [op[1] for op in facts.bodies[0].ops if op[0] == Op.IMPORT_STAR] == ["crate::a", "super::b"]
    assert {"A", "B", "E", "m"} == set(facts.bodies[0].names)
