"""Whatever the bytes are, every frontend gives facts that hold together; of sound files it loses nothing."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fakes.rough_sources import check_facts, damaged
from tests.graph_programs import FOLDER
from yantra_bot.graphdb.discovery import Source
from yantra_bot.graphdb.lowering import lower

ENDINGS = {"go": ".go", "rust": ".rs"}
SOURCES = {name: sorted((FOLDER / name).rglob(f"*{ending}")) for name, ending in ENDINGS.items()}


@pytest.mark.parametrize("path", [path for paths in SOURCES.values() for path in paths])
def test_good_files_lose_nothing(path: Path) -> None:
    """Every file of our programs is read without a problem."""
    facts = lower(Source(f"src/a{path.suffix}", path.read_bytes()))
    check_facts(facts)
    assert facts.problems == []


@pytest.mark.parametrize("name", ENDINGS)
@given(data=st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_damaged_files_are_read(name: str, data: st.DataObject) -> None:
    """A file with a piece cut out, doubled or replaced by rubbish never raises."""
    source = data.draw(damaged([path.read_bytes() for path in SOURCES[name]]))
    check_facts(lower(Source(f"src/a{ENDINGS[name]}", source)))
