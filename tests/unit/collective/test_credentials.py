"""Credentials are drawn at one moment and used at another, and no key is taken that is none."""

import math
from pathlib import Path

import pytest

from tests.unit.collective.town import NOW, Town, draw, fill
from yantra_bot.collective import identity
from yantra_bot.collective.credentials import LEAST_REST, MOST_REST, Credentials
from yantra_bot.errors import UserError

WEEK = identity.week_of(NOW)
HOUR = 3_600.0


@pytest.mark.case("P15")
async def test_an_exchange_draws_or_sends_and_never_both(town: Town) -> None:
    """Over three weeks of exchanges: each credential rests half a day at least between its draw and its first use."""
    client, credentials = town.client(), Credentials(town.folder / "one", town.clock)
    drawn: dict[int, float] = {}
    sent: dict[int, float] = {}
    for place in range(3 * 14):
        fill(client, draw(9, seed=place))
        due = credentials.due()
        count = await client.exchange()
        assert not (due and count)
        drawn.update(dict.fromkeys(due, town.clock.at))
        if count:
            sent.setdefault(identity.week_of(town.clock.at), town.clock.at)
        town.clock.at += 12 * HOUR
    assert len(sent) >= 3
    for week, first in sent.items():
        assert first - drawn[week] >= LEAST_REST
        assert drawn[week] < week * identity.WEEK_SECONDS or week == WEEK
    assert len({drawn[week] % identity.WEEK_SECONDS for week in sent}) >= 3
    kept = [path.name for path in (town.folder / "one").glob("seal.*")]
    assert len(kept) <= 3


def test_installations_draw_at_moments_that_have_nothing_in_common(tmp_path: Path, town: Town) -> None:
    """Spread over the week, by the secret of each."""
    moments = []
    for number in range(30):
        one = Credentials(tmp_path / f"i{number}", town.clock)
        town.clock.at = NOW - 86_400.0
        while WEEK + 1 not in one.due():
            town.clock.at += HOUR
        moments.append((town.clock.at - NOW) / 86_400 + 1)
    assert max(moments) - min(moments) > 3
    assert max(moments) < 7 - MOST_REST / 86_400 / 2
    assert len(set(moments)) > 20


@pytest.mark.parametrize(
    "modulus",
    [
        2**2047 + 2,
        2**2047 - 1,
        3 * (2**2046 + 1),
        997 * (2**2038 + 1),
        12_345,
        0,
    ],
)
def test_a_seal_key_that_is_none_is_refused(modulus: int) -> None:
    """Even, too short, or with a small divisor."""
    is_wrong = modulus % 2 == 0 or modulus.bit_length() != 2048 or math.gcd(modulus, math.factorial(999)) > 1
    assert is_wrong
    with pytest.raises(UserError, match="seal key is none"):
        identity.read_seal_key(WEEK, f"{modulus:0512x}")


def test_a_seal_key_that_is_one_is_taken() -> None:
    """What the service makes."""
    public = identity.Sealer(WEEK, identity.make_pem()).public
    assert identity.read_seal_key(WEEK, f"{public.modulus:0512x}") == public


@pytest.mark.parametrize(
    "header", ["", "1", f"1 {'a' * 64}", f"1 {'A' * 64} {'0' * 512}", f"1 {'a' * 64} {'0' * 512} x"]
)
def test_a_header_that_is_no_credential_is_none(header: str) -> None:
    """Whatever a stranger sends."""
    assert identity.read_credential(header) is None
