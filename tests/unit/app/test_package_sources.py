"""Where sandboxed installations get packages from, as pip is set here."""

from pathlib import Path

import pytest

from yantra_bot.app.package_sources import ask_pip, read_pip_setting


@pytest.mark.parametrize(
    ("listing", "value"),
    [
        ("global.cert='/etc/one.pem'\n", "/etc/one.pem"),
        ("install.cert='/etc/two.pem'\nglobal.cert='/etc/one.pem'\n", "/etc/two.pem"),
        (":env:.cert='/etc/three.pem'\nglobal.cert='/etc/one.pem'\ninstall.cert='/etc/two.pem'\n", "/etc/three.pem"),
        ("global.cert='C:\\\\a\\\\b=c.pem'\n", "C:\\a\\b=c.pem"),
        ("global.certificate='/etc/one.pem'\ndownload.cert='/etc/one.pem'\n", ""),
        ("global.cert=oddly(\n", ""),
        ("", ""),
    ],
)
def test_pip_is_asked_for_what_it_would_use(listing: str, value: str) -> None:
    """A setting of the machine, of the user, of one command or of the environment is found, the nearest one first."""
    assert read_pip_setting(listing, "cert") == value


@pytest.mark.case("D20")
def test_pip_is_never_the_working_directorys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A repository that ships a pip of its own is not run by the process that holds the keys."""
    ran = tmp_path / "ran"
    (tmp_path / "pip.py").write_text(f"open({str(ran)!r}, 'w').close()\n")
    monkeypatch.chdir(tmp_path)
    assert ask_pip("--version").stdout.startswith("pip ")
    assert not ran.exists()
