"""What bubblewrap is told."""

from pathlib import Path

import pytest

from yantra_bot.sandbox.arguments import Parcel, build_command, build_environment, build_options, collect_mounts
from yantra_bot.sandbox.contract import Job, Mount
from yantra_bot.sandbox.interpreter import Interpreter

PYTHON = Interpreter(executable="/opt/py/bin/python3", prefix="/opt/py", version="", source=Path("/copy/of/py"))


@pytest.mark.parametrize("target", ["/", "relative", "/etc/passwd", "/usr/bin", "/proc/1", "/data/../etc", "/dev", ""])
def test_a_mount_cannot_cover_the_system(target: str) -> None:
    """Mounts go to plain absolute paths outside the system's folders."""
    with pytest.raises(ValueError, match="no place for a mount"):
        collect_mounts(Job(argv=("true",), mounts=(Mount(Path("/tmp"), target),)))


def test_files_are_held_to_the_same_rule() -> None:
    """A file given with a job cannot replace one of the system either."""
    with Parcel() as parcel, pytest.raises(ValueError, match="no place"):
        build_options(Job(argv=("true",), files={"/etc/passwd": b""}), PYTHON, parcel)


def test_a_zero_byte_is_refused() -> None:
    """A zero byte would end one option and begin another."""
    with Parcel() as parcel, pytest.raises(ValueError, match="zero byte"):
        build_options(Job(argv=("true",), environment={"A": "x\0--bind\0/\0/"}), PYTHON, parcel)


def test_the_root_is_made_read_only_last() -> None:
    """Options apply in order, so that nothing is mounted after the root was closed."""
    with Parcel() as parcel:
        options = build_options(Job(argv=("true",), workspace=Path("/w")), PYTHON, parcel)
    assert options[-4:] == ["--remount-ro", "/dev", "--remount-ro", "/"]
    assert tuple(options[(at := options.index("/copy/of/py")) - 1 : at + 2]) == ("--ro-bind", "/copy/of/py", "/opt/py")


def test_the_environment_is_fixed_but_for_the_job() -> None:
    """A job adds and replaces variables; there are no others."""
    environment = build_environment(Job(argv=(), environment={"LANG": "de_DE.UTF-8", "X": "1"}), PYTHON)
    assert environment["LANG"] == "de_DE.UTF-8"
    assert environment["PATH"].split(":")[0] == "/opt/py/bin"
    assert "." not in environment["PATH"].split(":")


def test_the_command_is_never_a_shells() -> None:
    """Words stay words, after the limits and the relay."""
    command = build_command(Job(argv=("echo", "$(id)", "; true"), egress=Path("/run/x")), PYTHON)
    assert command[-3:] == ["echo", "$(id)", "; true"]
    assert command[-5] == "/run/yantra/relay.py"
    assert "--core=0:0" in command


def test_a_parcel_holds_large_content() -> None:
    """Bytes of any size arrive whole."""
    data = bytes(range(256)) * 4096
    with Parcel() as parcel:
        number = int(parcel.add(data))
        with open(number, "rb", closefd=False) as file:
            assert file.read() == data
