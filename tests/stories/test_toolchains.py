"""`@yantra implement` in Go and Rust, where the machine has their tools."""

import shutil
from collections.abc import Mapping

import pytest

from tests.stories.scene import Scene
from tests.stories.toolchains import GO_FILES, RUST_FILES, mend
from yantra_bot.domain.run import Phase


def needs(program: str) -> pytest.MarkDecorator:
    is_there = shutil.which(program, path="/usr/local/bin:/usr/bin") is not None
    return pytest.mark.skipif(not is_there, reason=f"NO {program.upper()} where a sandbox looks for it (/usr/bin)")


@pytest.mark.parametrize(
    ("files", "path", "command"),
    [
        pytest.param(GO_FILES, "calc.go", "go test ./...", marks=needs("go"), id="go"),
        pytest.param(RUST_FILES, "src/lib.rs", "cargo test --offline", marks=needs("cargo"), id="rust"),
    ],
)
async def test_a_library_of_another_language_becomes_a_tested_pull_request(
    scene: Scene, files: Mapping[str, str], path: str, command: str
) -> None:
    """Its own tests are told by name, before and after."""
    scene.work_in(files, script=mend(path))
    async with scene.server():
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    (opened,) = scene.pull_requests()
    assert command in opened.body
    assert "1 passed, 0 failed; before the change 1 passed, 0 failed" in opened.body
