"""L09: the clock is set back by an hour or forward by a day; no wait grows by it, and nothing stays closed."""

from datetime import UTC, datetime

import pytest

from tests.fakes.forge_bench import VirtualClock
from yantra_bot.domain.repository import Repository
from yantra_bot.errors import Transient
from yantra_bot.forge.app_auth import InstallationToken
from yantra_bot.forge.pause import Pause
from yantra_bot.models.breaker import FAILURES, REST_SECONDS, Breaker, Circuit
from yantra_bot.models.bucket import LONGEST_HOLD, Gate

pytestmark = pytest.mark.case("L09")
BACK, FORWARD = -3_600.0, 86_400.0
LIMITED = {"retry-after": "30"}


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(1_700_000_000.0)


def open_circuit(clock: VirtualClock) -> Breaker:
    breaker = Breaker("vendor", clock)
    for _ in range(FAILURES):
        with pytest.raises(Transient), breaker.watch():
            raise Transient("no answer")
    return breaker


def test_a_vendor_is_left_alone_no_longer_than_ever(clock: VirtualClock) -> None:
    """Set back, its rest begins anew at most; set forward, it is tried again, once."""
    breaker = open_circuit(clock)
    clock.time += BACK
    assert breaker.seconds_left() == REST_SECONDS
    clock.time += REST_SECONDS
    assert breaker.circuit is Circuit.HALF_OPEN
    forward = open_circuit(clock)
    clock.time += FORWARD
    assert forward.admits()
    with forward.watch():
        assert not forward.admits()


@pytest.mark.parametrize("jump", [BACK, FORWARD])
async def test_a_call_waits_for_its_turn_no_longer_than_a_vendor_may_say(clock: VirtualClock, jump: float) -> None:
    """The gate opens within its longest hold by the clock as it is then."""
    gate = Gate("vendor", clock)
    gate.hear(429, LIMITED)
    clock.time += jump
    before = clock.time
    await gate.enter(10, behalf="octo/calc")
    assert clock.time - before <= LONGEST_HOLD


def test_a_pause_of_an_installation_lasts_as_long_as_the_forge_said(clock: VirtualClock) -> None:
    """However often the clock is set back; what has passed before counts."""
    pause = Pause()
    pause.extend(60.0, now=clock.time)
    clock.time += 20.0
    assert pause.left(clock.time) == 40.0
    clock.time += BACK
    assert pause.left(clock.time) == 40.0
    clock.time += 10.0
    assert pause.left(clock.time) == 30.0
    pause.extend(10.0, now=clock.time)
    assert pause.left(clock.time) == 30.0
    clock.time += FORWARD
    assert pause.left(clock.time) == 0.0


@pytest.mark.parametrize("jump", [BACK, FORWARD])
async def test_a_token_is_renewed_when_the_clock_or_the_forge_says_so(clock: VirtualClock, jump: float) -> None:
    """Set forward it is asked for again; set back, an old one is used until it is refused, and then renewed."""
    asked: list[int] = []

    async def mint(installation_id: int, wanted: dict[str, object]) -> object:
        asked.append(installation_id)
        ends = datetime.fromtimestamp(1_700_003_600 + 86_400 * len(asked), UTC)
        return {"token": f"ghs_{len(asked)}", "expires_at": ends.isoformat()}

    token = InstallationToken(mint, clock, installation_id=5, repository=Repository(7, "octo", "demo"))
    first = await token.secret()
    clock.time += 86_400.0 + jump
    if jump == BACK:
        assert await token.secret() is first
        assert token.refuse(first)
    assert (await token.secret()).get_secret_value() == "ghs_2"
    assert len(asked) == 2
