"""Go's packages are found by the go.mod above them, by vendor folders, and without any by the end of the path."""

from yantra_bot.graphdb.languages.go.linking import GoLinker, make_linker, package_names

FILES = {
    "go.mod": b"module example.com/shop\n\ngo 1.22\n",
    "tools/go.mod": b'// tools\nmodule "example.com/tools" // why\n',
}
PATHS = (
    "main.go",
    "main_test.go",
    "util.go",
    "cart/cart.go",
    "cart/cart_test.go",
    "tools/gen/gen.go",
    "vendor/github.com/x/y/y.go",
    "only/only_test.go",
)


def link(files: dict[str, bytes] = FILES) -> GoLinker:
    return make_linker(PATHS, files.get)


def test_a_package_is_found_by_its_module() -> None:
    """The import path of a go.mod stands for its folder; a nested module has its own."""
    linker = link()
    assert linker.locate("main.go", "example.com/shop") == ("main.go", "util.go")
    assert linker.locate("main.go", "example.com/shop/cart") == ("cart/cart.go",)
    assert linker.locate("main.go", "example.com/tools/gen") == ("tools/gen/gen.go",)
    assert linker.locate("main.go", "github.com/x/y") == ("vendor/github.com/x/y/y.go",)


def test_what_is_elsewhere_is_not_found() -> None:
    """The standard library, other modules, and folders with nothing but tests are no packages of the repository."""
    linker = link()
    for specifier in ("fmt", "example.com/shops", "example.com/shop/none", "example.com/shop/only", "cart"):
        assert linker.locate("main.go", specifier) is None
    assert linker.external("main.go", "net/http") == "net.http"
    assert linker.submodule(("main.go",), "cart") is None


def test_without_go_mod_the_end_of_the_path_decides() -> None:
    """A folder whose path ends the import path is taken."""
    linker = link({})
    assert linker.locate("main.go", "whatever/cart") == ("cart/cart.go",)
    assert linker.locate("main.go", "fmt") is None


def test_relative_paths_start_at_the_importer() -> None:
    """`.` is the own package, `../x` a neighbour."""
    linker = link()
    assert linker.locate("cart/cart.go", ".") == ("cart/cart.go",)
    assert linker.locate("cart/cart.go", "../tools/gen") == ("tools/gen/gen.go",)
    assert linker.locate("cart/cart.go", "./none") is None


def test_tests_see_tests_and_others_do_not() -> None:
    """Files of one folder share their names; a test file's are for test files."""
    linker = link()
    assert linker.siblings("main.go") == ("util.go",)
    assert linker.siblings("main_test.go") == ("main.go", "util.go")
    assert linker.siblings("cart/cart_test.go") == ("cart/cart.go",)


def test_a_package_name_is_guessed_from_its_path() -> None:
    """Versions and the usual decorations are no part of a name."""
    assert package_names("fmt") == ["fmt"]
    assert package_names("example.com/x/v2")[0] == "x"
    assert package_names("gopkg.in/yaml.v3")[0] == "yaml"
    assert package_names("github.com/mattn/go-sqlite3")[0] == "sqlite3"
