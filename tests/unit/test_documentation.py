"""The documents are true: settings, commands, metrics and events are all told, and the README's blocks are real."""

import re
from pathlib import Path

from click.testing import CliRunner

from yantra_bot.cli.settings import settings
from yantra_bot.webhooks import metrics
from yantra_bot.webhooks.verbs import VERBS

ROOT = Path(__file__).parents[2]


def test_the_settings_page_is_what_the_command_prints() -> None:
    """Regenerate it with: yantra settings --markdown > docs/settings.md"""
    printed = CliRunner().invoke(settings, ["--markdown"], catch_exceptions=False).output
    assert (ROOT / "docs" / "settings.md").read_text() == printed


def test_every_setting_is_listed_in_the_terminal() -> None:
    """`yantra settings` shows each with its default."""
    printed = CliRunner().invoke(settings, [], catch_exceptions=False).output
    assert "YANTRA_PORT=8080\n" in printed


def test_every_command_is_documented_as_built_or_not() -> None:
    """The table of the page says the same as the table of the code."""
    rows = re.findall(
        r"^\| `(\w+)` \|.*\| (yes|not yet) \|$", (ROOT / "docs" / "commands.md").read_text(), re.MULTILINE
    )
    assert dict(rows) == {str(verb): "yes" if spec.is_built else "not yet" for verb, spec in VERBS.items()}


def test_every_metric_is_documented() -> None:
    """A name that is counted stands on the page, and the other way round."""
    told = set(re.findall(r"`(yantra_\w+)(?:\{\w+\})?`", (ROOT / "docs" / "operating.md").read_text()))
    sources = [Path(metrics.__file__), ROOT / "yantra_bot" / "app" / "metrics.py"]
    counted = {name for path in sources for name in re.findall(r'"(yantra_\w+)"', path.read_text())}
    assert told == counted


def test_links_between_documents_lead_somewhere() -> None:
    """No page points at a file that is not there."""
    broken = [
        f"{page.name}: {target}"
        for page in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text())
        if not (page.parent / target).exists()
    ]
    assert broken == []


def test_the_readme_names_only_targets_that_exist() -> None:
    """Each `make` command of the README is one of the Makefile."""
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"^ {4}make ([a-z]+)", (ROOT / "README.md").read_text(), re.MULTILINE)) <= targets


def test_the_house_is_told_room_by_room() -> None:
    """Each package and each module beside them stands in ARCHITECTURE.md, and what is named as a file is there."""
    told = (ROOT / "ARCHITECTURE.md").read_text()
    house = told[told.index("yantra_bot/\n") : told.index("Layers, low to high")]
    there = [path for path in (ROOT / "yantra_bot").iterdir() if not path.name.startswith(("__pycache__", "__init__"))]
    rooms = [f"{path.name}/" if path.is_dir() else path.name for path in there if path.name != "py.typed"]
    assert [room for room in rooms if room not in house] == []
    assert [name for name in re.findall(r"`(runs/\w+\.py)`", told) if not (ROOT / "yantra_bot" / name).exists()] == []


def test_each_failure_of_a_run_names_a_story_that_is_there() -> None:
    """The table of docs/runs.md is held by tests of these names."""
    named = re.findall(r"\| `(test_\w+)` \|$", (ROOT / "docs" / "runs.md").read_text(), re.MULTILINE)
    stories = "".join(path.read_text() for path in (ROOT / "tests" / "stories").glob("test_*.py"))
    assert len(named) > 20
    assert [name for name in named if f"async def {name}(" not in stories] == []
