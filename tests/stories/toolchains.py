"""Small libraries in Go and in Rust with a bug, and scripts of models that work on them."""

from tests.stories.library import FINISH, HEAD, call, turn

GO_FILES = {
    "go.mod": "module example.com/calc\n\ngo 1.19\n",
    "calc.go": "package calc\n\nfunc Add(a, b int) int {\n\treturn a - b\n}\n",
    "calc_test.go": (
        'package calc\n\nimport "testing"\n\n'
        'func TestAddNothing(t *testing.T) {\n\tif Add(3, 0) != 3 {\n\t\tt.Fatal("no")\n\t}\n}\n'
    ),
}
RUST_FILES = {
    "Cargo.toml": '[package]\nname = "calc"\nversion = "0.1.0"\nedition = "2021"\n',
    "Cargo.lock": 'version = 3\n\n[[package]]\nname = "calc"\nversion = "0.1.0"\n',
    "src/lib.rs": (
        "pub fn add(a: i32, b: i32) -> i32 {\n    a - b\n}\n\n"
        "#[cfg(test)]\nmod tests {\n    #[test]\n    fn adds_nothing() {\n"
        "        assert_eq!(super::add(3, 0), 3);\n    }\n}\n"
    ),
}


def mend(path: str) -> str:
    """Return a script that mends the library."""
    edit = call("edit_file", f'{{path = "{path}", search = "a - b", replace = "a + b"}}')
    return HEAD + turn("fix", edit) + turn("end", FINISH)
