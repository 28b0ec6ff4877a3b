"""Group D, git: nothing that a repository or the sandbox wrote makes git on our side execute or fetch anything."""

from pathlib import Path

import pytest

from tests.fakes.mirror import run_git
from tests.fakes.worker_bench import PYTEST, Crew, blobs, cache_folder, config, crew, maker, open_folder
from yantra_bot.domain.changes import Changeset
from yantra_bot.domain.conversation import ToolCall

__all__ = ["blobs", "cache_folder", "config", "crew", "maker", "open_folder"]

EVIL = """[core]
 fsmonitor = {command}
 sshCommand = {command}
 hooksPath = /workspace/hooks
 gitProxy = {command}
 pager = {command}
 attributesFile = /workspace/.gitattributes
[filter "evil"]
 clean = {command}
 smudge = {command}
 process = {command}
 required = true
[diff]
 external = {command}
[diff "evil"]
 textconv = {command}
 command = {command}
[merge "evil"]
 driver = {command}
[credential]
 helper = {command}
[protocol "ext"]
 allow = always
[url "ext::{command} "]
 insteadOf = https://
[remote "origin"]
 url = ext::{command}
 promisor = true
 partialclonefilter = blob:none
[extensions]
 partialClone = origin
"""
ATTRIBUTES = b"* filter=evil diff=evil merge=evil ident text eol=crlf export-subst\n"


@pytest.fixture
def trap(open_folder: Path) -> Path:
    """A program that leaves a mark when anybody, under any account, starts it."""
    marks = open_folder / "marks"
    marks.mkdir()
    marks.chmod(0o777)
    program = open_folder / "trap"
    program.write_text(f"#!/bin/sh\necho hit > {marks}/$$\n")
    program.chmod(0o755)
    return program


def _hits(trap: Path) -> list[Path]:
    return list((trap.parent / "marks").iterdir())


async def _work_on(crew: Crew, files: dict[str, bytes | tuple[str, bytes]], *calls: ToolCall) -> None:
    """Go through everything that a run does with its tree."""
    workspace = await crew.hire(PYTEST)
    commit = crew.maker.commit(files)
    await workspace.open(commit, Changeset())
    batch = await workspace.call(calls)
    await workspace.diff()
    await workspace.measure()
    await workspace.test()
    await workspace.outline(100)
    assert all(".git/" not in path for path in batch.changes.paths)
    await workspace.open(commit, batch.changes)
    await workspace.diff()


@pytest.mark.case("D04")
async def test_git_configuration_that_the_sandbox_writes_is_never_read(crew: Crew, trap: Path) -> None:
    """A whole .git with monitors, drivers, hooks and helpers, made by what ran, runs nothing on our side."""
    config_text = EVIL.format(command=trap)
    plant = (
        "import os, pathlib\n"
        "for top in ('.', 'sub'):\n"
        "    for part in ('hooks', 'objects', 'refs', 'info'):\n"
        "        os.makedirs(f'{top}/.git/{part}', exist_ok=True)\n"
        f"    pathlib.Path(top, '.git/config').write_text({config_text!r})\n"
        "    pathlib.Path(top, '.git/HEAD').write_text('ref: refs/heads/main\\n')\n"
        f"    pathlib.Path(top, '.gitattributes').write_text({ATTRIBUTES.decode()!r})\n"
        "    for hook in ('post-checkout', 'pre-commit', 'post-index-change', 'reference-transaction'):\n"
        f"        os.symlink({str(trap)!r}, f'{{top}}/.git/hooks/{{hook}}')\n"
        "pathlib.Path('a.txt').write_text('changed\\n')\n"
    )
    await _work_on(
        crew,
        {"a.txt": b"one\n", "sub/b.txt": b"two\n"},
        ToolCall("1", "run_command", {"argv": ["python3", "-c", plant]}),
        ToolCall("2", "write_file", {"path": "sub/b.txt", "content": "edited\n"}),
        ToolCall("3", "diff", {}),
    )
    assert _hits(trap) == []


@pytest.mark.case("D04")
async def test_the_mirrors_own_configuration_is_not_read_either(crew: Crew, trap: Path) -> None:
    """Even a mirror whose configuration and hooks are traps is only read for its objects."""
    commit = crew.maker.commit({"a.txt": b"one\n"})
    settings = crew.maker.folder / "config"
    settings.write_text(settings.read_text() + EVIL.format(command=trap))
    (crew.maker.folder / "hooks").mkdir(exist_ok=True)
    for hook in ("post-checkout", "reference-transaction", "post-index-change"):
        (crew.maker.folder / "hooks" / hook).symlink_to(trap)
    workspace = await crew.hire()
    await workspace.open(commit, Changeset())
    batch = await workspace.call([ToolCall("1", "read_file", {"path": "a.txt"}), ToolCall("2", "diff", {})])
    assert "one" in batch.results[0].content
    assert _hits(trap) == []


@pytest.mark.case("D05")
async def test_a_nested_repository_is_not_one_for_us(crew: Crew, trap: Path) -> None:
    """A nested .git, committed by force, is not laid out, not entered and not part of a change."""
    evil = crew.maker.blob(EVIL.format(command=trap).encode())
    nested = crew.maker.tree(("100644", b"config", evil), ("100644", b"HEAD", crew.maker.blob(b"ref: refs/heads/x\n")))
    sub = crew.maker.tree(("40000", b".git", nested), ("100644", b"f", crew.maker.blob(b"x\n")))
    commit = crew.maker.commit_tree(crew.maker.tree(("40000", b"sub", sub)))
    workspace = await crew.hire()
    await workspace.open(commit, Changeset())
    batch = await workspace.call(
        [
            ToolCall("1", "run_command", {"argv": ["ls", "-a", "sub"]}),
            ToolCall("2", "list_files", {}),
            ToolCall("3", "read_file", {"path": "sub/.git/config"}),
        ]
    )
    assert ".git" not in batch.results[0].content
    assert ".git" not in batch.results[1].content
    assert batch.results[2].is_error
    assert batch.changes == Changeset()
    assert _hits(trap) == []


@pytest.mark.case("D06")
async def test_no_driver_filter_or_pointer_is_resolved(crew: Crew, trap: Path) -> None:
    """Attributes change no byte: no line end, identity, substitution, filter or large-file pointer is worked on."""
    pointer = b"version https://git-lfs.example/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 12345\n"
    files = {
        ".gitattributes": ATTRIBUTES + b"*.lfs filter=lfs diff=lfs merge=lfs -text\n",
        "ident.txt": b"$Id$ $Format:%H$\n", "crlf.txt": b"a\nb\r\n", "big.lfs": pointer,
    }  # fmt: skip
    workspace = await crew.open({**files})
    dump = "import pathlib; print([pathlib.Path(p).read_bytes() for p in ('ident.txt', 'crlf.txt', 'big.lfs')])"
    batch = await workspace.call([ToolCall("1", "run_command", {"argv": ["python3", "-c", dump]})])
    expected = str([files["ident.txt"], files["crlf.txt"], files["big.lfs"]])
    assert expected in batch.results[0].content
    assert batch.changes == Changeset()
    assert _hits(trap) == []


@pytest.mark.case("D07")
async def test_submodules_are_never_initialised(crew: Crew, trap: Path) -> None:
    """Whatever .gitmodules says, a submodule is an empty folder, and nothing is fetched or run."""
    modules = (
        f'[submodule "a"]\n path = a\n url = ext::{trap}\n[submodule "b"]\n path = b\n url = -u./evil\n'
        f'[submodule "../../c"]\n path = ../../c\n url = file:///etc\n update = !{trap}\n'
    )
    commit = crew.maker.commit(
        {".gitmodules": modules.encode(), "a": ("160000", b"1" * 40), "b/c": ("160000", b"2" * 40), "f": b"x\n"}
    )
    workspace = await crew.hire()
    await workspace.open(commit, Changeset())
    listing = "import pathlib; print(sorted(map(str, pathlib.Path('.').rglob('*'))))"
    batch = await workspace.call([ToolCall("1", "run_command", {"argv": ["python3", "-c", listing]})])
    assert "['.gitmodules', 'a', 'b', 'b/c', 'f']" in batch.results[0].content
    assert batch.changes == Changeset()
    assert _hits(trap) == []


@pytest.mark.case("D10")
async def test_a_token_in_the_mirrors_configuration_does_not_reach_the_run(crew: Crew) -> None:
    """Even where somebody wrote a token into the mirror's remote, no file of the run and no tool shows it."""
    token = "ghs_" + "canary" * 6
    commit = crew.maker.commit({"f": b"x\n"})
    run_git(crew.maker.folder, "config", "remote.origin.url", f"https://x:{token}@git.example/a/b")
    workspace = await crew.hire()
    await workspace.open(commit, Changeset())
    batch = await workspace.call(
        [
            ToolCall("1", "search", {"pattern": "ghs_"}),
            ToolCall("2", "run_command", {"argv": ["grep", "-rs", "ghs_", "/workspace", "/tmp", "/run", "/etc"]}),
        ]
    )
    texts = [result.content for result in batch.results]
    texts += [path.read_text(errors="replace") for path in crew.config.work_folder.rglob("*") if path.is_file()]
    assert not any(token in text for text in texts)


@pytest.mark.case("D24")
async def test_an_empty_commit_and_odd_histories_are_opened(crew: Crew) -> None:
    """A commit without files, and one without parents or branches, are trees like any other."""
    workspace = await crew.hire()
    await workspace.open(crew.maker.commit_tree(crew.maker.tree()), Changeset())
    assert await workspace.outline(10) == ""
    batch = await workspace.call([ToolCall("1", "write_file", {"path": "README.md", "content": "# New\n"})])
    assert batch.changes.paths == ("README.md",)
    assert "new file mode 100644" in await workspace.diff()
