"""Packages of JavaScript are installed once, in a sandbox, and shown beside the tree."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.fakes.sandbox_world import SandboxWorld
from yantra_bot.errors import UserError
from yantra_bot.sandbox.arguments import collect_mounts
from yantra_bot.sandbox.contract import Job, Mount
from yantra_bot.sandbox.environment import Environment, prepare
from yantra_bot.sandbox.node_packages import find_roots, list_manifests
from yantra_bot.sandbox.package_index import PackageIndex

HAS_NODE = shutil.which("npm", path="/usr/local/bin:/usr/bin") is not None
needs_node = pytest.mark.skipif(not HAS_NODE, reason="NO NODE where a sandbox looks for it")
USES = json.dumps({"dependencies": {"left": "file:vendor/left"}})
LOCAL = {
    "package.json": USES,
    "vendor/left/package.json": '{"name": "left", "version": "1.0.0", "main": "index.js"}',
    "vendor/left/index.js": "module.exports = (text) => ` ${text}`;\n",
    "use.js": "console.log(require('left')('found'));\n",
}
"""A repository whose only dependency lies in it: no network is needed."""


def write(root: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def roots_of(root: Path) -> tuple[str, ...]:
    return find_roots(root, list_manifests(root))


def install(world: SandboxWorld, tree: Path, cache: Path, index: PackageIndex | None = None) -> Environment:
    return prepare(tree, sandbox=world.sandbox, cache=cache, index=index or PackageIndex())


@pytest.mark.parametrize(
    ("files", "roots"),
    [
        ({"package.json": "{}"}, ()),
        ({"package.json": "{"}, ()),
        ({"package.json": USES}, ("",)),
        ({"package.json": '{"workspaces": ["a"]}', "a/package.json": USES}, ("",)),
        ({"package.json": USES, "a/package.json": USES, "a/yarn.lock": ""}, ("", "a")),
        ({"a/package.json": USES, "b/package.json": USES}, ("a", "b")),
        ({"package.json": USES, "node_modules/x/package.json": USES}, ()),
        ({f"{number}/package.json": USES for number in range(6)}, ("0", "1", "2", "3")),
    ],
)
def test_packages_are_installed_where_they_are_declared(
    files: Mapping[str, str], roots: tuple[str, ...], tmp_path: Path
) -> None:
    """A workspace once, at its root; what the repository brings itself is found, not installed."""
    assert roots_of(write(tmp_path, files)) == roots


@pytest.mark.sandbox
@needs_node
def test_a_package_is_installed_once_and_seen_by_the_tests(sandbox_world: SandboxWorld) -> None:
    """The second time it is found; the tree itself holds nothing of it."""
    tree, cache = sandbox_world.make_tree(LOCAL), sandbox_world.make_folder()
    for is_cached in (False, True):
        found = install(sandbox_world, tree, cache)
        assert (found.report.problem, found.report.was_cached, found.python) == (None, is_cached, None)
        done = sandbox_world.sandbox.run(found.make_job(("node", "use.js"), workspace=tree))
        assert (done.exit_code, done.output) == (0, " found")
    assert list((tree / "node_modules").iterdir()) == []
    (tree / "package.json").write_text(USES.replace("vendor", "./vendor"))
    assert not install(sandbox_world, tree, cache).report.was_cached


@pytest.mark.sandbox
@needs_node
def test_a_package_that_cannot_be_had_is_told(sandbox_world: SandboxWorld) -> None:
    """With the reason that no registry is set; nothing is kept for the next run."""
    tree = sandbox_world.make_tree({"package.json": '{"dependencies": {"left-pad": "1.3.0"}}'})
    cache = sandbox_world.make_folder()
    for _ in range(2):
        report = install(sandbox_world, tree, cache).report
        assert report.problem == (
            "no registry of npm packages is configured; the packages of package.json could not be installed"
        )
        assert not report.was_cached


@pytest.mark.sandbox
@needs_node
@pytest.mark.case("D11")
@pytest.mark.case("D19")
def test_what_an_installation_runs_reaches_nothing_and_chooses_no_source(sandbox_world: SandboxWorld) -> None:
    """A script of a package has no network, and an .npmrc of the repository is not read."""
    reach = "require('net').connect(80, '1.1.1.1').on('error', () => require('fs').writeFileSync('cut', ''));\n"
    files = {
        **LOCAL,
        ".npmrc": "registry=http://127.0.0.1:1/\nscript-shell=/bin/false\n",
        "package.json": json.dumps(
            {"scripts": {"postinstall": "node reach.js"}, "dependencies": {"left": "file:vendor/left"}}
        ),
        "reach.js": reach,
    }
    tree = sandbox_world.make_tree(files)
    assert install(sandbox_world, tree, sandbox_world.make_folder()).report.problem is None
    assert not (tree / "cut").exists()


def test_nothing_is_shown_behind_a_link_of_the_repository(tmp_path: Path) -> None:
    """It would appear somewhere else."""
    (tmp_path / "web").symlink_to("/tmp")
    job = Job(("true",), workspace=tmp_path, mounts=(Mount(tmp_path, "/workspace/web/node_modules"),))
    with pytest.raises(UserError, match="web is a link"):
        collect_mounts(job)
