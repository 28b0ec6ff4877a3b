"""Names that an error quotes are looked for in changed lines, however many there are."""

import pytest

from yantra_bot.domain.faults import Fault, FaultKind
from yantra_bot.worker.suspects.wording import MOST_QUOTED, weigh


def _quotes(said: str, text: str, message: str = "") -> float:
    return weigh(said, [Fault(FaultKind.VALUE, "KeyError", message)], {}).quotes(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("price = row['unit_price']", 1.0),
        ("unit_prices = 1", 0.0),
        ("call(shop.stock)", 1.0),
        ("stock = 3", 1.0),
        ("a = None", 0.0),
    ],
)
def test_a_quoted_name_is_found_whole_or_by_its_last_part(text: str, found: float) -> None:
    assert _quotes("'shop.stock' and `None`", text, "'unit_price'") == found


def test_nothing_quoted_is_nowhere() -> None:
    assert _quotes("no quotes", "anything") == 0.0


def test_the_error_comes_before_the_log_and_names_are_bounded() -> None:
    said = " ".join(f"'name_{number}'" for number in range(2_000))
    assert _quotes(said, "use(wanted)", "'wanted'") == 1.0
    assert _quotes(said, f"use(name_{MOST_QUOTED - 1})") == 1.0
    assert _quotes(said, f"use(name_{MOST_QUOTED})") == 0.0


def test_thousands_of_quoted_names_are_looked_for_in_one_walk() -> None:
    words = weigh(" ".join(f"'name_{number}'" for number in range(2_000)), [], {})
    assert words.quoted is not None
    assert words.quoted.pattern.count("|") == MOST_QUOTED - 1  # each by itself, compiled anew, takes minutes
