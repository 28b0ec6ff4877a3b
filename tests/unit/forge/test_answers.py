"""Reading GitHub's answers: what is data, what is a no, what is a wait."""

import json

import pytest

from yantra_bot.errors import Permanent
from yantra_bot.forge.answers import (
    LONGEST_WAIT,
    EffectUnknown,
    Refused,
    Response,
    rate_limit_wait,
    read_answer,
    reading,
    said_by,
    server_time,
)

NOW = 1_700_000_000.0
JSON = {"content-type": "application/json; charset=utf-8"}


def answer(status: int, body: object = None, **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status, {**JSON, **named}, b"" if body is None else json.dumps(body).encode())


def test_data_and_the_next_page_are_read() -> None:
    """A page comes with the address of the one after it."""
    read = read_answer(answer(200, [1], link='<https://api.github.com/x?page=2>; rel="next"'), what="A list")
    assert (read.data, read.next_url) == ([1], "https://api.github.com/x?page=2")


@pytest.mark.parametrize(
    ("status", "cure"),
    [
        (401, "private key"),
        (403, "accept its permissions"),
        (404, "install the App"),
        (410, "switch it on"),
        (451, "legal reasons"),
        (409, "HTTP 409"),
        (422, "HTTP 422"),
        (499, "HTTP 499"),
        (302, "HTTP 302"),
    ],
)
def test_a_refusal_says_the_cure_and_quotes_github(status: int, cure: str) -> None:
    """Who reads the message knows what to change, and what GitHub said."""
    with pytest.raises(Refused, match=cure) as caught:
        read_answer(answer(status, {"message": "No\x1b[31m way"}), what="The thing")
    assert caught.value.status == status
    assert caught.value.said == "No [31m way"
    assert str(caught.value).startswith("The thing: ")


@pytest.mark.parametrize(
    "response",
    [
        Response(200, JSON, b"{"),
        Response(200, {"content-type": "application/json; charset=bogus"}, b"{}"),
        Response(200, JSON, b"\xff\xfe"),
        Response(200, JSON, b"[" * 200_000),
        Response(
            200, {**JSON, "x-ratelimit-limit": "x", "x-ratelimit-remaining": "y", "x-ratelimit-reset": "z"}, b"{}"
        ),
    ],
)
def test_an_answer_that_makes_no_sense_is_asked_for_again(response: Response) -> None:
    """Half an answer never passes for a whole one, and nobody knows what the request did."""
    with pytest.raises(EffectUnknown):
        read_answer(response, what="The thing")


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"null", b"[" * 200_000, b"\xff"])
def test_a_refusal_without_words_is_still_a_refusal(body: bytes) -> None:
    """A page of a proxy, or nothing at all, does not hide a 404."""
    with pytest.raises(Refused):
        read_answer(Response(404, JSON, body), what="The thing")
    assert said_by(body) == ""


@pytest.mark.parametrize(
    ("errors", "said"),
    [
        ("plain words", "Bad; plain words"),
        ([{"message": "A pull request already exists"}], "Bad; A pull request already exists"),
        ([{"field": "base", "code": "invalid"}], "Bad; base invalid"),
        (["one", {"code": "custom"}], "Bad; one; custom"),
        ({"odd": 1}, "Bad"),
        ([None, 3], "Bad"),
    ],
)
def test_details_of_an_error_are_read_in_every_shape(errors: object, said: str) -> None:
    """GitHub gives details as text, as objects and as lists of either."""
    assert said_by(json.dumps({"message": "Bad", "errors": errors}).encode()) == said


@pytest.mark.parametrize(
    ("response", "wait"),
    [
        (answer(403, {"message": "Forbidden"}), None),
        (answer(200, {}, x_ratelimit_remaining="0"), None),
        (answer(403, {}, retry_after="30"), 30.0),
        (answer(429, {}, retry_after="30"), 30.0),
        (answer(403, {}, retry_after="999999"), LONGEST_WAIT),
        (answer(429, {}), 60.0),
        (answer(429, {}, retry_after="soon"), 60.0),
        (answer(403, {"message": "You have exceeded a secondary rate limit."}), 60.0),
        (answer(403, {}, x_ratelimit_remaining="0", x_ratelimit_reset=str(int(NOW) + 500)), 501.0),
        (answer(403, {}, x_ratelimit_remaining="0", x_ratelimit_reset=str(int(NOW) - 500)), 1.0),
        (answer(429, {}, x_ratelimit_remaining="0", x_ratelimit_reset="never"), 60.0),
    ],
)
def test_rate_limits_are_told_from_refusals(response: Response, wait: float | None) -> None:
    """Only what GitHub documents as a limit is waited for, and never longer than an hour."""
    assert rate_limit_wait(response, now=NOW, attempt=0) == wait


def test_a_secondary_limit_without_a_time_is_waited_out_longer_each_time() -> None:
    """Asking again too early makes GitHub's patience shorter."""
    waits = [rate_limit_wait(answer(429, {}), now=NOW, attempt=attempt) for attempt in range(3)]
    assert waits == [60.0, 120.0, 240.0]


def test_a_reset_is_measured_by_githubs_clock() -> None:
    """A clock that is five minutes fast neither shortens nor lengthens the wait."""
    limited = answer(
        403, {}, x_ratelimit_remaining="0", x_ratelimit_reset=str(int(NOW) + 100), date="Tue, 14 Nov 2023 22:13:20 GMT"
    )
    assert rate_limit_wait(limited, now=NOW + 300, attempt=0) == 101.0


@pytest.mark.parametrize("date", ["", "yesterday", "Tue, 99 Nov 2023 99:99:99 GMT"])
def test_an_unreadable_date_is_no_date(date: str) -> None:
    """A proxy's odd header changes nothing."""
    assert server_time(answer(200, {}, date=date)) is None


@pytest.mark.parametrize("body", [{}, [], None, {"id": "x"}])
def test_an_answer_of_another_shape_is_named(body: object) -> None:
    """A server that is not GitHub is found out with a message, not with a KeyError."""
    with pytest.raises(Permanent, match="API address"), reading("The thing"):
        int(body["id"])  # type: ignore[index,call-overload]  # the point of the test
