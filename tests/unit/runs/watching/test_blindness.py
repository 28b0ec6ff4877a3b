"""What cannot be looked at, look after look, is told, and ended when it can."""

from yantra_bot.domain.alerts import Service, Severity
from yantra_bot.runs.watching.blindness import BLIND, LOOKS, Blindness

SHOP = Service("shop", "acme/shop", "production")


def test_many_looks_in_a_row_are_an_alert_until_one_is_well() -> None:
    """One that is well in between begins anew; what was not heard is told again."""
    blind = Blindness()
    said = [blind.note(SHOP, "It took too long.", now=n, firing=()) for n in range(LOOKS - 1)]
    assert blind.note(SHOP, "", now=50, firing=()) is None
    said += [blind.note(SHOP, "It took too long.", now=100 + n, firing=()) for n in range(LOOKS - 1)]
    assert not any(said)
    told = [blind.note(SHOP, "It took too long.", now=200 + n, firing=()) for n in range(2)]
    assert told[0] is not None
    assert told[1] is not None
    assert (told[0].name, told[0].severity, told[0].started_at) == (BLIND, Severity.WARNING, 100)
    blind.heard(told[0])
    assert blind.note(SHOP, "It took too long.", now=300, firing=()) is None
    end = blind.note(SHOP, "", now=400, firing=())
    assert end is not None
    assert (end.is_firing, end.ended_at, end.fingerprint) == (False, 400, told[0].fingerprint)
    blind.heard(end)
    assert blind.note(SHOP, "", now=500, firing=()) is None
    anew = Blindness()
    over = anew.note(SHOP, "", now=600, firing=[told[0]])
    assert over is not None, "a server that starts anew ends what it left"
    assert not over.is_firing
