"""Group D, inside the sandbox: what hostile code finds, reaches and can change. Every case asserts the host too."""

import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.sandbox_world import SMALL, SandboxWorld, find_processes, make_marker
from yantra_bot.sandbox.contract import Job

pytestmark = pytest.mark.sandbox

CANARY = "canary-3f9c1e7a5b"

LOOK = """
import glob, json, os, pathlib
found = {"environ": dict(os.environ), "texts": {}, "pids": [n for n in os.listdir("/proc") if n.isdigit()]}
for path in [*glob.glob("/proc/[0-9]*/environ"), *glob.glob("/proc/[0-9]*/cmdline"), "/proc/self/environ",
             "/proc/self/mountinfo", "/proc/net/unix", "/proc/keys", "/etc/passwd", "/etc/shadow", "/etc/hosts"]:
    try:
        found["texts"][path] = open(path, "rb").read().decode("latin-1")
    except OSError as error:
        found["texts"][path] = "!" + type(error).__name__
found["home"] = os.listdir(os.path.expanduser("~"))
found["roots"] = sorted(os.listdir("/"))
found["root_home"] = os.listdir("/root") if os.path.isdir("/root") else []
found["status"] = pathlib.Path("/proc/self/status").read_text()
found["files"] = [os.readlink(path) for path in glob.glob("/proc/self/fd/*") if os.path.exists(path)]
print(json.dumps(found))
"""

REACH = """
import json, socket, sys
def attempt(family, kind, address):
    try:
        with socket.socket(family, kind) as s:
            s.settimeout(2)
            s.connect(address)
            s.send(b"x")
        return "reached"
    except OSError as error:
        return type(error).__name__
port = int(sys.argv[1])
print(json.dumps({
    "loopback": attempt(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", port)),
    "metadata": attempt(socket.AF_INET, socket.SOCK_STREAM, ("169.254.169.254", 80)),
    "elsewhere": attempt(socket.AF_INET, socket.SOCK_DGRAM, ("192.0.2.1", 53)),
    "abstract": attempt(socket.AF_UNIX, socket.SOCK_STREAM, "\\0" + sys.argv[2]),
    "vsock": attempt(40, socket.SOCK_STREAM, (2, 1)),
    "raw": attempt(socket.AF_INET, socket.SOCK_RAW, ("127.0.0.1", 0)),
    "packet": attempt(17, socket.SOCK_RAW, ("lo", 0)),
}))
"""


@pytest.fixture
def canary() -> Iterator[str]:
    """A secret in the environment of the process that starts the sandbox."""
    os.environ["YANTRA_CANARY"] = CANARY
    yield CANARY
    del os.environ["YANTRA_CANARY"]


@pytest.mark.case("D11")
@pytest.mark.case("C07")
def test_nothing_of_the_host_is_found(sandbox_world: SandboxWorld, canary: str) -> None:
    """Environment, /proc, home folders and open files hold nothing of the process that started the sandbox."""
    secret = sandbox_world.folder / "secret.txt"
    secret.write_text(canary)
    done = sandbox_world.run(LOOK, limits=SMALL)
    assert done.exit_code == 0, done.output
    found = json.loads(done.output)
    assert canary not in done.output
    assert found["texts"]["/proc/1/environ"] == ""
    assert set(found["environ"]) <= {"PATH", "HOME", "USER", "LANG", "TMPDIR", "PWD", "SHLVL", "LC_CTYPE"} | {
        "PYTHONDONTWRITEBYTECODE",
        "PYTHONUNBUFFERED",
    }
    assert found["texts"]["/etc/shadow"] == "!FileNotFoundError"
    assert found["home"] == []
    assert len(found["pids"]) <= 3
    assert all(name.startswith((".pyenv", ".local")) for name in found["root_home"])
    assert not any(str(sandbox_world.folder) in name for name in found["files"])


@pytest.mark.case("D11")
def test_no_right_is_left(sandbox_world: SandboxWorld) -> None:
    """All capabilities are gone, no new rights can be had, and the system-call filter is on."""
    done = sandbox_world.run("print(open('/proc/self/status').read())")
    facts = dict(line.split(":", 1) for line in done.output.splitlines() if ":" in line)
    assert {int(facts[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {0}
    assert facts["NoNewPrivs"].strip() == "1"
    assert facts["Seccomp"].strip() == "2"


@pytest.mark.case("D11")
@pytest.mark.case("C13")
def test_nothing_is_reached(sandbox_world: SandboxWorld) -> None:
    """No server of the host, no metadata service, no abstract or virtual-machine socket; no name is resolved."""
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_UNIX) as abstract:
        server.settimeout(0.0)
        abstract.bind("\0yantra-test-abstract")
        abstract.listen()
        abstract.settimeout(0.0)
        job = sandbox_world.job(REACH)
        argv = (*job.argv, str(server.getsockname()[1]), "yantra-test-abstract")
        done = sandbox_world.sandbox.run(Job(argv=argv, limits=SMALL))
        assert done.exit_code == 0, done.output
        answers = json.loads(done.output)
        assert "reached" not in answers.values()
        for quiet in (server, abstract):
            with pytest.raises(BlockingIOError):
                quiet.accept()
    lookup = "import socket; print(socket.getaddrinfo('$(cat /etc/passwd).example.invalid', 443))"
    named = sandbox_world.run(lookup)
    assert named.exit_code == 1
    assert "gaierror" in named.output


@pytest.mark.case("D11")
def test_only_the_workspace_can_be_written(sandbox_world: SandboxWorld) -> None:
    """Every folder but the workspace and the private temporary ones refuses a new file."""
    code = """
import os
for folder, _, _ in os.walk("/", followlinks=False):
    if folder.startswith("/proc") or folder.count("/") > 4: continue
    try:
        with open(os.path.join(folder, "planted-by-test"), "w"): pass
        print(folder)
    except OSError: pass
"""
    workspace = sandbox_world.make_folder()
    done = sandbox_world.run(code, workspace=workspace)
    assert set(done.output.split()) == {"/workspace", "/tmp", "/tmp/home", "/dev/shm"}
    assert (workspace / "planted-by-test").stat().st_uid == sandbox_world.sandbox.user
    assert not Path("/tmp/planted-by-test").exists()
    assert not Path("/dev/shm/planted-by-test").exists()


@pytest.mark.case("D11")
def test_the_way_out_of_namespaces_is_shut(sandbox_world: SandboxWorld) -> None:
    """New namespaces, mounts, keys, tracing, io_uring, hidden memory and foreign system-call tables are refused."""
    code = """
import ctypes, json
libc = ctypes.CDLL(None, use_errno=True)
calls = {
    "unshare": (272, 0x10000000), "clone": (56, 0x10000011, 0, 0, 0, 0), "clone3": (435, 0, 0), "setns": (308, 0, 0),
    "mount": (165, 0, 0, 0, 0, 0), "ptrace": (101, 0, 0, 0, 0), "keyctl": (250, 0, 0), "bpf": (321, 0, 0, 0),
    "io_uring": (425, 1, 0), "memfd": (319, 0, 0), "userfaultfd": (323, 0), "kexec": (246, 0, 0, 0, 0),
    "x32": (0x40000000 + 39,), "chroot": (161, 0),
}
out = {}
for name, call in calls.items():
    ctypes.set_errno(0)
    out[name] = (libc.syscall(*call), ctypes.get_errno())
print(json.dumps(out))
"""
    if os.uname().machine != "x86_64":
        pytest.skip("the numbers are those of x86_64")
    answers = json.loads(sandbox_world.run(code).output)
    refused = {name: answer for name, answer in answers.items() if answer[0] == -1 and answer[1] in (1, 38)}
    assert refused == answers


@pytest.mark.case("D20")
def test_a_repository_cannot_slip_its_own_programs_in(sandbox_world: SandboxWorld) -> None:
    """Programs in the root of a repository that are called like tools are not found by name."""
    tree = sandbox_world.make_tree(dict.fromkeys(("python3", "git", "ls", "env"), "#!/bin/sh\necho hijacked\n"))
    for name in ("python3", "git", "ls", "env"):
        (tree / name).chmod(0o755)
    tree_modules = {"json.py": "print('hijacked')", "sitecustomize.py": "print('hijacked')"}
    for name, text in tree_modules.items():
        (tree / name).write_text(text)
    for argv in (
        ("ls", "/usr/bin/env"),
        ("env", "true"),
        (sandbox_world.interpreter.executable, "-I", "-c", "import json"),
    ):
        done = sandbox_world.sandbox.run(Job(argv=argv, workspace=tree, limits=SMALL))
        assert done.exit_code == 0
        assert "hijacked" not in done.output


@pytest.mark.case("D15")
def test_an_archive_cannot_leave_the_sandbox(sandbox_world: SandboxWorld) -> None:
    """A tar with `../`, absolute names, links and devices, unpacked without any care, changes nothing outside."""
    code = """
import io, os, tarfile
with tarfile.open("evil.tar", "w") as tar:
    for name in ("../../escaped", "/escaped-absolute", "/etc/escaped", "/usr/bin/escaped"):
        info = tarfile.TarInfo(name); info.size = 4
        tar.addfile(info, io.BytesIO(b"evil"))
    link = tarfile.TarInfo("link"); link.type = tarfile.SYMTYPE; link.linkname = "/etc"
    tar.addfile(link)
    device = tarfile.TarInfo("disk"); device.type = tarfile.BLKTYPE; device.devmajor, device.devminor = 8, 0
    tar.addfile(device)
with tarfile.open("evil.tar") as tar:
    for member in tar:
        careless = {"filter": "fully_trusted"} if hasattr(tarfile, "fully_trusted_filter") else {}
        try: tar.extract(member, ".", **careless)
        except (OSError, tarfile.TarError) as error: print(member.name, type(error).__name__)
print(sorted(os.listdir(".")))
"""
    workspace = sandbox_world.make_folder()
    done = sandbox_world.run(code, workspace=workspace)
    assert done.exit_code == 0, done.output
    assert not (workspace / "disk").exists()
    for path in ("/escaped", "/escaped-absolute", "/etc/escaped", "/usr/bin/escaped"):
        assert not Path(path).exists()
    assert not (workspace.parent / "escaped").exists()
    assert not (workspace.parent.parent / "escaped").exists()


@pytest.mark.case("E06")
def test_a_crash_leaves_no_core(sandbox_world: SandboxWorld) -> None:
    """A crashed program writes no core file, and the sandbox's temporary folders vanish with it."""
    workspace = sandbox_world.make_folder()
    code = "import os; open('/tmp/left', 'w').write('x'); open('/dev/shm/left', 'w').write('x'); os.abort()"
    done = sandbox_world.run(code, workspace=workspace)
    assert done.exit_code == 128 + 6
    assert list(workspace.iterdir()) == []
    assert not Path("/tmp/left").exists()
    assert not Path("/dev/shm/left").exists()
    assert sandbox_world.run("import os; print(os.listdir('/tmp'))").output == "['home']"


@pytest.mark.case("D11")
def test_terminal_escapes_are_defused(sandbox_world: SandboxWorld) -> None:
    """What a program prints cannot steer a terminal or hide text."""
    done = sandbox_world.run("print('\\x1b]0;title\\x07 \\x1b[2J \\u202etxt.exe \\x00')")
    assert done.output == r"\x1b]0;title\x07 \x1b[2J \u202etxt.exe \x00"


@pytest.mark.case("D13")
def test_nothing_outlives_the_run(sandbox_world: SandboxWorld) -> None:
    """A daemon that left its session, closed its output and ignores every signal is gone when the run returns."""
    marker = make_marker()
    code = """
import os, signal, sys, time
if os.fork() == 0:
    os.setsid()
    for number in range(1, 65):
        try: signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError): pass
    if os.fork() == 0:
        os.closerange(0, 64)
    time.sleep(600)
time.sleep(0.1)
"""
    done = sandbox_world.sandbox.run(sandbox_world.job(code, marker=marker))
    assert done.exit_code == 0
    assert find_processes(marker) == []
