"""The simulation that counts wrong decisions: it is the same each time, and can tell good from bad."""

import pytest

from benchmarks.rollout_noise import roll_out, wilson
from benchmarks.rollout_services import FAULTS, Service
from yantra_bot.domain.rollout import Act


def test_a_made_up_roll_out_is_the_same_each_time() -> None:
    """A figure can be had again."""
    first, second = roll_out(Service("again")), roll_out(Service("again"))
    assert (first.act, first.seconds, first.reason) == (second.act, second.seconds, second.reason)
    assert first.act is Act.GO_ON


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_one(fault: str) -> None:
    """None of them is only a name."""
    assert roll_out(Service("one", fault)).act is not Act.GO_ON


def test_the_interval_is_wilsons() -> None:
    """Also where nothing was hit."""
    assert wilson(0, 200) == pytest.approx((0.0, 0.01885), abs=1e-4)
    assert wilson(10, 100) == pytest.approx((0.0552, 0.1744), abs=1e-4)
