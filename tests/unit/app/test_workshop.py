"""Promises of what the workshop is put together from."""

from pathlib import Path

import pytest

from yantra_bot.agent.budget import Budget
from yantra_bot.app.package_sources import ask_pip, read_pip_setting
from yantra_bot.app.workshop import check_sandbox, limits_of
from yantra_bot.runs.workshop import Limits
from yantra_bot.sandbox.contract import SandboxUnavailable
from yantra_bot.settings import Settings


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


def test_what_the_operator_limits_reaches_the_runs() -> None:
    """No limit is a setting that does nothing."""
    chosen = Settings(budget_usd=1, budget_steps=2, budget_tokens=3, budget_minutes=4, max_repository_mb=5)
    chosen = chosen.model_copy(update={"test_timeout_seconds": 6.0, "context_tokens": 7, "review_budget_usd": 0.25})
    chosen = chosen.model_copy(update={"critique_rounds": 1, "generated_test_rounds": 3})
    budget = Budget(usd=1, steps=2, tokens=3, seconds=240)
    assert limits_of(chosen) == Limits(
        budget, 5 * 1024, context_tokens=7, review_usd=0.25, critique_rounds=1, test_rounds=3, test_seconds=6.0
    )


def test_a_machine_without_a_sandbox_stops_the_start(tmp_path: Path) -> None:
    """The cure is said at once, not in a comment under the first issue."""
    with pytest.raises(SandboxUnavailable, match="apt-get install bubblewrap"):
        check_sandbox(str(tmp_path))
