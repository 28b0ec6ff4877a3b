"""Which file an import means."""

import json

import pytest

from yantra_bot.graphdb.languages.javascript import make_linker


def link(paths: list[str], files: dict[str, object] | None = None):
    texts = {path: text if isinstance(text, str) else json.dumps(text) for path, text in (files or {}).items()}
    return make_linker(paths, lambda path: texts[path].encode() if path in texts else None)


@pytest.mark.parametrize(
    ("specifier", "found"),
    [
        ("./b", "src/b.ts"),
        ("./b.js", "src/b.ts"),
        ("./b.ts", "src/b.ts"),
        ("../top", "top.js"),
        ("./lib", "src/lib/index.tsx"),
        ("./lib/", "src/lib/index.tsx"),
        ("./view.jsx", "src/view.tsx"),
        ("./tool.mjs", "src/tool.mts"),
        (".", "src/index.js"),
        ("..", "index.js"),
        ("./types", "src/types.d.ts"),
        ("/top", "top.js"),
        ("./missing", None),
        ("../../outside", None),
        ("lodash", None),
    ],
)
def test_relative_names_are_files(specifier: str, found: str | None) -> None:
    """With or without their ending, or the index of a folder; TypeScript is named as what it is built to."""
    paths = ["src/a.ts", "src/b.ts", "top.js", "src/lib/index.tsx", "src/view.tsx", "src/tool.mts", "src/index.js"]
    linker = link([*paths, "index.js", "src/types.d.ts"])
    assert linker.locate("src/a.ts", specifier) == (None if found is None else (found,))


def test_aliases_come_from_the_nearest_configuration() -> None:
    """`paths` may have a star at any place; comments and trailing commas are allowed; `extends` is followed."""
    linker = link(
        ["app/src/a.ts", "app/src/lib/b.ts", "app/shared/c.ts", "base/d.ts", "other/a.ts"],
        {
            "app/tsconfig.json": '{ // yes\n "extends": "../tsconfig.base", /* and */ "compilerOptions": {}, }',
            "tsconfig.base.json": {
                "compilerOptions": {
                    "baseUrl": "app",
                    "paths": {"@/*": ["src/*"], "shared": ["nowhere", "shared/c"], "*-lib": ["src/lib/*"]},
                }
            },
        },
    )
    assert linker.locate("app/src/a.ts", "@/lib/b") == ("app/src/lib/b.ts",)
    assert linker.locate("app/src/a.ts", "shared") == ("app/shared/c.ts",)
    assert linker.locate("app/src/a.ts", "b-lib") == ("app/src/lib/b.ts",)
    assert linker.locate("app/src/a.ts", "src/lib/b") == ("app/src/lib/b.ts",)
    assert linker.locate("app/src/a.ts", "b-libx") is None


def test_packages_of_a_workspace_are_found_by_name() -> None:
    """By `exports`, `main` and its kin, or the source that it is built from."""
    linker = link(
        ["a.js", "p/one/src/index.ts", "p/one/src/extra.ts", "p/two/main.js", "p/two/deep/x.js", "p/three/index.js"],
        {
            "p/one/package.json": {
                "name": "@s/one",
                "exports": {".": {"types": "./dist/index.d.ts"}, "./sub/*": [{"import": "./src/*.js"}]},
            },
            "p/two/package.json": {"name": "two", "main": "main"},
            "p/three/package.json": {"name": "three", "exports": "./index.js"},
        },
    )
    assert linker.locate("a.js", "@s/one") == ("p/one/src/index.ts",)
    assert linker.locate("a.js", "@s/one/sub/extra") == ("p/one/src/extra.ts",)
    assert linker.locate("a.js", "@s/one/extra") == ("p/one/src/extra.ts",)
    assert linker.locate("a.js", "two") == ("p/two/main.js",)
    assert linker.locate("a.js", "two/deep/x") == ("p/two/deep/x.js",)
    assert linker.locate("a.js", "three") == ("p/three/index.js",)
    assert linker.locate("a.js", "four") is None


def test_a_package_has_private_names_and_installed_ones() -> None:
    """`#name` is an entry of `imports`; `node_modules` of the repository is searched upwards."""
    linker = link(
        ["src/a.js", "src/in.js", "node_modules/dep/lib/index.js"],
        {
            "package.json": {"imports": {"#in": {"default": "./src/in.js"}}},
            "node_modules/dep/package.json": {"main": "./lib"},
        },
    )
    assert linker.locate("src/a.js", "#in") == ("src/in.js",)
    assert linker.locate("src/a.js", "dep") == ("node_modules/dep/lib/index.js",)
    assert linker.locate("src/a.js", "#other") is None


@pytest.mark.parametrize(
    "damaged",
    [
        "",
        "[]",
        "{",
        "\x00",
        "[" * 100_000,
        '{"compilerOptions": 3, "name": []}',
        '{"compilerOptions": {"baseUrl": 1, "paths": []}, "extends": [1, "./tsconfig"]}',
        '{"compilerOptions": {"paths": {"x": "y", "z": [1]}}, "extends": "./tsconfig.json"}',
    ],
)
def test_damaged_configuration_says_nothing(damaged: str) -> None:
    """It hides nothing and raises nothing."""
    linker = link(["a.js", "b.js"], {"tsconfig.json": damaged, "package.json": damaged})
    assert linker.locate("a.js", "./b") == ("b.js",)
    assert linker.locate("a.js", "x") is None
    assert linker.locate("a.js", "#x") is None


@pytest.mark.parametrize(
    ("specifier", "name"),
    [
        ("lodash", "lodash"),
        ("lodash/map", "lodash.map"),
        ("lodash/map.js", "lodash.map"),
        ("node:fs", "fs"),
        ("fs/promises", "fs.promises"),
        ("@s/p/x", "@s.p.x"),
        ("./gone", "src.gone"),
        ("highlight.js", "highlight.js"),
        ("../../x", "x"),
    ],
)
def test_what_lies_outside_has_a_dotted_name(specifier: str, name: str) -> None:
    """Packages by their names, missing files by their paths."""
    assert link([]).external("src/a.js", specifier) == name


def test_a_module_has_neither_modules_inside_nor_siblings() -> None:
    """Files see each other through imports alone."""
    linker = link(["a.js", "b.js"])
    assert linker.submodule(("a.js",), "b") is None
    assert linker.siblings("a.js") == ()
