"""Which deliveries nobody heard, told from the forge's list of attempts."""

import itertools

import pytest

from yantra_bot.domain.deliveries import Attempt, find_missed


def attempts(*statuses: int, guid: str = "a", at: float = 0.0, is_cut: bool = False) -> list[Attempt]:
    """Return attempts at one event, a second apart; the first is the event's first one unless `is_cut`."""
    return [
        Attempt(id=int(at) + number, guid=guid, at=at + number, is_redelivery=number > 0 or is_cut, status=status)
        for number, status in enumerate(statuses)
    ]


@pytest.mark.parametrize("status", [0, 500, 502, 503, 504])
def test_what_nobody_answered_is_missed(status: int) -> None:
    """No answer, and every answer that says that the server is in trouble."""
    (found,) = find_missed(attempts(status)).to_ask
    assert (found.guid, found.status) == ("a", status)


@pytest.mark.parametrize(
    "statuses",
    [(200,), (202,), (0, 202), (502, 0, 202), (202, 502), (401,), (400,), (413,), (0, 401), (301,)],
)
def test_what_was_taken_once_or_refused_at_last_is_not_missed(statuses: tuple[int, ...]) -> None:
    """A refusal is meant; and what was taken stays taken, whatever a later attempt met."""
    found = find_missed(attempts(*statuses))
    assert (found.to_ask, found.given_up) == ((), ())


def test_an_event_is_asked_for_by_its_first_attempt_until_there_were_three() -> None:
    """The third attempt is the last one, and that is told."""
    assert [one.id for one in find_missed(attempts(401, 0)).to_ask] == [0]
    found = find_missed(attempts(0, 502, 0))
    assert (found.to_ask, [one.id for one in found.given_up]) == ((), [0])


def test_an_event_whose_first_attempt_is_older_than_the_list_is_left_alone() -> None:
    """Else it would be asked for for ever, each time when an attempt had grown too old to be counted."""
    assert find_missed(attempts(0, 0, is_cut=True)).to_ask == ()


def test_the_oldest_comes_first_whatever_order_the_list_has() -> None:
    """So orders of people are asked for in the order that they were given in."""
    listed = [*attempts(0, guid="a", at=30), *attempts(0, 0, guid="b", at=10), *attempts(0, guid="c", at=20)]
    for order in itertools.permutations(listed):
        assert [one.guid for one in find_missed(order).to_ask] == ["b", "c", "a"]
