"""Ids that runners other than pytest take: tables from their documented syntax, over the real frontends."""

from pathlib import Path

import pytest

from tests.fakes.review_world import subject_of
from yantra_bot.validation.selection.choose import choose_tests
from yantra_bot.validation.selection.naming import hand_over
from yantra_bot.validation.selection.suite import find_suite

GO = 'package p\nimport "testing"\n'
TEST = "#[test]\nfn works() {}\n"


def ids(folder: Path, files: dict[str, str]) -> list[str]:
    return [test.id for test in find_suite(subject_of(folder, {}, files).head).tests]


@pytest.mark.parametrize(
    ("path", "text", "found"),
    [
        # `go test -C FOLDER -run '^(NAME|NAME)$' .` runs tests, examples and fuzz tests, no benchmarks.
        ("a_test.go", GO + "func TestA(t *testing.T) {}\n", [".::TestA"]),
        ("deep/er/a_test.go", GO + "func TestA(t *testing.T) {}\n", ["./deep/er::TestA"]),
        ("a_test.go", GO + "func ExampleA() {}\n", [".::ExampleA"]),
        ("a_test.go", GO + "func FuzzA(f *testing.F) {}\n", [".::FuzzA"]),
        ("a_test.go", GO + "func BenchmarkA(b *testing.B) {}\n", []),
        ("a_test.go", GO + "func TestMain(m *testing.M) {}\n", []),
        ("a_test.go", GO + "func Testify() {}\nfunc helper(t *testing.T) {}\n", []),
        ("a.go", GO + "func TestA(t *testing.T) {}\n", []),
    ],
)
def test_ids_of_go(tmp_path: Path, path: str, text: str, found: list[str]) -> None:
    """The package's folder and the function's name; only what `-run` runs."""
    assert ids(tmp_path, {path: text}) == found


@pytest.mark.parametrize(
    ("path", "text", "found"),
    [
        # `cargo test --manifest-path FOLDER/Cargo.toml -- NAME NAME`, where a name is what libtest prints.
        ("src/lib.rs", TEST, ".::works"),
        ("src/main.rs", f"mod tests {{ {TEST} }}\n", ".::tests::works"),
        ("src/a.rs", f"mod tests {{ mod deep {{ {TEST} }} }}\n", ".::a::tests::deep::works"),
        ("src/a/mod.rs", TEST, ".::a::works"),
        ("src/a/b.rs", TEST, ".::a::b::works"),
        ("src/bin/tool.rs", TEST, ".::works"),
        ("src/bin/tool/main.rs", TEST, ".::works"),
        ("src/bin/tool/part.rs", TEST, ".::part::works"),
        ("tests/whole.rs", TEST, ".::works"),
        ("tests/whole/main.rs", TEST, ".::works"),
        ("tests/whole/part.rs", TEST, ".::part::works"),
        ("tests/common/mod.rs", TEST, ".::common::works"),
        ("crates/y/src/a.rs", TEST, "./crates/y::a::works"),
        ("crates/y/tests/whole.rs", TEST, "./crates/y::works"),
    ],
)
def test_ids_of_rust(tmp_path: Path, path: str, text: str, found: str) -> None:
    """The package's folder, and the name with its modules from the root of its crate on."""
    manifests = {"Cargo.toml": "[workspace]\n", "crates/y/Cargo.toml": "[package]\n"}
    assert ids(tmp_path, {**manifests, path: text}) == [found]


def test_a_rust_file_without_a_package_is_named_from_the_root(tmp_path: Path) -> None:
    """There is nothing that cargo could be pointed to."""
    assert ids(tmp_path, {"src/a.rs": TEST}) == [".::a::works"]


TWO = {
    "one.ts": "export function one(): number { return 1; }\n",
    "two.ts": "export function two(): number { return 2; }\n",
    "web/[id].test.ts": "import { one } from '../one';\nimport { two } from '../two';\n"
    "test('one', () => { expect(one()).toBe(1); });\ndescribe('g', () => { it('two', () => { two(); }); });\n",
}


@pytest.mark.parametrize("changed", ["one.ts", "two.ts"])
def test_a_script_is_chosen_by_any_of_its_tests(tmp_path: Path, changed: str) -> None:
    """Its id is its file, and counts once."""
    subject = subject_of(tmp_path, TWO, {**TWO, changed: TWO[changed].replace("return ", "return 7 + ")})
    selection = choose_tests(subject.base, subject.head, subject.files).selection
    assert [test.id for test in selection.tests] == ["web/[id].test.ts"]
    assert selection.known == 1


def test_what_stands_around_the_tests_of_a_package_is_felt_by_all_of_them(tmp_path: Path) -> None:
    """It is no test, and a change of what it calls is noticed by each in its folder alone."""
    main = GO + "func setup() {}\nfunc TestMain(m *testing.M) { setup(); m.Run() }\n"
    files = {
        "p/main_test.go": main,
        "p/b_test.go": GO + "func TestB(t *testing.T) {}\n",
        "q/c_test.go": GO + "func TestC(t *testing.T) {}\n",
    }
    subject = subject_of(
        tmp_path, files, {**files, "p/main_test.go": main.replace("setup() {}", "setup() { println() }")}
    )
    selection = choose_tests(subject.base, subject.head, subject.files).selection
    assert [test.id for test in selection.tests] == ["./p::TestB"]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("tests/test_a.py::test_b", "tests/test_a.py::test_b"),
        ("--rootdir=x/test_a.py::test_b", "./--rootdir=x/test_a.py::test_b"),
        ("-p.test.js", "./-p.test.js"),
        ("./p::TestB", "./p::TestB"),
    ],
)
def test_no_id_is_printed_as_an_option(name: str, shown: str) -> None:
    """A file may be called like one."""
    assert hand_over(name) == shown
