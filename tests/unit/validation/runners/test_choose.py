"""Which runner runs what: found by reading, always the same, told where something is left out."""

import json
from collections.abc import Mapping

import pytest

from yantra_bot.domain.runners import Project, RunnerName
from yantra_bot.validation.runners.choose import choose_projects, describe_rest, find_again, find_projects
from yantra_bot.validation.runners.contract import Files, Order
from yantra_bot.validation.runners.golang import Go
from yantra_bot.validation.runners.jest import JEST
from yantra_bot.validation.runners.node import NodeTest
from yantra_bot.validation.runners.rust import Cargo

NODE, JEST_NAME, VITEST, NPM = RunnerName.NODE, RunnerName.JEST, RunnerName.VITEST, RunnerName.NPM
PYTEST, CARGO, GO = RunnerName.PYTEST, RunnerName.CARGO, RunnerName.GO


def files_of(contents: Mapping[str, str]) -> Files:
    read = {path: text.encode() for path, text in contents.items()}
    return Files(tuple(sorted(read)), read.get)


def script(test: str, **more: object) -> str:
    return json.dumps({"scripts": {"test": test}, **more})


@pytest.mark.parametrize(
    ("manifest", "runner"),
    [
        (script("jest"), JEST_NAME),
        (script("tsc -p . && cross-env CI=1 jest --coverage"), JEST_NAME),
        (script("node --experimental-vm-modules node_modules/jest/bin/jest.js"), JEST_NAME),
        (script("vitest run"), VITEST),
        (script("npx vitest"), VITEST),
        (script("node --import tsx --test test/*.ts"), NODE),
        (script("npm run build && node --test && npm run lint"), NODE),
        (script("mocha"), NPM),
        (script("jest | tee log"), NPM),
        (script("jest && npm run lint"), NPM),
        (script('echo "'), NPM),
        (script('echo "Error: no test specified" && exit 1'), None),
        (script("", devDependencies={"vitest": "3", "jest": "29"}), VITEST),
        (script("", devDependencies={"jest": "29"}), JEST_NAME),
        ('{"scripts": {"test": 3}}', None),
        ('{"scripts": []}', None),
        ("[]", None),
        ("{", None),
        ("[" * 100_000, None),
    ],
)
def test_a_package_s_script_decides(manifest: str, runner: RunnerName | None) -> None:
    """What is no package.json has no tests, and what cannot be told of a script is left to its exit code."""
    found = find_projects(files_of({"package.json": manifest, "index.js": ""}))
    assert [project.runner for project in found] == ([] if runner is None else [runner])


def test_without_a_script_node_s_own_tests_are_found() -> None:
    """By what a test file imports."""
    test = "import { test } from 'node:test';\n"
    assert find_projects(files_of({"package.json": "{}", "test/a.test.mjs": test})) == (Project(NODE),)
    assert find_projects(files_of({"package.json": "{}", "test/a.test.mjs": "import 'mocha'"})) == ()


def test_packages_that_were_installed_are_nobody_s() -> None:
    """Nor is a vendored module."""
    files = {
        "node_modules/a/package.json": script("jest"),
        "vendor/b/Cargo.toml": "",
        "crates/c/Cargo.toml": "",
        "crates/c/inner/Cargo.toml": "",
        "go.mod": "",
        "tools/go.mod": "",
    }
    assert find_projects(files_of(files)) == (Project(GO), Project(CARGO, "crates/c"))


def test_python_without_tests_is_pytest_s() -> None:
    """It says that there are none; of a repository in no known language nobody says anything."""
    assert find_projects(files_of({"a.py": ""})) == (Project(PYTEST),)
    assert find_projects(files_of({"a.sh": ""})) == ()


MIXED = {
    "tests/test_a.py": "",
    "package.json": script("jest"),
    "web/package.json": script("vitest"),
    "web/a.ts": "",
    "web/deep/b.ts": "",
    "a.js": "",
    "tool/go.mod": "",
}
PROJECTS = find_projects(files_of(MIXED))


def test_the_order_of_projects_is_fixed() -> None:
    """The root comes first, then what is preferred."""
    assert [project.label for project in PROJECTS] == ["pytest", "jest", "vitest in web", "go in tool"]


@pytest.mark.parametrize(
    ("near", "labels"),
    [
        ((), ["pytest"]),
        (("README.md",), ["pytest"]),
        (("web/deep/b.ts",), ["vitest in web"]),
        (("web/README.md",), ["vitest in web"]),
        (("web/gen.py",), ["pytest"]),
        (("a.js", "tests/test_a.py"), ["pytest", "jest"]),
        (("webbing/a.js",), ["jest"]),
        (("other/a.rs",), ["pytest"]),
    ],
)
def test_a_change_calls_for_the_nearest_project_of_its_language(near: tuple[str, ...], labels: list[str]) -> None:
    """Of a monorepo that is the package.json above the file."""
    assert [project.label for project in choose_projects(PROJECTS, near)] == labels


def test_what_is_not_run_is_told() -> None:
    """By name."""
    assert describe_rest(PROJECTS, PROJECTS) == ""
    assert describe_rest(PROJECTS, PROJECTS[:1]) == (
        "Run was pytest, which the change calls for; not run: jest, vitest in web, go in tool."
    )


def test_the_rules_leave_no_choice() -> None:
    """A runner that is not seen anywhere is run at the root, and says itself what is missing."""
    files = files_of(MIXED)
    assert find_projects(files, only=VITEST) == (Project(VITEST, "web"),)
    assert find_projects(files, only=CARGO) == (Project(CARGO),)


def argv(runner: NodeTest | Cargo | Go, manifest: str, *selection: str, folder: str = "") -> tuple[str, ...]:
    name = f"{folder}/package.json" if folder else "package.json"
    return runner.command(Order(Project(runner.name, folder), selection), files_of({name: manifest})).shown


def test_a_selection_of_node_s_tests_is_run_with_the_script_s_options() -> None:
    """Where the script is more than one command all tests are run, which is said."""
    simple = script("NODE_ENV=test node --import tsx --test --test-reporter=dot 'test/*.ts'")
    assert argv(NodeTest(), simple, "test/a.ts") == ("node", "--import", "tsx", "--test", "./test/a.ts")
    only = "--test-name-pattern=^adds \\(1\\.0\\)$"
    options = ("node", "--import", "tsx", "--test", only)
    assert argv(NodeTest(), simple, "test/a.ts::sums > adds (1.0)") == (*options, "./test/a.ts")
    assert argv(NodeTest(), simple, "test/a.ts::adds", "test/b.ts")[4:] == ("./test/a.ts", "./test/b.ts")
    assert argv(NodeTest(), simple) == ("npm", "test")
    assert argv(NodeTest(), "{}", "web/a.test.js", folder="web") == ("node", "--test", "./a.test.js")
    order = Order(Project(NODE), ("test/a.js",))
    command = NodeTest().command(order, files_of({"package.json": script("tsc && node --test")}))
    assert (command.shown, command.remark) == (
        ("npm", "test"),
        "The test script runs as a whole, so that all tests were run.",
    )


def test_jest_takes_a_selection_behind_the_script() -> None:
    """Without a script the program is called itself."""
    order = Order(Project(JEST_NAME), ("src/a.test.js::adds", "src/a.test.js"))
    shown = JEST.command(order, files_of({"package.json": script("jest")})).shown
    assert shown == ("npm", "test", "--", "--runTestsByPath", "./src/a.test.js")
    assert JEST.command(order, files_of({"package.json": "{}"})).shown[:4] == ("npx", "--no", "--", "jest")


def test_cargo_and_go_take_names() -> None:
    """A name is never an option."""
    assert argv(Cargo(), "", "src/lib.rs::tests::adds", "src/lib.rs::--ignored") == (
        "cargo",
        "test",
        "--offline",
        "--no-fail-fast",
        "--",
        "tests::adds",
    )
    assert argv(Cargo(), "", "src/lib.rs") == ("cargo", "test", "--offline", "--no-fail-fast")
    assert argv(Go(), "", "sub/a_test.go::TestA/x y") == ("go", "test", "-run", "^(TestA)$", "./sub")
    assert argv(Go(), "", "sub") == ("go", "test", "./sub")
    assert argv(Go(), "") == ("go", "test", "./...")


@pytest.mark.parametrize(
    ("test", "reporters", "destinations"),
    [
        ("node --test", 2, 2),
        ("node --test --test-reporter=dot", 1, 2),
        ("node --test --test-reporter dot --test-reporter-destination=x", 1, 1),
    ],
)
def test_node_gets_as_many_destinations_as_reporters(test: str, reporters: int, destinations: int) -> None:
    """Else it refuses to start: the script's own come behind ours."""
    command = NodeTest().command(Order(Project(NODE)), files_of({"package.json": script(test)}))
    options = command.variables["NODE_OPTIONS"].split()
    assert sum(option.startswith("--test-reporter=") for option in options) == reporters
    assert sum(option.startswith("--test-reporter-destination=") for option in options) == destinations


def test_a_project_is_found_again_in_another_version() -> None:
    """By runner and folder; where the runner was swapped, by its language; else not at all."""
    assert find_again(PROJECTS, ["vitest in web", "pytest"]) == (Project(VITEST, "web"), Project(PYTEST))
    assert find_again(PROJECTS, ["npm in web", "node in web"]) == (Project(VITEST, "web"),)
    assert find_again(PROJECTS, ["cargo", "nonsense", "jest in other", ""]) == ()
