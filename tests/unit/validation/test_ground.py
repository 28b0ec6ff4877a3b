"""Commands of a repository's environment run on either version, in a real sandbox."""

from pathlib import Path

import pytest

from tests.fakes.proving_ground import ProvingGround
from yantra_bot.domain.findings import Side
from yantra_bot.domain.proof import EnvironmentReport
from yantra_bot.sandbox.environment import Environment
from yantra_bot.validation.ground import Ground


@pytest.mark.sandbox
def test_a_command_sees_the_version_it_is_run_on(ground: ProvingGround) -> None:
    """`python` is the environment's own."""
    trees: dict[Side, Path] = {side: ground.world.make_tree({"a.txt": f"it is {side}"}) for side in Side}
    report = EnvironmentReport(key="k", was_cached=True, seconds=0.0)
    python = ground.world.interpreter.executable
    made = Ground(ground.world.sandbox, Environment(report, python=python), lambda side: trees[side])
    for side in Side:
        done = made.run(side, ("python", "-c", "print(open('a.txt').read())"))
        assert (done.exit_code, done.output.strip()) == (0, f"it is {side}")
    assert made.run(Side.HEAD, ("no-such-tool",)).exit_code == 127
