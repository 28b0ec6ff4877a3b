"""When nothing is deployed, and until when: weeks, single days, and the nights on which clocks are set."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yantra_bot.deploy.freezes import check, frozen
from yantra_bot.domain.environment import FreezeWindow

WEEKEND = FreezeWindow("Fri 16:00", "Mon 08:00", "Europe/Berlin", "weekend")


def at(text: str) -> float:
    """Return the Unix time of an ISO moment with its offset."""
    return dt.datetime.fromisoformat(text).timestamp()


@pytest.mark.parametrize(
    ("moment", "until"),
    [
        ("2026-11-27T15:59:59+01:00", None),
        ("2026-11-27T16:00:00+01:00", "2026-11-30T08:00:00+01:00"),
        ("2026-11-29T12:00:00+01:00", "2026-11-30T08:00:00+01:00"),
        ("2026-11-30T07:59:59+01:00", "2026-11-30T08:00:00+01:00"),
        ("2026-11-30T08:00:00+01:00", None),
        ("2026-07-03T16:00:00+02:00", "2026-07-06T08:00:00+02:00"),
        ("2026-07-03T15:30:00+02:00", None),
    ],
)
def test_a_week_has_its_window(moment: str, until: str | None) -> None:
    """Over the end of the week, in winter and in summer by the clock of the zone."""
    found = frozen((WEEKEND,), at(moment))
    assert (None if found is None else found.until) == (None if until is None else at(until))


def test_clocks_that_are_set_within_a_window_do_not_move_its_ends() -> None:
    """On the last Sundays of March and of October."""
    assert frozen((WEEKEND,), at("2026-03-28T12:00:00+01:00")).until == at("2026-03-30T08:00:00+02:00")  # type: ignore[union-attr]  # None fails too
    assert frozen((WEEKEND,), at("2026-10-24T12:00:00+02:00")).until == at("2026-10-26T08:00:00+01:00")  # type: ignore[union-attr]  # None fails too


def test_a_time_that_comes_twice_or_never_freezes_longer() -> None:
    """02:30 of the night in October is there twice, that of March not at all."""
    night = FreezeWindow("Sun 02:30", "Sun 02:45", "Europe/Berlin")
    first, second = at("2026-10-25T02:35:00+02:00"), at("2026-10-25T02:35:00+01:00")
    assert frozen((night,), first).until == frozen((night,), second).until == at("2026-10-25T02:45:00+01:00")  # type: ignore[union-attr]  # None fails too
    assert frozen((night,), at("2026-10-25T02:46:00+01:00")) is None
    assert frozen((night,), at("2026-03-29T01:35:00+01:00")).until == at("2026-03-29T03:45:00+02:00")  # type: ignore[union-attr]  # None fails too


def test_windows_that_follow_upon_each_other_are_told_as_one() -> None:
    """So that nobody comes back at a time when the next one has begun."""
    holidays = FreezeWindow("2026-12-21 08:00", "2026-12-28 10:00", "UTC", "holidays")
    week = FreezeWindow("Mon 09:00", "Mon 12:00", "UTC", "Monday")
    found = frozen((week, holidays), at("2026-12-25T00:00:00+00:00"))
    assert found is not None
    assert (found.window, found.until) == (holidays, at("2026-12-28T12:00:00+00:00"))


def test_a_week_that_is_frozen_whole_ends_somewhere() -> None:
    """Two windows that leave no gap: the answer is a far moment, not a search without end."""
    always = (FreezeWindow("Mon 00:00", "Thu 00:00"), FreezeWindow("Thu 00:00", "Mon 00:00"))
    found = frozen(always, at("2026-11-28T00:00:00+00:00"))
    assert found is not None
    assert found.until > at("2027-03-01T00:00:00+00:00")


@pytest.mark.parametrize(
    ("begins", "ends", "zone", "said"),
    [
        ("Fri 16:00", "Fri 16:00", "UTC", "ends before it begins, or at once"),
        ("2026-12-23 12:00", "2026-12-23 12:00", "UTC", "ends before it begins, or at once"),
        ("2026-12-24 12:00", "2026-12-23 12:00", "UTC", "ends before it begins, or at once"),
        ("2026-02-30 12:00", "2026-03-01 12:00", "UTC", "names a day that there is not"),
        ("Foo 12:00", "Mon 12:00", "UTC", "names a day that there is not"),
        ("Fri 24:00", "Mon 12:00", "UTC", "has to go"),
        ("Fri 16:00", "2026-12-23 12:00", "UTC", "has to go"),
        ("", "", "UTC", "has to go"),
        ("Fri 16:00", "Mon 08:00", "../../etc/passwd", "which is not known"),
        ("Fri 16:00", "Mon 08:00", "Europe", "which is not known"),
        ("Fri 16:00", "Mon 08:00", "", "which is not known"),
    ],
)
def test_what_is_no_window_is_said(begins: str, ends: str, zone: str, said: str) -> None:
    """With what one looks like."""
    assert said in check(FreezeWindow(begins, ends, zone))


@settings(deadline=None)
@given(
    st.integers(0, 10_079),
    st.integers(1, 10_079),
    st.sampled_from(["UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu"]),
    st.integers(1_700_000_000, 1_900_000_000),
)
def test_a_window_ends_when_it_says(begins: int, length: int, zone: str, moment: int) -> None:
    """At its end nothing is frozen, and but for clocks that are set it lasts no longer than said."""
    days = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

    def name(minute: int) -> str:
        return f"{days[minute // 1440]} {minute % 1440 // 60:02}:{minute % 60:02}"

    window = FreezeWindow(name(begins), name((begins + length) % 10_080), zone)
    assert check(window) == ""
    found = frozen((window,), moment)
    if found is not None:
        assert moment < found.until
        # Where a clock set back lets one window reach into the next, the two are one.
        assert found.until - moment <= length * 60 + 7200 or length > 10_080 - 120
        assert length > 10_080 - 120 or frozen((window,), found.until) is None
