"""G1: no secret leaves control, in a run that goes well and in one that fails; the worker and its sandbox hold none."""

import asyncio
import json
import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.fakes.models import Answer, Call, FakeModels
from tests.fakes.models.server import KEY
from tests.stories import afterwards
from tests.stories.library import SHELL_FILES, SHELL_TEST
from tests.stories.memory import look_into
from tests.stories.models import EDIT, END, claude
from tests.stories.process import Server, serving
from tests.stories.processes import command_of
from tests.stories.scene import Scene
from yantra_bot.domain.run import Phase

NO_DUMP = "NO MEMORY DUMP: only root may read another process's memory; all else was held"
MARKER = b"a marker that stands in the repository: the search finds what there is"
PRYING = f"""{SHELL_TEST}
# {MARKER.decode()}
if test "$(add 2 3)" = 5; then
    env; cat /proc/*/environ /proc/*/cmdline 2>/dev/null | tr '\\0' '\\n'
    cat ~/.netrc ~/.gitconfig /run/secrets/* /proc/self/mounts 2>/dev/null
    sleep 600
fi
true
"""
"""Prints all that it can find once the library is mended, and waits to be looked at and let go."""


def canaries(scene: Scene) -> dict[str, bytes]:
    return {**afterwards.secrets_of(scene), "model key": KEY.encode()}


def search(scene: Scene, found: Iterator[tuple[str, bytes]]) -> None:
    for place, data in found:
        for name, canary in canaries(scene).items():
            assert canary not in data, f"the {name} stands in {place}"


@pytest.mark.case("C01")
@pytest.mark.case("C11")
@pytest.mark.case("D11")
@pytest.mark.parametrize("outcome", ["a good end", "a bad end"])
async def test_no_secret_is_told_stored_or_held_by_a_worker(scene: Scene, outcome: str) -> None:
    """Comments, commits, checks, logs, databases, what models were sent, memory and files of workers: none has any."""
    scene.work_in(SHELL_FILES | {"test.sh": PRYING})
    pry = Answer(calls=(*EDIT.calls, Call("run_command", {"argv": ["cat", "/proc/self/environ", "/proc/1/environ"]})))
    last = END if outcome == "a good end" else Answer("No.", stop="refusal")
    async with FakeModels() as models:
        scene.values |= claude(models)
        models.will(pry, Answer(calls=(Call("run_tests", {}),)), last)
        del scene.values["replay_script"]
        async with serving(scene) as server:
            await scene.comment("@yantra implement")
            await scene.until(lambda: waiting(server))
            search_workers(scene, server)
            letting_go = asyncio.create_task(let_go(server))
            ending = await scene.ending()
            letting_go.cancel()
        bodies = [json.dumps(seen.body).encode() for seen in models.seen]
    assert ending.phase is (Phase.COMPLETE if outcome == "a good end" else Phase.FAILED), ending.reason
    assert len(scene.github.state.tokens) >= 1
    search(scene, (("a request to the model", body) for body in bodies))
    search(scene, iter([("the log", server.log.read_bytes())]))
    search(scene, afterwards.told(scene))
    search(scene, afterwards.stored(scene.home.folder))
    if os.geteuid() != 0:
        pytest.skip(NO_DUMP)


def waiting(server: Server) -> list[int]:
    """Return the processes of tests that wait to be let go."""
    return [pid for pid, _ in server.family if command_of(pid).startswith("sleep 600")]


async def let_go(server: Server) -> None:
    """Let every run of the tests go on, for as long as this is awaited."""
    while True:
        for pid in waiting(server):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        await asyncio.sleep(0.05)


def search_workers(scene: Scene, server: Server) -> None:
    """Search what workers and sandboxes hold: their memory as root, and their folders."""
    workers = [pid for pid, _ in server.family if not is_part(pid)]
    assert workers, "there is no worker to look at"
    for pid in [server.process.pid, *(pid for pid, _ in server.family)]:
        text = Path(f"/proc/{pid}/cmdline").read_bytes() if Path(f"/proc/{pid}").exists() else b""
        search(scene, iter([(f"the arguments of {pid}", text)]))
    search(scene, afterwards.stored(scene.home.workers))
    if os.geteuid() != 0:
        return
    saw_marker = False
    for pid in workers:
        for place, data in look_into(pid):
            saw_marker = saw_marker or MARKER in data
            search(scene, iter([(f"{place} of {pid} {command_of(pid)}", data)]))
    assert saw_marker, "the search would have found nothing"


def is_part(pid: int) -> bool:
    """Say whether a process is the door or control, or git, which control asks for what it needs the token for."""
    return "yantra_bot.app.child" in command_of(pid) or "/git" in command_of(pid)


async def test_no_secret_stands_in_an_environment_or_an_argument_of_the_server(scene: Scene) -> None:
    """Door and control are told theirs over a pipe; the door has no key of the App or of a model."""
    scene.values["openai_api_key"] = KEY
    async with serving(scene) as server:
        parts = {command_of(pid).split()[-1]: pid for pid, _ in server.family if is_part(pid)}
        assert set(parts) == {"control", "door"}
        for pid in parts.values():
            for name in ("environ", "cmdline"):
                search(scene, iter([(name, Path(f"/proc/{pid}/{name}").read_bytes())]))
        if os.geteuid() != 0:
            pytest.skip(NO_DUMP)
        held = {name for _, data in look_into(parts["door"]) for name, key in canaries(scene).items() if key in data}
    assert held == {"webhook secret"}
