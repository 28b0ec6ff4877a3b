"""Requests and routes joined by method and path, in the notations of many frameworks."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yantra_bot.domain.graph import EdgeKind, Evidence
from yantra_bot.graphdb.routes import Request, Route, join_routes, read_path

ROUTES = [
    Route("flask", "GET", "/users/<int:id>"),
    Route("create", "POST", "/users"),
    Route("fastapi", "GET", "/api/v1/items/{item_id}"),
    Route("static", "", "/static/*path"),
    Route("django", "GET", r"^orders/(?P<pk>\d+)/$"),
    Route("express", "GET", "/users/:id/posts"),
    Route("me", "GET", "/users/me"),
    Route("root", "GET", "/"),
]


def ask(method: str, path: str) -> list[str]:
    return [edge.target for edge in join_routes(ROUTES, [Request("client", method, path, "a.ts", 3, 4)])]


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/users/${id}", ["flask"]),
        ("get", "https://shop.example/api/users/42?full=1#top", ["flask"]),
        ("GET", "${BASE}/items/${id}", ["fastapi"]),
        ("GET", "{base}/api/v1/items/{item}", ["fastapi"]),
        ("POST", "/users/", ["create"]),
        ("DELETE", "/users", []),
        ("HEAD", "/users/me", ["me"]),
        ("", "/orders/%s", ["django"]),
        ("GET", "/static/js/app.js", ["static"]),
        ("GET", "/users/%(id)s/posts", ["express"]),
        ("GET", "/", []),
        ("GET", "/${everything}", []),
        ("GET", "/nothing/like/it", []),
    ],
)
def test_a_request_finds_the_route_that_fits_best(method: str, path: str, expected: list[str]) -> None:
    """Notations, origins, queries, prefixes and trailing slashes do not matter; methods do."""
    assert ask(method, path) == expected


def test_an_edge_is_a_guess_with_its_place() -> None:
    """The confidence says how little an equal path proves, and less with placeholders and candidates."""
    twice = [*ROUTES, Route("other", "GET", "/users/me")]
    requests = [Request("c", "GET", "/users/me", "a.ts", 3, 4), Request("c", "GET", "/users/${id}", "a.ts", 9)]
    edges = {(edge.line, edge.target): edge for edge in join_routes(twice, requests)}
    sure, half, placeholder = edges[3, "me"], edges[3, "other"], edges[9, "flask"]
    assert (sure.kind, sure.evidence, sure.path, sure.column) == (EdgeKind.REQUESTS, Evidence.NAME, "a.ts", 4)
    assert sure.confidence == half.confidence == pytest.approx(0.27)
    assert 0.3 < placeholder.confidence < 0.54


def test_too_many_routes_that_fit_alike_are_none() -> None:
    """What could be anything is not named."""
    many = [Route(f"r{number}", "GET", "/health") for number in range(20)]
    assert join_routes(many, [Request("c", "GET", "/health", "a.ts", 1)]) == []


def test_a_segment_that_thousands_share_is_asked_for_last() -> None:
    """Work stays small where every path begins with the same word."""
    routes = [Route(f"r{number}", "GET", f"/api/thing{number}") for number in range(3_000)]
    assert [edge.target for edge in join_routes(routes, [Request("c", "GET", "/api/thing7", "a.ts", 1)])] == ["r7"]


def test_every_notation_of_a_placeholder_is_the_same() -> None:
    """What a framework calls its parameters says nothing."""
    notations = ["<id>", "<int:id>", "{id}", "${id}", ":id", r"(?P<id>\d+)", "%s", "%(id)s"]
    assert {read_path(f"/a/{notation}/b") for notation in notations} == {("a", "\0", "b")}


@given(st.text(max_size=200), st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_no_path_makes_it_fail(route: str, request: str) -> None:
    """Whatever is written there, joining ends, with confidences of a guess."""
    edges = join_routes([Route("r", "", route)], [Request("c", "", request, "a", 1)])
    assert all(0 < edge.confidence <= 0.54 for edge in edges)
