"""Rust's modules are found below the file that declares them, and crates by their Cargo.toml."""

from yantra_bot.graphdb.languages.rust.linking import RustLinker, make_linker

FILES = {
    "Cargo.toml": b'[package]\nname = "my-shop"\n',
    "core/Cargo.toml": b'[package]\nname = "core-x"\n[lib]\nname = "engine"\npath = "source/entry.rs"\n',
    "broken/Cargo.toml": b"[package\nname = ",
    "odd/Cargo.toml": b'package = 3\nlib = "x"\n',
}
PATHS = (
    "src/lib.rs",
    "src/main.rs",
    "src/cart/mod.rs",
    "src/cart/items.rs",
    "src/util.rs",
    "src/util/text.rs",
    "src/bin/tool.rs",
    "tests/all.rs",
    "tests/common/mod.rs",
    "core/source/entry.rs",
    "broken/src/lib.rs",
    "odd/src/lib.rs",
    "lone.rs",
    "helper.rs",
)


def link() -> RustLinker:
    return make_linker(PATHS, FILES.get)


def test_modules_are_found_in_both_layouts() -> None:
    """`x.rs` and `x/mod.rs` hold the module x, and their own modules are in the folder x."""
    linker = link()
    assert linker.locate("src/main.rs", "self::cart") == ("src/cart/mod.rs",)
    assert linker.locate("src/cart/mod.rs", "self::items") == ("src/cart/items.rs",)
    assert linker.locate("src/util.rs", "self::text") == ("src/util/text.rs",)
    assert linker.locate("src/util.rs", "self::cart") is None
    assert linker.submodule(("src/lib.rs", "src/main.rs"), "util") == ("src/util.rs",)


def test_paths_go_up_and_start_at_the_root() -> None:
    """`super` is the module around, `crate` the root; a library and a program in one folder share modules."""
    linker = link()
    roots = ("src/lib.rs", "src/main.rs")
    assert linker.locate("src/cart/items.rs", "crate") == roots
    assert linker.locate("src/main.rs", "crate") == ("src/main.rs",)
    assert linker.locate("src/cart/items.rs", "super") == ("src/cart/mod.rs",)
    assert linker.locate("src/cart/mod.rs", "super") == roots
    assert linker.locate("src/util/text.rs", "super") == ("src/util.rs",)
    assert linker.locate("src/util/text.rs", "super::super::cart::items") == ("src/cart/items.rs",)
    assert linker.locate("src/util/text.rs", "self::self") == ("src/util/text.rs",)
    assert linker.locate("src/lib.rs", "super") is None
    assert linker.locate("src/lib.rs", "super::x") is None


def test_crates_are_found_by_name() -> None:
    """A library has its package's name with underscores, or the one its `[lib]` says; broken manifests say nothing."""
    linker = link()
    assert linker.locate("src/main.rs", "my_shop") == ("src/lib.rs",)
    assert linker.locate("src/main.rs", "my_shop::cart") == ("src/cart/mod.rs",)
    assert linker.locate("src/main.rs", "engine") == ("core/source/entry.rs",)
    assert linker.locate("src/main.rs", "core_x") is None
    assert linker.locate("src/main.rs", "std::fmt") is None
    assert linker.external("src/main.rs", "std::fmt") == "std.fmt"


def test_programs_tests_and_lone_files_are_roots() -> None:
    """Files in bin and tests are crates; a file without any root is its own, and its modules are beside it."""
    linker = link()
    assert linker.locate("src/bin/tool.rs", "crate") == ("src/bin/tool.rs",)
    assert linker.locate("tests/all.rs", "self::common") == ("tests/common/mod.rs",)
    assert linker.locate("tests/common/mod.rs", "crate") == ("tests/all.rs",)
    assert linker.locate("lone.rs", "crate") == ("lone.rs",)
    assert linker.locate("lone.rs", "self::helper") == ("helper.rs",)
    assert linker.siblings("lone.rs") == ()


def test_a_path_attribute_names_the_file() -> None:
    """`#[path = "x.rs"]` is seen from the folder of the file."""
    linker = link()
    assert linker.locate("src/util.rs", "path:cart/items.rs") == ("src/cart/items.rs",)
    assert linker.locate("src/util.rs", "path:../lone.rs") == ("lone.rs",)
    assert linker.locate("src/util.rs", "path:none.rs") is None
