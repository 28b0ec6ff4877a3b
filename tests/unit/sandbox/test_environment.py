"""A repository's environment, built and used in real sandboxes, with wheels made here."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes.environment_place import Place
from tests.fakes.sandbox_world import SMALL, SandboxWorld, choose_user
from tests.fakes.wheel_world import PROJECT, SAMPLE, make_wheel
from yantra_bot.sandbox.bubblewrap import Sandbox
from yantra_bot.sandbox.environment import Environment, preload, prepare
from yantra_bot.sandbox.environment_build import read_report
from yantra_bot.sandbox.limits import BUILD, Limit
from yantra_bot.sandbox.package_index import PackageIndex

pytestmark = pytest.mark.sandbox


@pytest.fixture(scope="module")
def place(sandbox_world: SandboxWorld) -> Place:
    return Place(sandbox_world)


@pytest.fixture(scope="module")
def built(place: Place) -> Environment:
    """The environment of SAMPLE, installed once for all tests that only use it."""
    return place.prepare(place.world.make_tree(SAMPLE))


def change(files: Mapping[str, str], **changes: str) -> dict[str, str]:
    return {**files, **changes}


def test_a_project_is_installed_with_what_its_tests_need(place: Place, built: Environment) -> None:
    """The project itself, its dependencies, those of its tests, and the test runner can be imported."""
    assert built.report.problem is None, built.report.output_tail
    assert not built.report.was_cached
    assert "Successfully installed" in built.report.output_tail
    code = "import sample, needed, helper, pytest, coverage, sys; print(sample.__file__, sys.prefix)"
    done = place.run(built, place.world.make_tree(SAMPLE), code)
    assert done.output == "/workspace/src/sample.py /environment"


def test_what_an_installation_generates_is_laid_over_a_fresh_tree(place: Place, built: Environment) -> None:
    """Installing works on a copy; a version module that it generates is there wherever a command runs."""
    tree = place.world.make_tree(SAMPLE)
    assert place.run(built, tree, "import sample_version; print(sample_version.version)").output == "1.4.2"


def test_a_file_of_the_tree_wins_over_a_generated_one(place: Place, built: Environment) -> None:
    """What the tree has already is not replaced by what an installation generated."""
    tree = place.world.make_tree(change(SAMPLE, **{"src/sample_version.py": "version = 'mine'\n"}))
    assert place.run(built, tree, "import sample_version; print(sample_version.version)").output == "mine"


def test_the_second_time_it_is_found(place: Place, built: Environment) -> None:
    """The same declarations give the same environment at once, for another code; its tree stays as it is."""
    tree = place.world.make_tree(change(SAMPLE, **{"src/sample.py": "changed = True\n"}))
    second = place.prepare(tree)
    assert second.report.was_cached
    assert (second.report.key, second.mounts, second.prefix) == (built.report.key, built.mounts, built.prefix)
    assert sorted(path.name for path in tree.rglob("*")) == sorted([*(Path(name).name for name in SAMPLE), "src"])
    assert place.run(second, tree, "import sample; print(sample.changed)").output == "True"


def test_an_environment_cannot_be_changed_by_a_run(place: Place, built: Environment) -> None:
    """A test run sees it read-only."""
    done = place.run(built, place.world.make_tree(SAMPLE), "import needed; open(needed.__file__, 'w')")
    assert "Read-only file system" in done.output


def test_a_failed_installation_is_reported_and_not_kept(place: Place) -> None:
    """What is missing is named; what could be installed is there; the cache keeps nothing."""
    project = PROJECT.replace('["needed"]', '["needed", "missing-package"]')
    extras = SAMPLE["extras.txt"] + "Requires-Dist: missing-package\n"
    tree = place.world.make_tree(change(SAMPLE, **{"pyproject.toml": project, "extras.txt": extras}))
    lines: list[str] = []
    environment = prepare(tree, sandbox=place.world.sandbox, cache=place.cache, index=place.index, on_line=lines.append)
    assert any("part by part" in line for line in lines)
    assert "the project itself could not be installed" in (environment.report.problem or "")
    assert environment.variables["PYTHONPATH"] == "/workspace:/workspace/src"
    assert "missing-package" in environment.report.output_tail
    assert place.run(environment, tree, "import pytest; print(pytest.name)").output == "pytest"
    assert not (place.cache / environment.report.key).exists()


def test_without_packages_the_reason_is_told(place: Place) -> None:
    """With no index and no folder of wheels the report says so first."""
    environment = place.prepare(place.world.make_tree({"app.py": ""}), index=PackageIndex())
    assert (environment.report.problem or "").startswith("no package index is configured; ")


def test_plain_requirements_put_the_code_on_the_path(place: Place) -> None:
    """A repository that is no project gets its requirements, and its folders on the path."""
    tree = place.world.make_tree({"requirements.txt": "needed\n", "requirements-test.txt": "helper", "app.py": "x = 1"})
    environment = place.prepare(tree)
    assert environment.report.problem is None, environment.report.output_tail
    assert environment.variables["PYTHONPATH"] == "/workspace"
    done = place.run(environment, tree, "import os, sys; sys.path.remove(''); import app, needed, helper; print(app.x)")
    assert done.output == "1"


def test_another_language_needs_nothing(place: Place) -> None:
    """A repository without Python gets an empty environment, in which a command runs as it is."""
    tree = place.world.make_tree({"main.go": ""})
    environment = place.prepare(tree)
    assert (environment.python, environment.report.problem, environment.mounts) == (None, None, ())
    done = place.world.sandbox.run(environment.make_job(("ls",), workspace=tree, limits=SMALL))
    assert done.output == "main.go"


@pytest.mark.case("D19")
def test_a_repository_cannot_choose_its_packages_source(place: Place) -> None:
    """Index options, pip's configuration and variables of a repository are ignored; the operator's wheels are used."""
    evil = place.world.make_folder()
    make_wheel(evil, "needed", {"needed.py": "name = 'evil'\n"}, version="99.0")
    shipped = "-i https://evil.test/simple\n--extra-index-url=https://evil.test/\n--find-links evil\n-f evil\nneeded\n"
    configuration = "[global]\nfind-links = /workspace/evil\nindex-url = https://evil.test/simple\n"
    tree = place.world.make_tree(
        {
            "requirements.txt": shipped + "--trusted-host evil.test\nhelper @ https://evil.test/helper.whl\n",
            "pip.conf": configuration,
            ".pip/pip.conf": configuration,
            ".config/pip/pip.conf": configuration,
            ".npmrc": "registry=https://evil.test/\n",
            ".env": "PIP_INDEX_URL=https://evil.test/simple\n",
            "app.py": "",
        }
    )
    (evil / "needed-99.0-py3-none-any.whl").rename(tree / "needed-99.0-py3-none-any.whl")
    (tree / "evil").mkdir()
    (tree / "needed-99.0-py3-none-any.whl").rename(tree / "evil/needed-99.0-py3-none-any.whl")
    environment = place.prepare(tree)
    assert place.run(environment, tree, "import needed; print(needed.name)").output == "needed"
    assert "ignored: -i https://evil.test/simple" in environment.report.output_tail
    assert "names an address of its own" in (environment.report.problem or "")
    assert "PIP_INDEX_URL" not in environment.variables


@pytest.mark.case("D11")
def test_an_installation_is_confined_too(place: Place) -> None:
    """A build backend that attacks finds no network, no host, and can hand no link out of the sandbox."""
    attack = """
import os, socket
def attack():
    found = []
    try: socket.create_connection(("127.0.0.1", 22), 1); found.append("network")
    except OSError: pass
    for path in ("/build/overlay", "/build/report", "/build/report/report.json", "/environment"):
        try: os.rename(path, path + "-moved"); found.append("moved " + path)
        except OSError: pass
        try: os.symlink("/", path); found.append("linked " + path)
        except OSError: pass
    os.symlink("/etc", "/build/overlay/link")
    try: open("/source/planted", "w"); found.append("wrote")
    except OSError: pass
    return found
"""
    backend = attack + SAMPLE["backend.py"].replace("version = {VERSION!r}", "found = {attack()!r}")
    tree = place.world.make_tree(change(SAMPLE, **{"backend.py": backend}))
    environment = place.prepare(tree)
    assert "the installation broke off" in (environment.report.problem or ""), "a spoilt report is no success"
    done = place.run(environment, tree, "import sample_version; print(sample_version.found)")
    assert done.output == "['linked /build/report/report.json']"
    assert not (tree / "planted").exists()
    assert all(not mount.source.is_symlink() for mount in environment.mounts)


def test_an_installation_has_limits(place: Place) -> None:
    """An installation that hangs is ended, and the report names the limit."""
    backend = "import time\ntime.sleep(600)\n"
    tree = place.world.make_tree(change(SAMPLE, **{"backend.py": backend}))
    limits = replace(BUILD, wall_seconds=1.0)
    environment = prepare(tree, sandbox=place.world.sandbox, cache=place.cache, index=place.index, limits=limits)
    assert f"hit a limit: {Limit.TIME}" in (environment.report.problem or "")


def test_without_a_sandbox_it_works_too(place: Place) -> None:
    """With the operator's insecure switch the same job runs in the real folders; nothing is shared with sandboxes."""
    tree, user = place.world.make_tree(SAMPLE), choose_user()
    plain = Sandbox(interpreter=place.world.interpreter, user=user, insecure=True)
    environment = place.prepare(tree, sandbox=plain)
    assert environment.report.problem is None, environment.report.output_tail
    assert not environment.report.was_cached
    argv = (environment.python or "", "-c", "import sample, needed; print(sample.__file__)")
    done = plain.run(environment.make_job(argv, workspace=tree, limits=SMALL))
    assert done.output == f"{tree}/src/sample.py"


def test_another_interpreter_inside_is_noticed(place: Place) -> None:
    """A Python that is not the one it should be is an error, not a surprise later."""
    other = replace(place.world.interpreter, version="3.99.0 (some other build)")
    sandbox = Sandbox(interpreter=other, user=place.world.sandbox.user)
    environment = place.prepare(place.world.make_tree(SAMPLE), sandbox=sandbox)
    assert "another Python than it should" in (environment.report.problem or "")


def test_a_report_written_by_strangers_is_data(tmp_path: Path) -> None:
    """Whatever stands in the report is escaped, bounded, or a broken installation."""
    (tmp_path / "report").mkdir()
    path = tmp_path / "report/report.json"
    for text in ("", "[", "[]", '{"problems": 1}', "[" * 100_000, '{"problems": [], "notes": []}'):
        path.write_text(text)
        assert read_report(tmp_path).problems == ("the installation broke off",)
    facts = {"problems": ["\x1b[2J" + "x" * 9000] * 99, "notes": [1], "python_path": ["/etc", "../..", "src"]}
    path.write_text(json.dumps(facts))
    built = read_report(tmp_path)
    assert len(built.problems) == 20
    assert built.problems[0].startswith(r"\x1b[2Jxxx")
    assert (built.notes, built.python_path) == (("1",), ("src",))
    path.unlink()
    path.symlink_to("/etc/passwd")
    assert read_report(tmp_path).problems == ("the installation broke off",)


def test_preloading_reads_what_is_needed_later() -> None:
    """Everything that a sandbox shows of this program can be read beforehand."""
    preload()
