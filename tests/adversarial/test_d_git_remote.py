"""Group D where it meets control's git: what a repository, a name or somebody's configuration can do to the host."""

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.fakes.forge_bench import Bench, open_bench
from tests.fakes.github import git_repository
from tests.fakes.github.judge import Judge
from tests.fakes.mirror import run_git
from yantra_bot.domain.changes import Changeset, FileChange
from yantra_bot.errors import Permanent, Transient, UserError
from yantra_bot.forge.git_process import Git, Limits
from yantra_bot.forge.git_remote import GitRemote, TreeLimits
from yantra_bot.forge.local import LocalFolder, LocalForge, LocalRemote
from yantra_bot.forge.mirror import Mirror
from yantra_bot.forge.remotes import GitHubRemotes, Mirrors

AT = 1_700_000_000.0
BRANCH = "yantra/1-add"


@pytest.fixture
async def bench(tmp_path: Path, judge: Judge | None) -> AsyncGenerator[Bench, None]:
    async with open_bench(tmp_path, judge=judge) as opened:
        yield opened


def remote_with(bench: Bench, *, limits: Limits | None = None, tree: TreeLimits | None = None) -> GitRemote:
    git = Git(bench.folder / "helper", limits=limits)
    mirrors = Mirrors(bench.folder / "mirrors", git, bench.clock)
    remotes = GitHubRemotes(bench.github, mirrors, bench.blobs, bench.clock, base_url=bench.fake.git_url, limits=tree)
    return remotes(bench.repository, bench.installation.id)


def store_tree(bench: Bench, *entries: tuple[str, bytes, str]) -> str:
    """Write a tree object as it is, whatever a well-behaved git would say of it."""
    body = b"".join(mode.encode() + b" " + name + b"\0" + bytes.fromhex(digest) for mode, name, digest in entries)
    words = ("hash-object", "-t", "tree", "-w", "--literally", "--stdin")
    return run_git(bench.there.git_dir, *words, data=body).decode().strip()


def store_blob(bench: Bench, data: bytes) -> str:
    return run_git(bench.there.git_dir, "hash-object", "-w", "--stdin", data=data).decode().strip()


def set_main(bench: Bench, tree: str) -> str:
    """Make this tree the head of the default branch."""
    commit = run_git(bench.there.git_dir, "commit-tree", tree, "-m", "x").decode().strip()
    run_git(bench.there.git_dir, "update-ref", "refs/heads/main", commit)
    return commit


def show(bench: Bench, commit: str, path: str) -> bytes:
    return run_git(bench.there.git_dir, "cat-file", "blob", f"{commit}:{path}")


def trap(tmp_path: Path) -> tuple[str, Path]:
    """Return a command that leaves a mark when it runs, and the mark."""
    mark = tmp_path / "executed"
    script = tmp_path / "trap.sh"
    script.write_text(f'#!/bin/sh\necho "$0 $*" >> {mark}\ncat\n')
    script.chmod(0o755)
    return str(script), mark


HOSTILE = (
    ("core.fsmonitor", "{trap}"),
    ("core.sshCommand", "{trap}"),
    ("core.hooksPath", "{hooks}"),
    ("core.pager", "{trap}"),
    ("core.editor", "{trap}"),
    ("core.gitProxy", "{trap}"),
    ("core.askPass", "{trap}"),
    ("credential.helper", "!{trap}"),
    ("diff.external", "{trap}"),
    ("filter.evil.clean", "{trap}"),
    ("filter.evil.smudge", "{trap}"),
    ("filter.evil.process", "{trap}"),
    ("gpg.program", "{trap}"),
    ("commit.gpgSign", "true"),
    ("uploadpack.packObjectsHook", "{trap}"),
    ("uploadpack.hideRefs", "refs/heads"),
    ("remote.origin.uploadpack", "{trap}"),
    ("remote.origin.receivepack", "{trap}"),
    ("remote.origin.promisor", "true"),
    ("remote.origin.vcs", "evil"),
    ("url.http://127.0.0.1:9/.insteadOf", "http://127.0.0.1"),
    ("http.proxy", "http://127.0.0.1:9"),
    ("http.extraHeader", "X-Evil: 1"),
    ("protocol.ext.allow", "always"),
    ("protocol.file.allow", "never"),
    ("init.templateDir", "{hooks}"),
    ("alias.fetch", "!{trap}"),
    ("gc.auto", "1"),
)


def write_hostile(config: Path, tmp_path: Path, *, skip: tuple[str, ...] = ()) -> Path:
    """Fill a configuration file with everything that makes git run something or go somewhere; return the mark."""
    command, mark = trap(tmp_path)
    hooks = tmp_path / "hooks"
    hooks.mkdir(exist_ok=True)
    for name in (
        "reference-transaction",
        "post-update",
        "pre-receive",
        "update",
        "post-receive",
        "pre-push",
        "post-index-change",
    ):
        (hooks / name).write_text(Path(command).read_text())
        (hooks / name).chmod(0o755)
    for name, value in HOSTILE:
        if name not in skip:
            text = value.format(trap=command, hooks=hooks)
            run_git(tmp_path, "config", "--file", str(config), name, text)
    return mark


async def work(bench: Bench, remote: GitRemote) -> str:
    """Fetch, hold, commit, push, release: everything that git is ever asked."""
    base = await remote.fetch("main")
    await remote.hold(base, "run-1")
    changes = bench.blobs.change({"src/app.py": b"fixed\n"})
    commit = await remote.commit(base, changes, message="fix: add\n", at=AT)
    await remote.push(commit, BRANCH, expected=None)
    await remote.release("run-1")
    return commit


@pytest.mark.case("D04")
@pytest.mark.case("D09")
async def test_no_configuration_of_the_user_or_the_system_is_read(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hostile home folder and a hostile environment run nothing and send nothing elsewhere."""
    home = tmp_path / "home"
    home.mkdir()
    mark = write_hostile(home / ".gitconfig", tmp_path)
    command, _ = trap(tmp_path)
    hostile = {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home),
        "GIT_CONFIG_GLOBAL": str(home / ".gitconfig"),
        "GIT_CONFIG_SYSTEM": str(home / ".gitconfig"),
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "core.fsmonitor",
        "GIT_CONFIG_VALUE_0": command,
        "GIT_SSH_COMMAND": command,
        "GIT_ASKPASS": command,
        "GIT_EXTERNAL_DIFF": command,
        "GIT_PROXY_COMMAND": command,
        "GIT_EXEC_PATH": str(tmp_path),
        "GIT_DIR": str(tmp_path / "elsewhere"),
        "GIT_OBJECT_DIRECTORY": str(tmp_path / "elsewhere"),
        "GIT_TEMPLATE_DIR": str(tmp_path / "hooks"),
        "http_proxy": "http://127.0.0.1:9",
        "LD_PRELOAD": "",
    }
    for name, value in hostile.items():
        monkeypatch.setenv(name, value)
    commit = await work(bench, bench.remote)
    for name in hostile:
        monkeypatch.delenv(name)
    assert bench.head(BRANCH) == commit
    assert not mark.exists()


@pytest.mark.case("D04")
@pytest.mark.case("D05")
@pytest.mark.case("D09")
async def test_nothing_that_a_named_folder_configures_is_executed(bench: Bench, tmp_path: Path) -> None:
    """A folder given with --repo is read and gets its branch; its hooks, helpers and redirections stay asleep."""
    folder = tmp_path / "work"
    git_repository.create(folder / ".git", "main")
    run_git(folder, "config", "core.bare", "false")
    git_repository.commit_files(
        folder / ".git",
        {"src/app.py": "broken\n", ".gitattributes": "* filter=evil diff=evil\n"},
        branch="main",
        message="x",
    )
    mark = write_hostile(folder / ".git" / "config", tmp_path, skip=("uploadpack.hideRefs",))
    nested = folder / "sub"
    run_git(folder, "init", "-q", str(nested))
    write_hostile(nested / ".git" / "config", tmp_path)
    before = sorted(path.relative_to(folder) for path in folder.rglob("*") if ".git" not in path.parts)

    git = Git(tmp_path / "helper")
    local = LocalFolder(folder, git, tmp_path / "state")
    remote = LocalRemote(Mirror(tmp_path / "mirrors" / "local.git", git, bench.clock), local, bench.blobs, bench.clock)
    base = await remote.fetch("main")
    commit = await remote.commit(base, bench.blobs.change({"src/app.py": b"fixed\n"}), message="fix\n", at=AT)
    await remote.push(commit, BRANCH, expected=None)
    forge = LocalForge(local, "x", name="work", on_comment=lambda tag, body: None)
    assert await forge.read_file(".gitattributes") == b"* filter=evil diff=evil\n"

    assert not mark.exists()
    assert await local.branch_head(BRANCH) == commit
    assert await local.current_branch() == "main"
    assert sorted(path.relative_to(folder) for path in folder.rglob("*") if ".git" not in path.parts) == before


@pytest.mark.case("D04")
async def test_the_mirror_itself_has_neither_hooks_nor_address(bench: Bench) -> None:
    """There is nothing in it that could run, and no server that a worker's git could be sent to."""
    await work(bench, bench.remote)
    assert not (bench.mirror / "hooks").exists()
    config = (bench.mirror / "config").read_text()
    assert "remote" not in config
    assert "http" not in config


@pytest.mark.case("D05")
@pytest.mark.parametrize("name", [b".git", b"..", b"git~1", b".GIT", b"a/b", b""])
async def test_a_tree_with_a_dangerous_name_is_not_fetched(bench: Bench, name: bytes) -> None:
    """Git's own check stops it before anything of it is stored."""
    inner = store_tree(bench, ("100644", b"config", store_blob(bench, b"[core]\n\tfsmonitor = evil\n")))
    set_main(bench, store_tree(bench, ("40000", name, inner)))
    with pytest.raises(Permanent, match="own check"):
        await bench.remote.fetch("main")


@pytest.mark.case("D06")
async def test_attributes_change_no_byte_of_a_commit(bench: Bench) -> None:
    """Filters, ident, line endings and LFS pointers of the repository are text like any other."""
    attributes = "* text eol=crlf ident filter=lfs diff=lfs merge=lfs export-subst working-tree-encoding=UTF-16\n"
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "a" * 64 + "\nsize 9\n"
    blobs = (store_blob(bench, attributes.encode()), store_blob(bench, pointer.encode()))
    set_main(bench, store_tree(bench, ("100644", b".gitattributes", blobs[0]), ("100644", b"big.bin", blobs[1])))
    base = await bench.remote.fetch("main")
    content = b"\xef\xbb\xbf$Id$\r\nline\n\x00\xff no end"
    commit = await bench.remote.commit(base, bench.blobs.change({"a.txt": content}), message="x\n", at=AT)
    await bench.remote.push(commit, BRANCH, expected=None)
    assert show(bench, commit, "a.txt") == content
    assert show(bench, commit, "big.bin") == pointer.encode()
    assert not [call for call in bench.fake.calls if "lfs" in call.path]


@pytest.mark.case("D07")
@pytest.mark.parametrize(
    "module",
    [
        "path = sub\n\turl = ext::sh -c touch% {mark}",
        "path = sub\n\turl = file:///etc",
        "path = sub\n\turl = -u./evil",
        "path = ../../sub\n\turl = https://example.com/x",
        "path = -sub\n\turl = https://example.com/x",
        'path = sub\n\turl = "https://example.com\\nhost=evil"',
        "path = sub\n\tupdate = !touch {mark}\n\turl = https://example.com/x",
    ],
)
async def test_submodules_are_never_initialised(bench: Bench, tmp_path: Path, module: str) -> None:
    """Whatever .gitmodules says, nothing of it is fetched or run: it is refused, or it is a file like any other."""
    mark = tmp_path / "executed"
    text = f'[submodule "sub"]\n\t{module.format(mark=mark)}\n'
    entries = [("100644", b".gitmodules", store_blob(bench, text.encode())), ("160000", b"sub", "1" * 40)]
    set_main(bench, store_tree(bench, *entries))
    with contextlib.suppress(Permanent):
        base = await bench.remote.fetch("main")
        commit = await bench.remote.commit(base, bench.blobs.change({"a.txt": b"x"}), message="x\n", at=AT)
        assert show_tree(bench, commit) == {".gitmodules", "sub", "a.txt"}
    assert not mark.exists()
    assert {call.path.split("/")[2] for call in bench.fake.calls if ".git/" in call.path} == {"demo.git"}


def show_tree(bench: Bench, commit: str) -> set[str]:
    return set(run_git(bench.mirror, "ls-tree", "--name-only", commit).decode().split())


ODD_NAMES = (
    *("--upload-pack=touch x", "-x", "refs/heads/../../x", "a..b", "@{-1}", "@", "HEAD", "a" * 250, "a" * 40, "0" * 64),
    *(
        "refs/heads/main",
        "main:evil",
        "ma*in",
        "a b",
        "a\nb",
        "a\0b",
        "a\x7f",
        "a.lock",
        ".a",
        "a/",
        "/a",
        "a//b",
        "a/.b",
    ),
    *("a.", "a\\b", "a~1", "a^", "a?", "a[b", "main\u200b", "ma\u202ein", "a\ud800", "", "é" * 150, "a\u00a0b"),
)


@pytest.mark.case("D08")
async def test_an_odd_branch_name_never_reaches_git(bench: Bench) -> None:
    """It is refused with a word, before anything is asked."""
    for name in ODD_NAMES:
        with pytest.raises(UserError, match="ordinary branch name"):
            await bench.remote.fetch(name)
        with pytest.raises(UserError, match="ordinary branch name"):
            await bench.remote.push("a" * 40, name, expected=None)
    assert bench.fake.calls == []


@pytest.mark.case("D08")
async def test_a_plus_in_a_name_does_not_mean_force(bench: Bench) -> None:
    """Git allows it in a branch, and the full ref keeps it from being read as syntax."""
    with pytest.raises(Permanent, match="no such branch"):
        await bench.remote.fetch("+main")


@pytest.mark.case("D08")
async def test_only_full_ids_are_taken_for_commits(bench: Bench) -> None:
    """Nothing that git would look up, or read as an option."""
    for commit in ("main", "HEAD", "--all", "a" * 39, "-" * 40, "refs/heads/main", ""):
        with pytest.raises(UserError):
            await bench.remote.hold(commit, "run-1")
        with pytest.raises(UserError):
            await bench.remote.commit(commit, bench.blobs.change({"a": b"b"}), message="x", at=AT)
        with pytest.raises(UserError):
            await bench.remote.push(commit, "main", expected=None)


@pytest.mark.case("D09")
@pytest.mark.case("F08")
async def test_a_redirecting_server_is_not_followed(bench: Bench) -> None:
    """Git stays at the configured address; the token goes nowhere else."""
    await bench.forge.facts()
    location = {"Location": f"{bench.fake.git_url}/evil/evil.git/info/refs?service=git-upload-pack"}
    bench.fake.faults.answer("GET", "/octo/demo.git/info/refs", 301, message="Moved", headers=location)
    with pytest.raises(Permanent):
        await bench.remote.fetch("main")
    assert not [call for call in bench.fake.calls if "evil" in call.path]


@pytest.mark.case("D10")
async def test_no_token_is_left_on_disk(bench: Bench) -> None:
    """Not in the mirror, not in its configuration, not in the helper: no file below the state folder has it."""
    await work(bench, bench.remote)
    tokens = [token.encode() for token in bench.fake.state.tokens]
    assert tokens
    for top in ("mirrors", "helper"):
        for path in (bench.folder / top).rglob("*"):
            if path.is_file():
                assert not [token for token in tokens if token in path.read_bytes()], path


@pytest.mark.case("D10")
async def test_no_token_is_in_arguments_or_environments(bench: Bench) -> None:
    """While git talks to the server, nothing in /proc of any of its processes shows the token."""
    await bench.forge.facts()
    (token,) = bench.fake.state.tokens
    hanging = bench.fake.faults.hang("POST", "/octo/demo.git/git-upload-pack")
    fetching = asyncio.create_task(bench.remote.fetch("main"))
    while not hanging.hits:
        await asyncio.sleep(0.01)
    seen = descendants(os.getpid())
    for process in seen:
        for name in ("cmdline", "environ"):
            assert token.encode() not in (Path("/proc") / str(process) / name).read_bytes()
    assert len(seen) >= 2
    fetching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await fetching
    assert descendants(os.getpid()) == []


def descendants(parent: int) -> list[int]:
    """Return the processes below this one that are git's."""
    found, children = [], {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
            except (FileNotFoundError, ProcessLookupError):
                continue
            name, rest = stat[stat.index("(") + 1 : stat.rindex(")")], stat[stat.rindex(")") + 2 :].split()
            if rest[0] != "Z":
                children.setdefault(int(rest[1]), []).append((int(entry.name), name))
    queue = [parent]
    while queue:
        for number, name in children.get(queue.pop(), []):
            queue.append(number)
            found += [number] if "git" in name else []
    return found


@pytest.mark.case("D16")
async def test_odd_file_names_of_the_base_are_carried_along(bench: Bench) -> None:
    """Bad UTF-8, line breaks, quotes, escapes and long names survive a commit beside them."""
    blob = store_blob(bench, b"x")
    names = sorted([b"a\xff\xfe", b'b"\n\tq', b"c\x1b[31m", b"d" * 255, b"e -- f", b"-g"])
    base = set_main(bench, store_tree(bench, *(("100644", name, blob) for name in names)))
    assert await bench.remote.fetch("main") == base
    commit = await bench.remote.commit(base, bench.blobs.change({"new.txt": b"y"}), message="x\n", at=AT)
    listed = run_git(bench.mirror, "ls-tree", "-z", "--name-only", commit).split(b"\0")
    assert sorted(filter(None, listed)) == sorted([*names, b"new.txt"])


@pytest.mark.case("D16")
@pytest.mark.case("D17")
async def test_a_tree_that_unfolds_without_end_is_refused_at_once(bench: Bench) -> None:
    """Ten levels of ten identical folders are ten thousand million files in a few hundred bytes."""
    tree = store_tree(bench, ("100644", b"file", store_blob(bench, b"x")))
    for _ in range(10):
        tree = store_tree(bench, *(("40000", f"d{number}".encode(), tree) for number in range(10)))
    set_main(bench, tree)
    started = time.monotonic()
    with pytest.raises(Permanent, match="more than 5000 files"):
        await remote_with(bench, tree=TreeLimits(files=5000)).fetch("main")
    assert time.monotonic() - started < 60
    assert descendants(os.getpid()) == []


@pytest.mark.case("D16")
async def test_a_tree_that_is_too_deep_is_refused(bench: Bench) -> None:
    """Two thousand folders in each other are longer than a path may be."""
    path = "d/" * 2000 + "file"
    stream = f"commit refs/heads/main\ncommitter A <a@b> 1 +0000\ndata 0\nM 100644 inline {path}\ndata 1\nx\n"
    run_git(bench.there.git_dir, "fast-import", "--quiet", "--force", data=stream.encode())
    with pytest.raises(Permanent, match="path longer"):
        await bench.remote.fetch("main")


@pytest.mark.case("D16")
async def test_a_large_file_stays_on_the_server(bench: Bench) -> None:
    """More than ten megabytes are not fetched, and a commit beside it can be pushed all the same."""
    bench.fake.commit(bench.there, {"big.bin": os.urandom(10 * 1024 * 1024 + 1)})
    commit = await work(bench, bench.remote)
    assert sum(path.stat().st_size for path in bench.mirror.rglob("*") if path.is_file()) < 1_000_000
    assert bench.head(BRANCH) == commit
    assert len(show(bench, commit, "big.bin")) > 10 * 1024 * 1024
    absent = run_git(bench.there.git_dir, "rev-parse", f"{commit}:big.bin")
    assert run_git(bench.mirror, "cat-file", "--batch-check", data=absent).endswith(b" missing\n")


@pytest.mark.case("D17")
async def test_a_pack_that_is_too_large_is_refused(bench: Bench) -> None:
    """Git may write no larger file than the limit says; what it wrote is swept away by the next fetch."""
    bench.fake.commit(bench.there, {f"{n}.bin": os.urandom(300_000) for n in range(8)})
    with pytest.raises(Permanent, match="larger than this bot takes"):
        await remote_with(bench, limits=Limits(file_bytes=1_000_000)).fetch("main")
    assert await bench.remote.fetch("main") == bench.head()
    assert list((bench.mirror / "objects" / "pack").glob("tmp_*")) == []


@pytest.mark.case("D17")
async def test_a_server_that_never_ends_is_given_up(bench: Bench) -> None:
    """The time is limited; nothing of git stays behind."""
    bench.fake.faults.hang("POST", "/octo/demo.git/git-upload-pack")
    with pytest.raises(Transient, match="too long"):
        await remote_with(bench, limits=Limits(seconds=0.6)).fetch("main")
    assert descendants(os.getpid()) == []


CLOSED_PATHS = (
    *(".github/workflows/ci.yml", ".github/CODEOWNERS", "CODEOWNERS", ".gitmodules", ".github/yantra.yml"),
    *(".GitHub/Workflows/x.yml", "../x", "/etc/x", "a/../../x", ".git/config", ".GIT/config", "sub/.git/hooks/x"),
    *("a\0b", "a\nb", "C:\\x", "git~1/config", "a/", "./a", "e\u0301.py", ".git\u200c/config", "x" * 5000, ""),
)


@pytest.mark.case("C09")
@pytest.mark.case("D03")
async def test_a_path_that_no_run_may_change_is_not_committed(bench: Bench) -> None:
    """Every path is judged again right before it is written, whoever judged it before."""
    base = await bench.remote.fetch("main")
    for path in CLOSED_PATHS:
        changes = Changeset((FileChange(path, bench.blobs.put(b"evil")),))
        with pytest.raises(UserError):
            await bench.remote.commit(base, changes, message="x\n", at=AT)


@pytest.mark.case("D02")
@pytest.mark.parametrize("mode", ["120000", "100644", "160000"])
async def test_a_file_below_a_link_of_the_base_is_not_committed(bench: Bench, mode: str) -> None:
    """A link, a file or a submodule is never turned into a folder on the way to a file."""
    digest = "1" * 40 if mode == "160000" else store_blob(bench, b"../../etc")
    base = set_main(bench, store_tree(bench, (mode, b"d", digest)))
    await bench.remote.fetch("main")
    with pytest.raises(UserError, match="collides"):
        await bench.remote.commit(base, bench.blobs.change({"d/x": b"evil"}), message="x\n", at=AT)


@pytest.mark.case("D02")
async def test_a_file_in_place_of_a_folder_is_not_committed(bench: Bench) -> None:
    """What was below the folder would vanish without anybody having said so."""
    base = await bench.remote.fetch("main")
    with pytest.raises(UserError, match="collides"):
        await bench.remote.commit(base, bench.blobs.change({"src": b"a file"}), message="x\n", at=AT)
    both = bench.blobs.change({"src": b"a file", "src/app.py": None})
    commit = await bench.remote.commit(base, both, message="x\n", at=AT)
    assert show_tree(bench, commit) == {"README.md", "src"}


@pytest.mark.case("K05")
async def test_a_token_that_expired_before_a_push_is_replaced_once(bench: Bench) -> None:
    """The push is tried again with a new token, and goes through."""
    base = await bench.remote.fetch("main")
    commit = await bench.remote.commit(base, bench.blobs.change({"a": b"b"}), message="x\n", at=AT)
    bench.fake.state.tokens.clear()
    await bench.remote.push(commit, BRANCH, expected=None)
    assert bench.head(BRANCH) == commit


@pytest.mark.case("K05")
async def test_a_token_that_git_is_always_refused_ends_the_push(bench: Bench) -> None:
    """One new token, then a clear word."""
    await bench.forge.facts()
    bench.fake.faults.answer("GET", "/octo/demo.git/info/refs", 401, message="no", times=99)
    with pytest.raises(Permanent, match="credentials were refused"):
        await bench.remote.fetch("main")
    assert len(bench.fake.writes("/access_tokens")) == 2
    bench.fake.faults.faults.clear()


@pytest.mark.case("K07")
@pytest.mark.parametrize("expected_is_ours", [True, False])
async def test_a_branch_that_somebody_moved_is_left_alone(bench: Bench, expected_is_ours: bool) -> None:
    """Their commit stays, whether the branch was ours before or did not exist."""
    base = await bench.remote.fetch("main")
    ours = await bench.remote.commit(base, bench.blobs.change({"a": b"1"}), message="x\n", at=AT)
    newer = await bench.remote.commit(base, bench.blobs.change({"a": b"2"}), message="x\n", at=AT)
    if expected_is_ours:
        await bench.remote.push(ours, BRANCH, expected=None)
        await bench.remote.push(newer, BRANCH, expected=ours)
        assert bench.head(BRANCH) == newer
    theirs = bench.fake.commit(bench.there, {"human.txt": "mine"}, branch=BRANCH)
    with pytest.raises(Permanent, match="somebody else"):
        await bench.remote.push(ours, BRANCH, expected=newer if expected_is_ours else None)
    assert bench.head(BRANCH) == theirs


@pytest.mark.case("K07")
async def test_a_branch_that_somebody_deleted_is_not_made_again(bench: Bench) -> None:
    """Who deletes the branch during the run means it."""
    base = await bench.remote.fetch("main")
    ours = await bench.remote.commit(base, bench.blobs.change({"a": b"1"}), message="x\n", at=AT)
    with pytest.raises(Permanent, match="somebody else"):
        await bench.remote.push(ours, BRANCH, expected=base)
    assert bench.head(BRANCH) is None


@pytest.mark.case("K10")
async def test_a_protected_branch_is_reported_and_not_retried(bench: Bench) -> None:
    """GitHub's own words say which rule it was."""
    bench.there.protected_branches.add(BRANCH)
    base = await bench.remote.fetch("main")
    commit = await bench.remote.commit(base, bench.blobs.change({"a": b"1"}), message="x\n", at=AT)
    with pytest.raises(Permanent, match="GH006"):
        await bench.remote.push(commit, BRANCH, expected=None)
    pushes = [call for call in bench.fake.calls if call.path.endswith("git-receive-pack")]
    assert len(pushes) == 1


@pytest.mark.case("K10")
@pytest.mark.parametrize(("status", "word"), [(403, "let an owner accept"), (404, "not there any more")])
async def test_a_push_without_permission_is_reported(bench: Bench, status: int, word: str) -> None:
    """One try, and the message says who can change it."""
    base = await bench.remote.fetch("main")
    commit = await bench.remote.commit(base, bench.blobs.change({"a": b"1"}), message="x\n", at=AT)
    bench.fake.faults.answer("POST", "/octo/demo.git/git-receive-pack", status, message="no")
    with pytest.raises(Permanent, match=word):
        await bench.remote.push(commit, BRANCH, expected=None)


@pytest.mark.case("K01")
@pytest.mark.parametrize("after_effect", [True, False])
async def test_a_push_whose_answer_was_lost_is_settled(bench: Bench, after_effect: bool) -> None:
    """The branch is looked up; what arrived is not an error, what did not is sent again."""
    base = await bench.remote.fetch("main")
    commit = await bench.remote.commit(base, bench.blobs.change({"a": b"1"}), message="x\n", at=AT)
    bench.fake.faults.drop("POST", "/octo/demo.git/git-receive-pack", after_effect=after_effect)
    await bench.remote.push(commit, BRANCH, expected=None)
    assert bench.head(BRANCH) == commit


@pytest.mark.case("K01")
async def test_a_git_server_that_stays_away_parks_the_run(bench: Bench) -> None:
    """Three tries with pauses between them."""
    await bench.forge.facts()
    bench.fake.faults.answer("GET", "/octo/demo.git/info/refs", 503, message="no", times=99)
    with pytest.raises(Transient, match="tried again"):
        await bench.remote.fetch("main")
    assert bench.clock.slept == [1.0, 2.0]
    bench.fake.faults.faults.clear()
