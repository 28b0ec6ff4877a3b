"""What a vendor's refusal means, and how long it is waited for."""

import pytest

from yantra_bot.errors import ContextOverflow, Permanent, Transient
from yantra_bot.models.retry import Failure, Kind, Policy, Vendor, classify, give_up, make_jitter, next_wait
from yantra_bot.models.retry import read_retry_after as read

NOW = 1_795_000_000.0
VENDOR = Vendor("Acme", "ACME_API_KEY", "https://acme.example/v1")


@pytest.mark.parametrize(
    ("status", "code", "message", "kind"),
    [
        (429, "", "slow down", Kind.BUSY),
        (408, "", "", Kind.BUSY),
        (409, "", "", Kind.BUSY),
        (500, "", "", Kind.BUSY),
        (529, "overloaded_error", "Overloaded", Kind.BUSY),
        (None, "overloaded_error", "Overloaded", Kind.BUSY),
        (None, "server_error", "", Kind.BUSY),
        (None, "", "something new", Kind.BUSY),
        (None, "context_length_exceeded", "", Kind.OVERFLOW),
        (401, "", "", Kind.KEY),
        (403, "", "", Kind.KEY),
        (402, "", "", Kind.QUOTA),
        (429, "insufficient_quota", "", Kind.QUOTA),
        (400, "billing_error", "", Kind.QUOTA),
        (404, "", "", Kind.MODEL),
        (400, "model_not_found", "", Kind.MODEL),
        (413, "", "", Kind.OVERFLOW),
        (400, "", "Your input exceeds the context window of this model", Kind.OVERFLOW),
        (400, "", "Invalid `signature` in `thinking` block", Kind.REASONING),
        (302, "", "https://elsewhere", Kind.REDIRECT),
        (400, "", "temperature is not supported", Kind.REQUEST),
        (418, "", "", Kind.REQUEST),
    ],
)
def test_kinds(status: int | None, code: str, message: str, kind: Kind) -> None:
    """Each refusal is told apart by its status first and its words second."""
    assert classify(status, code, message).kind is kind


def test_a_vendors_words_are_kept_short() -> None:
    """A long or many-lined message becomes one short line, and a refused key's message is not repeated."""
    failure = classify(400, "", "a\n b" * 1000)
    assert len(str(failure)) == 300
    assert "\n" not in str(failure)
    assert str(classify(401, "", "wrong key sk-123")) == ""
    assert str(classify(418, "", "")) == "HTTP 418"


@pytest.mark.parametrize("luck", [0.0, 0.5, 0.999])
def test_waits_rise_and_end(luck: float) -> None:
    """100, 200, 400 ms, each half to one and a half times that; then it is given up."""
    waits = [next_wait(Failure(Kind.BUSY, ""), done, Policy(), jitter=lambda: luck) for done in range(4)]
    assert waits[3] is None
    assert [wait for wait in waits if wait is not None] == pytest.approx([f * (0.5 + luck) for f in (0.1, 0.2, 0.4)])


def test_only_busy_is_waited_for() -> None:
    """Nothing that waiting does not mend is tried again."""
    assert {kind for kind in Kind if next_wait(Failure(kind, ""), 0, Policy(), jitter=make_jitter()) is not None} == {
        Kind.BUSY
    }


def test_a_vendor_is_never_asked_before_its_time() -> None:
    """Retry-After is the least that is waited; beyond the longest wait the call ends."""
    near, far = Failure(Kind.BUSY, "", retry_after=60.0), Failure(Kind.BUSY, "", retry_after=60.1)
    assert next_wait(near, 0, Policy(), jitter=lambda: 0.0) == pytest.approx(60.05)
    assert next_wait(far, 0, Policy(), jitter=lambda: 0.0) is None


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "3"}, 3.0),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after-ms": "250", "retry-after": "3"}, 0.25),
        ({"retry-after-ms": "x", "retry-after": "3"}, 3.0),
        ({"retry-after": "Wed, 18 Nov 2026 09:47:10 GMT"}, 30.0),
        ({"retry-after": "Wed, 18 Nov 2026 09:47:10 -0000"}, 30.0),
        ({"retry-after": "Wed, 18 Nov 2020 08:53:50 GMT"}, 0.0),
    ],
)
def test_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    """Seconds, milliseconds and dates are understood; nonsense counts as absent."""
    assert read(headers, 1_794_995_200.0) == seconds


@pytest.mark.parametrize("kind", list(Kind))
def test_every_end_names_a_cure(kind: Kind) -> None:
    """Whatever a call ends with is one of the three classes, names the vendor or model, and repeats the detail."""
    error = give_up(Failure(kind, "some detail", retry_after=5.0), VENDOR, "big-model")
    assert isinstance(error, Transient if kind is Kind.BUSY else Permanent)
    assert isinstance(error, ContextOverflow) == (kind is Kind.OVERFLOW)
    assert any(word in str(error) for word in ("Acme", "acme.example", "big-model"))
