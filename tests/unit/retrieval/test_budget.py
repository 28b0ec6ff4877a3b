"""The shares of a prompt sum to it; a window says what is used, what is left, and when to act."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yantra_bot.retrieval.budget import Budget, Fill, WindowUse, conversation_room, trim_limit


@given(st.integers(min_value=0, max_value=10**9))
def test_the_shares_are_whole_and_sum_to_the_total(total: int) -> None:
    """40, 30 and 30 per cent; what rounding leaves over is the reserve's."""
    budget = Budget.split(total)
    assert budget.total == total
    assert budget.level_1 == total * 40 // 100
    assert budget.level_2 == total * 30 // 100
    assert 0 <= budget.reserve - total * 0.3 < 2
    assert budget.context == total - budget.reserve


def test_known_shares() -> None:
    """The shares of the two budgets of SPEC 1."""
    assert Budget.split(160_000) == Budget(64_000, 48_000, 48_000)
    assert Budget.split(100_000) == Budget(40_000, 30_000, 30_000)
    with pytest.raises(ValueError, match="not negative"):
        Budget.split(-1)


@pytest.mark.parametrize(
    ("used", "fill"), [(8_499, Fill.ROOM), (8_500, Fill.WARN), (8_999, Fill.WARN), (9_000, Fill.TRIM)]
)
def test_it_warns_at_85_and_trims_at_90_per_cent(used: int, fill: Fill) -> None:
    """The bounds belong to what they begin."""
    use = WindowUse(system=100, user=used - 300, context=100, answer=100, total=10_000)
    assert use.fill is fill
    assert use.used == used
    assert use.remaining == 10_000 - used


def test_a_window_tells_its_parts() -> None:
    """A line for a log."""
    use = WindowUse(system=1_000, user=2_000, context=3_000, total=10_000)
    assert str(use) == ("system 1,000, user 2,000, context 3,000, answer 0; 6,000 of 10,000 tokens (60 %), 4,000 left")
    assert WindowUse(1, 1, 1, total=0).percent == 100.0
    assert WindowUse(50, 50, 50, total=100).remaining == 0


@given(total=st.integers(0, 10**7), answer=st.integers(0, 10**5))
def test_what_keeps_to_the_limit_is_not_trimmed(total: int, answer: int) -> None:
    """The limit is the largest request that is not to be trimmed."""
    limit = trim_limit(total, answer)
    if limit > 0:
        assert WindowUse(0, limit, 0, total, answer).fill is not Fill.TRIM
        assert WindowUse(0, limit + 1, 0, total, answer).fill is Fill.TRIM


def test_the_room_of_a_conversation() -> None:
    """Twice the first prompt's budget where the window allows; the margin is taken off the window."""
    assert conversation_room(1_000_000, 160_000, 1.55) == 320_000
    assert conversation_room(200_000, 160_000, 1.25) == 160_000
    assert conversation_room(0, 160_000, 1.25) == 0
