"""Routes that a program answers and requests that it sends."""

import pytest

from yantra_bot.graphdb.facts import Op


@pytest.mark.parametrize(
    ("call", "method", "path"),
    [
        ("app.get('/users/:id', handler)", "GET", "/users/{id}"),
        ("this.app.post(`/x`, check, handler)", "POST", "/x"),
        ("userRouter.all('/', (q, s) => {})", "*", "/"),
        ("fastify.delete('/a/:b(\\\\d+)?', handler)", "DELETE", "/a/{b}"),
    ],
)
def test_routes_have_a_method_a_path_and_a_handler(lower, call: str, method: str, path: str) -> None:
    """As express and its kin write them."""
    ((found_method, found_path, handler, _),) = lower(call).ops(Op.ROUTE)
    assert (found_method, found_path) == (method, path)
    assert handler >= 0


@pytest.mark.parametrize(
    ("call", "method", "path"),
    [
        ("fetch('/api/x?y=1')", "GET", "/api/x"),
        ("fetch(`${base}/users/${id}`, { method: 'post' })", "POST", "/users/{}"),
        ("axios.put('https://host.example/a/b', data)", "PUT", "/a/b"),
        ("axios('/c', { method: 'DELETE' })", "DELETE", "/c"),
        ("this.httpClient.get('/d')", "GET", "/d"),
        ("$.ajax('/e')", "GET", "/e"),
    ],
)
def test_requests_have_a_method_and_a_path(lower, call: str, method: str, path: str) -> None:
    """Variable parts have no name; host and query are left out."""
    assert [op[:2] for op in lower(call).ops(Op.REQUEST)] == [(method, path)]


@pytest.mark.parametrize(
    "call",
    [
        "map.get('/x')",
        "app.get('setting')",
        "fetch(url)",
        "fetch()",
        "cache.delete('/x', f)",
        "app.get('/x')",
        "axios.get('no path')",
        "fetch('x y')",
    ],
)
def test_other_calls_are_neither(lower, call: str) -> None:
    """A name alone is no reason."""
    found = lower(call)
    assert found.ops(Op.ROUTE) == []
    assert found.ops(Op.REQUEST) == []


def test_decorators_name_routes(lower) -> None:
    """The class says where they begin; without such a class they say nothing."""
    source = "class {c} {{ @Get(':id') one() {{}} @Post() add() {{}} @All('/x') any() {{}} @Other() no() {{}} }}"
    found = lower("@Controller('users') " + source.format(c="A") + source.format(c="B"), "main.ts")
    assert [op[:2] for op in found.ops(Op.ROUTE, "A")] == [
        ("GET", "/users/{id}"),
        ("POST", "/users"),
        ("*", "/users/x"),
    ]
    assert found.ops(Op.ROUTE, "B") == []
