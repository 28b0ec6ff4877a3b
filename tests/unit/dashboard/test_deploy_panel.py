"""A deployment on the page of its run: what was told last, and nothing of it acts there or tells a secret."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes.deployments import HOSTILE, ORDER, a_deployment, rolled_back, waiting
from tests.fakes.reviews import SECRET
from yantra_bot.dashboard.deploy_panel import make_panel, read_panel
from yantra_bot.dashboard.run_page import render
from yantra_bot.domain.deploying import Deployment
from yantra_bot.runs.codec import encode
from yantra_bot.runs.records import Records


def test_it_shows_where_a_roll_out_stands() -> None:
    """What goes where, what changes, each stage and what is seen now; once it is over, why and what was done."""
    live, over, asked = make_panel(a_deployment()), make_panel(rolled_back()), make_panel(waiting())
    assert [words for _, words in live.stages] == ["✔ canary 10 %: 3 good samples", "▶ all"]
    assert (live.now, over.now) == ("2 of 3 new pods are ready.", "")
    assert [name for name, _ in live.differences] == ["Deployment web", "ConfigMap web (new)"]
    assert over.evidence == ("pod web-1: CrashLoopBackOff",)
    assert "has to approve" in asked.asking


@pytest.mark.case("E03")
def test_nothing_of_a_cluster_acts_on_the_page_and_no_secret_is_shown(tmp_path: Path) -> None:
    """Reasons, logs and titles are text."""
    bad = f"{HOSTILE} <script>alert(1)</script> {SECRET}"
    shown = replace(rolled_back(), title=bad, log=(bad,), evidence=(bad,), aftermath=(bad,), before=bad)
    records = Records.open(tmp_path / "records.sqlite")
    records.start_run(ORDER, 1.0)
    record = records.run(ORDER.run_id)
    assert record is not None
    page = render(record, (), deployment=encode(shown, Deployment))
    records.close()
    assert "<script>" not in page
    assert "<img" not in page
    assert SECRET not in page


def test_what_another_version_noted_is_left_out() -> None:
    """The page is shown without it."""
    assert read_panel(None) is None
    assert read_panel("{}") is None
