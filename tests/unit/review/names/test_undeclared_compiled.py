"""Modules of Go and crates of Rust that are declared nowhere."""

import pytest

from tests.unit.review.names.conftest import Names

BASE = {
    "go.mod": "module example.com/own\n\ngo 1.21\n\nrequire (\n\tgithub.com/a/b/v2 v2.1.0\n"
    "\tgithub.com/t/u v1.0.0 // indirect\n)\n\nrequire github.com/one/line v1.0.0\n"
    "replace github.com/old/gone => ../gone\n",
    "a.go": 'package own\n\nimport "github.com/known/before/x"\n\nvar _ = x.X\n',
    "sub/s.go": "package sub\n",
    "tool/go.mod": "module example.com/tool\n\ngo 1.21\n",
    "tool/t.go": "package tool\n",
    "old/go.mod": "module example.com/older\n\ngo 1.13\n",
    "old/go.sum": "github.com/summed/thing v1.0.0 h1:x=\n",
    "old/o.go": "package older\n",
    "Cargo.toml": '[package]\nname = "own-lib"\nedition = "2018"\n[dependencies]\nserde-json = "1"\n'
    'renamed = { package = "anyhow", version = "1" }\nxml-rs = "1"\nshared.workspace = true\n'
    '[target."cfg(unix)".dependencies]\nnix = "0.2"\n'
    '[dev-dependencies]\nrand = "0.8"\n[build-dependencies]\ncc = "1"\n',
    "src/lib.rs": "mod inner;\npub mod nested { pub fn f() {} }\nfn f() { regex::Regex::new(\"a\"); }\n",
    "src/inner.rs": "pub fn f() {}\n",
    "bare/Cargo.toml": '[workspace]\nmembers = []\n',
    "bare/src/lib.rs": "",
    "part/Cargo.toml": '[package]\nname = "part"\n[lib]\nname = "the_part"\n',
    "part/src/lib.rs": "",
}  # fmt: skip
TRUE = {
    "a module": ("b.go", 'package own\n\nimport "github.com/no/where"\n', "github.com/no/where"),
    "under a name": ("b.go", 'package own\n\nimport w "github.com/no/where/deep"\n', "github.com/no/where/deep"),
    "into the file": ("b.go", 'package own\n\nimport . "github.com/no/where"\n', "github.com/no/where"),
    "of another major version": ("b.go", 'package own\n\nimport "github.com/a/b/v3"\n', "github.com/a/b/v3"),
    "of the module around": ("tool/u.go", 'package tool\n\nimport "github.com/a/b/v2"\n', "github.com/a/b/v2"),
    "in a test": ("b_test.go", 'package own\n\nimport "gopkg.in/check.v1/x"\n', "gopkg.in/check.v1/x"),
    "a crate": ("src/inner.rs", "use tokio::sync::Mutex;\n", "tokio"),
    "a list of a crate": ("src/inner.rs", "use tokio::{self, sync::{Mutex, Notify}};\n", "tokio"),
    "an old crate": ("src/inner.rs", "extern crate tokio;\n", "tokio"),
    "a path in code": ("src/inner.rs", "pub fn f() { tokio::spawn(1); }\n", "tokio"),
    "a macro": ("src/inner.rs", 'pub fn f() { tracing::info!("a"); }\n', "tracing"),
    "a type": ("src/inner.rs", "pub fn f(a: tokio::Handle) {}\n", "tokio"),
    "of another package": ("part/src/lib.rs", "use nix::unistd;\n", "nix"),
    "with a glob of its own": ("src/inner.rs", "use crate::nested::*;\nuse tokio::sync::Mutex;\n", "tokio"),
}
SILENT = {
    "required": ("b.go", 'package own\n\nimport "github.com/a/b/v2/deep"\n'),
    "required indirectly": ("b.go", 'package own\n\nimport "github.com/t/u"\n'),
    "required on a line": ("b.go", 'package own\n\nimport "github.com/one/line"\n'),
    "replaced": ("b.go", 'package own\n\nimport "github.com/old/gone/x"\n'),
    "the standard library": ("b.go", 'package own\n\nimport (\n\t"C"\n\t"net/http"\n)\n'),
    "the module itself": ("b.go", 'package own\n\nimport "example.com/own/sub"\n'),
    "a module of the repository": ("b.go", 'package own\n\nimport "example.com/tool"\n'),
    "imported before": ("b.go", 'package own\n\nimport "github.com/known/before/y"\n'),
    "left out of the build": ("b.go", '//go:build ignore\n\npackage main\n\nimport "github.com/no/where"\n'),
    "test data": ("testdata/b.go", 'package own\n\nimport "github.com/no/where"\n'),
    "known by go.sum": ("old/p.go", 'package older\n\nimport "github.com/summed/thing"\n'),
    "a dependency": ("src/inner.rs", "use serde_json::Value;\nuse nix::unistd;\n"),
    "a renamed one": ("src/inner.rs", "use renamed::Error;\n"),
    "one of the workspace": ("src/inner.rs", "use shared::X;\n"),
    "whose library is called otherwise": ("src/inner.rs", "use xml::reader;\n"),
    "of tests and builds": ("tests/a.rs", "use rand::random;\nuse cc::Build;\nuse own_lib::f;\n"),
    "of the language": ("src/inner.rs", "use std::io;\nuse core::fmt;\nuse alloc::vec;\nuse self::x;\nuse super::y;\n"),
    "a module of the crate": ("src/inner.rs", "use crate::nested;\npub fn f() { nested::f(); }\n"),
    "an imported module": (
        "src/inner.rs",
        "use std::{fmt, os::unix::fs, sync::{atomic::{self, Ordering}}};\nfn g() { fmt::x(); atomic::fence(); }\n",
    ),
    "an alias": ("src/inner.rs", "use serde_json as json;\npub fn f() { json::x(); }\n"),
    "a type of the language": ("src/inner.rs", "pub const A: u8 = u8::MAX;\nfn g() { str::from_utf8(); }\n"),
    "a tool": ("src/inner.rs", "#[rustfmt::skip]\nfn g() {}\n"),
    "a glob from outside": ("src/inner.rs", "use nix::prelude::*;\npub fn f() { future::ok(); }\n"),
    "used before": ("src/inner.rs", "use regex::bytes::Regex;\n"),
    "no package": ("bare/src/lib.rs", "use tokio::x;\n"),
    "a fixture": ("tests/ui/a.rs", "use tokio::x;\n"),
    "what a macro makes": ("src/inner.rs", "lalrpop_mod!(pub grammar);\nuse grammar::Parser;\n"),
    "in a macro": ("src/inner.rs", "macro_rules! m { () => { tokio::spawn() } }\n"),
}  # fmt: skip


@pytest.mark.parametrize("case", TRUE)
def test_what_is_declared_nowhere_is_found(names: Names, case: str) -> None:
    """It is told once, where it is named first."""
    path, text, name = TRUE[case]
    found = [one for one in names(BASE, {**BASE, path: text}) if one.rule == "names/undeclared-dependency"]
    assert [(one.symbol, one.path) for one in found] == [(name, path)]


@pytest.mark.parametrize("case", SILENT)
def test_what_may_be_declared_is_not_found(names: Names, case: str) -> None:
    """What a manifest, the language, the repository or an import gives is left alone."""
    path, text = SILENT[case]
    found = [one for one in names(BASE, {**BASE, path: text}) if one.rule == "names/undeclared-dependency"]
    assert found == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("vendor/modules.txt", "# github.com/no/where v1.0.0\n"),
        ("go.work", "go 1.21\nuse ./tool\n"),
        ("go.mod", "go 1.21\n"),
    ],
)
def test_vendored_modules_and_workspaces_are_seen(names: Names, path: str, text: str) -> None:
    """What is vendored, what a module of the workspace requires, and a go.mod without a module, are no findings."""
    base = {**BASE, "tool/go.mod": BASE["tool/go.mod"] + "require github.com/no/where v1.0.0\n"}
    change = {path: text, "b.go": 'package own\n\nimport "github.com/no/where"\n'}
    assert names(base, {**base, **change}) == []
