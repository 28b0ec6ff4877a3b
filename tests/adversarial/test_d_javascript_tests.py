"""Group D, JavaScript: tests and scripts of a package that forge, hide, flood, wait for ever or reach out."""

import shutil
from collections.abc import Iterator

import pytest

from tests.fakes.proving_ground import ProvingGround
from yantra_bot.domain.proof import TestReport, TestStatus, Verdict
from yantra_bot.ports import TestCommand
from yantra_bot.validation.test_run import run_tests

pytestmark = [
    pytest.mark.sandbox,
    pytest.mark.skipif(
        shutil.which("npm", path="/usr/local/bin:/usr/bin") is None, reason="NO NODE where a sandbox looks for it"
    ),
]
HEAD = "import { test } from 'node:test';\nimport assert from 'node:assert';\nimport fs from 'node:fs';\n"
REPORT = "process.env.YANTRA_NODE_REPORT"
FORGED = '{"file":"/workspace/test/a.test.mjs","names":["forged"],"status":"pass","seconds":0,"message":""}'


@pytest.fixture(scope="module")
def ground() -> Iterator[ProvingGround]:
    ground = ProvingGround()
    yield ground
    ground.close()


def run(
    ground: ProvingGround, body: str, *, script: str = "node --test", seconds: float = 60, **files: str
) -> TestReport:
    """Run a package whose only test has this body."""
    package = '{"scripts": {"test": "%s"}}' % script  # noqa: UP031 (an f-string would need doubled braces)
    tree = {"package.json": package, "test/a.test.mjs": f"{HEAD}test('it', async () => {{ {body} }});\n", **files}
    return run_tests(ground.make_bench(tree, command=TestCommand(timeout_seconds=seconds)))


@pytest.mark.case("D22")
@pytest.mark.case("C18")
def test_a_forged_report_does_not_hide_a_failure(ground: ProvingGround) -> None:
    """The exit code wins over whatever was written down."""
    done = run(ground, f"fs.writeFileSync({REPORT}, '{FORGED}\\n'); setTimeout(() => process.exit(1)); assert(0);")
    assert done.verdict is Verdict.FAIL
    assert "test/a.test.mjs::forged" in done.names(TestStatus.PASSED)


@pytest.mark.case("D22")
@pytest.mark.parametrize(
    "trick",
    [
        f"fs.symlinkSync('/etc/passwd', {REPORT});",
        f"fs.mkdirSync({REPORT});",
        f"fs.writeFileSync({REPORT}, 'x'.repeat(1000)); fs.chmodSync({REPORT}, 0);",
        f"fs.writeFileSync({REPORT}, '[');",
        f"fs.writeFileSync({REPORT}, ''); fs.truncateSync({REPORT}, 40 * 1024 * 1024);",
        "fs.chmodSync('/run/results', 0);",
    ],
)
def test_a_trap_in_the_place_of_the_report_makes_no_pass(ground: ProvingGround, trick: str) -> None:
    """Whatever the tests ended with; nothing of the machine is shown, and nothing is left over."""
    done = run(ground, trick)
    assert done.verdict in {Verdict.INCONCLUSIVE, Verdict.ERROR, Verdict.FAIL}
    assert "root:x" not in repr(done)
    assert list((ground.world.folder / "scratch").iterdir()) == []


@pytest.mark.case("D11")
def test_scripts_of_a_package_reach_nothing(ground: ProvingGround) -> None:
    """No network, whatever a script tries before the tests."""
    reach = "fetch('http://1.1.1.1').then(() => process.exit(0), () => process.exit(7));"
    package = '{"scripts": {"pretest": "node reach.mjs", "test": "node --test"}}'
    tree = {"package.json": package, "reach.mjs": reach, "test/a.test.mjs": f"{HEAD}test('it', () => {{}});"}
    done = run_tests(ground.make_bench(tree))
    assert (done.verdict, done.exit_code) == (Verdict.ERROR, 7)


@pytest.mark.case("D13")
def test_tests_that_never_end_are_ended(ground: ProvingGround) -> None:
    """By the limit of time, which is told."""
    done = run(ground, "await new Promise((done) => setTimeout(done, 600_000));", seconds=1.5)
    assert (done.verdict, done.exit_code) == (Verdict.ERROR, None)
    assert "their limit of time" in done.reason


@pytest.mark.case("D13")
def test_a_flood_of_output_is_ended(ground: ProvingGround) -> None:
    """By the limit of output, which is told; what is kept of it is little."""
    done = run(
        ground, "for (;;) try { fs.writeSync(2, 'x'.repeat(60_000) + '\\n'); } catch {}", script="node test/a.test.mjs"
    )
    assert (done.verdict, done.exit_code) == (Verdict.ERROR, None)
    assert "their limit of output" in done.reason
    assert len(done.output_tail) <= 12_000


@pytest.mark.case("D20")
@pytest.mark.parametrize("name", ["node", "npm", "node_modules/.bin/node"])
def test_a_repository_that_ships_its_own_tools_proves_nothing(ground: ProvingGround, name: str) -> None:
    """What ends well without having tested is no pass."""
    bench = ground.make_bench(
        {
            "package.json": '{"scripts": {"test": "node --test"}}',
            "test/a.test.mjs": f"{HEAD}test('it', () => assert(0));",
            name: "#!/bin/sh\nexit 0\n",
        }
    )
    (bench.workspace / name).chmod(0o755)
    assert run_tests(bench).verdict in {Verdict.FAIL, Verdict.INCONCLUSIVE}


@pytest.mark.case("D20")
def test_the_shell_of_a_script_is_not_the_repository_s(ground: ProvingGround) -> None:
    """An .npmrc cannot name another one."""
    tree = {"package.json": '{"scripts": {"test": "exit 3"}}', ".npmrc": "script-shell=/bin/true\n"}
    assert run_tests(ground.make_bench(tree)).exit_code == 3


@pytest.mark.case("D21")
def test_a_name_s_control_characters_are_shown_as_text(ground: ProvingGround) -> None:
    """Terminal codes and halves of characters come back as visible text."""
    tree = {
        "package.json": '{"scripts": {"test": "node --test"}}',
        "test/a.test.mjs": f"{HEAD}test('a\\x1b[31m\\ud800\\u202e', () => assert(0, '\\x1b]0;x\\x07'));",
    }
    done = run_tests(ground.make_bench(tree))
    (outcome,) = done.outcomes
    assert not set("\x1b\x07\u202e\ud800") & set(outcome.name + outcome.message)
