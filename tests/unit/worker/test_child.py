"""A worker's process holds nothing worth stealing and cannot get back what it gave up."""

import os
import re
import secrets
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from tests.fakes.worker_bench import FILES, Crew, make_index
from yantra_bot.domain.conversation import ToolCall
from yantra_bot.errors import Transient
from yantra_bot.worker import protocol
from yantra_bot.worker.client import WorkerFactory, WorkerWorkspace

IS_ROOT = os.geteuid() == 0
as_root = pytest.mark.skipif(not IS_ROOT, reason="only root can look into the memory of a worker")

BATCH = (
    ToolCall("1", "edit_file", {"path": "calc.py", "search": "a - b", "replace": "a + b"}),
    ToolCall("2", "search", {"pattern": "add", "regex": True}),
    ToolCall("3", "run_command", {"argv": ["python3", "-c", "import os; print(os.environ)"]}),
    ToolCall("4", "run_tests", {}),
    ToolCall("5", "edit_file", {"path": "calc.py", "search": "nowhere", "replace": ""}),
    ToolCall("6", "read_file", {"path": "../../etc/passwd"}),
)


def _read_memory(process: int) -> Iterator[bytes]:
    """Yield every readable region of a process's memory."""
    with Path(f"/proc/{process}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{process}/maps").read_text().splitlines():
            found = re.match(r"([0-9a-f]+)-([0-9a-f]+) r", line)
            if found is None or "[v" in line:
                continue
            start, end = (int(number, 16) for number in found.groups())
            memory.seek(start)
            try:
                yield memory.read(end - start)
            except OSError:
                continue


async def _work(crew: Crew) -> WorkerWorkspace:
    workspace = await crew.open(FILES)
    await workspace.call(BATCH)
    await workspace.test()
    await workspace.measure()
    await workspace.diff()
    return workspace


@pytest.mark.case("C07")
@as_root
async def test_no_secret_is_found_in_a_worker(crew: Crew, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory, environment, arguments, descriptors and files of a worker hold no canary of control's."""
    canaries = [secrets.token_hex(24) for _ in range(3)]
    monkeypatch.setenv("ANTHROPIC_API_KEY", canaries[0])
    monkeypatch.setenv("YANTRA_WEBHOOK_SECRETS", canaries[1])
    held = canaries[2].encode() * 1000
    planted = [canary.encode() for canary in canaries]
    assert any(planted[2] in region for region in _read_memory(os.getpid())), "the canary sits in control's memory"
    workspace = await _work(crew)
    process = workspace.process_id
    assert process is not None
    proc = Path(f"/proc/{process}")
    assert (proc / "environ").read_bytes() == b""
    found = [region for region in _read_memory(process) if any(canary in region for canary in planted)]
    assert found == []
    texts = [(proc / "cmdline").read_bytes()]
    texts += [path.read_bytes() for path in crew.config.work_folder.rglob("*") if path.is_file()]
    assert not any(canary in text for text in texts for canary in planted)
    assert held


@as_root
async def test_a_worker_holds_its_socket_and_its_mirror(crew: Crew) -> None:
    """No descriptor of control's is inherited, standard streams lead nowhere."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        os.set_inheritable(server.fileno(), True)
        workspace = await _work(crew)
    folder = Path(f"/proc/{workspace.process_id}/fd")
    targets = sorted(str(path.readlink()) for path in folder.iterdir())
    assert targets[:3] == ["/dev/null"] * 3
    assert targets[3] == str(crew.maker.folder)
    assert targets[4].startswith("socket:")
    assert len(targets) == 5


async def test_a_worker_reads_code_by_codecs_that_it_may_not_load_any_more(crew: Crew) -> None:
    """An f-string that a test compares with, and a source file in an encoding of its own, are read as any other."""
    workspace = await crew.open({**FILES, "old.py": "# coding: iso8859-2\nx = 'ž'\n".encode("iso8859-2")})
    test = "def test_a():\n    name = 'x'\n    assert str(name) == f'{name}\\n'\n"
    results = (await workspace.call([ToolCall("1", "write_file", {"path": "test_a.py", "content": test})])).results
    assert not results[0].is_error, results[0].content
    assert (await workspace.measure()).files == 1
    code = {"path": "old.py", "search": "x = ", "replace": "y = "}
    results = (await workspace.call([ToolCall("2", "edit_file", code)])).results
    assert "y = 'ž'" in results[0].content


@as_root
async def test_a_worker_has_given_up_everything(crew: Crew) -> None:
    """Its account is its own, it has no capability and no network, and it can gain no privilege."""
    workspace = await _work(crew)
    status = Path(f"/proc/{workspace.process_id}/status").read_text()
    fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    uids = set(fields["Uid"].split())
    assert len(uids) == 1
    assert 58_000 <= int(uids.pop()) < 59_000
    assert set(fields["Gid"].split()) == set(fields["Uid"].split())
    assert len(fields["Groups"].split()) == 1, "the group of the repository's shelf"
    assert {fields[name] for name in ("CapPrm", "CapEff", "CapBnd", "CapAmb")} == {"0000000000000000"}
    assert fields["NoNewPrivs"] == "1"
    assert os.getsid(workspace.process_id or 0) == workspace.process_id


async def test_a_worker_has_no_network(crew: Crew) -> None:
    """It sits in a network of its own with nothing in it, whoever control runs as, and so do its sandboxes."""
    workspace = await _work(crew)
    listing = ToolCall("1", "run_command", {"argv": ["python3", "-c", "print(open('/proc/net/dev').read())"]})
    shown = (await workspace.call([listing])).results[0].content
    assert "lo:" in shown
    assert "eth" not in shown
    if IS_ROOT:
        network = Path(f"/proc/{workspace.process_id}/net/dev").read_text().splitlines()[2:]
        assert [line.split(":")[0].strip() for line in network] in ([], ["lo"])
        assert Path(f"/proc/{workspace.process_id}/ns/net").readlink() != Path("/proc/self/ns/net").readlink()
    worker = workspace._worker
    assert worker is not None
    assert worker.has_left_network


@pytest.mark.skipif(IS_ROOT, reason="between root and an account of its own there is no need to look")
async def test_a_worker_of_the_same_user_cannot_be_looked_into(crew: Crew) -> None:
    """Where control is an ordinary user, no process of that user can read a worker's memory or environment."""
    workspace = await _work(crew)
    for name in ("mem", "environ"):
        with pytest.raises(PermissionError):
            Path(f"/proc/{workspace.process_id}/{name}").read_bytes()


async def test_two_runs_have_two_accounts_and_two_closed_folders(crew: Crew) -> None:
    """No run can read the folder of another."""
    first, second = await crew.open(FILES), await crew.open(FILES)
    folders = [path for path in crew.config.work_folder.iterdir() if path.name.startswith("run-")]
    assert len(folders) == 2
    assert {path.stat().st_mode & 0o777 for path in folders} == {0o700}
    assert len({path.stat().st_uid for path in folders}) == (2 if IS_ROOT else 1)
    assert first.process_id != second.process_id


async def test_nothing_is_imported_after_the_rights_are_gone(crew: Crew, open_folder: Path) -> None:
    """Every module that work needs was loaded before: later the product's files may be out of reach."""
    config = replace(crew.config, index=make_index(open_folder / "wheels"))
    crew.factory = WorkerFactory(config, crew.blobs)
    workspace = await _work(crew)
    await workspace.prepare()
    await workspace.test()
    worker = workspace._worker
    assert worker is not None
    closed = await worker.order(protocol.Close(), TypeAdapter(protocol.Closed), patience=20)
    assert closed.late_imports == ()


async def test_a_wrong_capability_ends_the_talk(crew: Crew) -> None:
    """An order that does not carry the run's capability is not done, and the worker ends."""
    workspace = await crew.open(FILES)
    worker = workspace._worker
    assert worker is not None
    worker._capability = "0" * 32
    with pytest.raises(Transient, match="exit code 0"):
        await workspace.diff()
