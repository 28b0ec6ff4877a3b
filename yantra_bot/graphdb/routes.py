"""Joins clients' requests with the routes that may answer them, across languages, by method and path. Pure.

Prefixes are not known (a mounted router, a proxy, a base address), so that a longer path may end with a shorter one.
Every edge is a guess, and says so.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from yantra_bot.domain.graph import CONFIDENCE, Edge, EdgeKind, Evidence

MAX_SEGMENTS = 20
MAX_PATH = 1_000
MAX_TARGETS = 8
"""Routes of a request; where more would fit equally well, none is named."""
MAX_COMMON = 500
"""Routes that share a segment, such as `api`, before the segment is taken to say little."""
EXACT = 1.8
"""How much surer than a mere name an equal path with equal segments is; times `CONFIDENCE[NAME]` this is 0.54."""

_ORIGIN = re.compile(
    r"^(?:[a-z][a-z0-9+.-]{0,20}:)?//[^/?#]{0,300}|^\$\{[^{}]{0,200}\}(?=/)|^\{[^{}/]{0,200}\}(?=/)", re.IGNORECASE
)
_FORMS = (
    re.compile(r"\(\?P<[^<>]{0,60}>[^()]{0,100}\)"),  # Django: (?P<id>\d+)
    re.compile(r"<[^<>/]{0,200}>"),  # Flask, Django: <int:id>
    re.compile(r"\$\{[^{}]{0,200}\}"),  # JavaScript: ${id}
    re.compile(r"\{[^{}]{0,200}\}"),  # FastAPI, Spring, Go, an f-string: {id}
    re.compile(r"(?<![\w])[:*][A-Za-z_]\w{0,60}(?:\([^()]{0,100}\))?\??"),  # Express, Rails, Gin: :id, *path
    re.compile(r"%[sdr]|%\(\w{1,60}\)[sdr]"),  # Python: %s
)
_REST = re.compile(r"^<path:|^\{[^{}]*(?:\.\.\.|:path|:\.\*)\}?|^\*")
_HOLE = "\0"
_TAIL = "\0\0"
_ANY = frozenset({"", "*", "ANY", "ALL", "USE", "REQUEST"})


@dataclass(frozen=True, slots=True)
class Route:
    """Where a server answers. `symbol` is the key of the route, or of its handler; `method` is empty for any."""

    symbol: str
    method: str
    path: str


@dataclass(frozen=True, slots=True)
class Request:
    """Where a client asks: the key of the function it stands in, the path or address as written, and the place."""

    symbol: str
    method: str
    path: str
    file: str
    line: int
    column: int = 0


def join_routes(routes: Iterable[Route], requests: Iterable[Request]) -> list[Edge]:
    """Return an edge from each request's symbol to the route that fits best; to each of several that fit alike.

    Its confidence is at most 0.54: equal paths without placeholders. It is lower with every placeholder, unknown
    prefix and further candidate. Requests whose path says nothing (`/`, only placeholders) are left out.
    """
    known = _index(routes)
    edges: dict[tuple[str, str, int, int], Edge] = {}
    for request in requests:
        for target, confidence in find_routes(request, known):
            key = (request.symbol, target, request.line, request.column)
            edges[key] = Edge(
                request.symbol,
                target,
                EdgeKind.REQUESTS,
                request.file,
                request.line,
                request.column,
                confidence,
                Evidence.NAME,
            )
    return list(edges.values())


@dataclass(frozen=True, slots=True)
class _Known:
    symbol: str
    method: str
    segments: tuple[str, ...]


Index = dict[str, list[_Known]]


def _index(routes: Iterable[Route]) -> Index:
    """Return routes by each of their constant segments, under which a request finds them."""
    found: defaultdict[str, list[_Known]] = defaultdict(list)
    for route in routes:
        segments = read_path(route.path)
        known = _Known(route.symbol, route.method.upper(), segments)
        for name in {segment for segment in segments if _HOLE not in segment}:
            found[name].append(known)
    return found


def find_routes(request: Request, index: Index) -> list[tuple[str, float]]:
    """Return the keys of the routes that fit a request best, with their confidence."""
    segments = read_path(request.path)
    constants = {segment for segment in segments if _HOLE not in segment}
    scored: dict[str, float] = {}
    for route in _candidates(constants, index):
        if _methods_fit(request.method.upper(), route.method):
            score = max(_score(segments, route.segments), _score(route.segments, segments))
            if score > scored.get(route.symbol, 0.0):
                scored[route.symbol] = score
    best = max(scored.values(), default=0.0)
    winners = sorted(symbol for symbol, score in scored.items() if score >= best - 1e-9)
    if best <= 0 or len(winners) > MAX_TARGETS:
        return []
    sure = round(CONFIDENCE[Evidence.NAME] * EXACT * best / len(winners), 4)
    return [(symbol, sure) for symbol in winners]


def _candidates(constants: set[str], index: Index) -> Iterator[_Known]:
    """Yield the routes that share a constant segment; a segment of very many is asked for only where it is alone."""
    lists = [index[name] for name in sorted(constants) if name in index]
    narrow = [routes for routes in lists if len(routes) <= MAX_COMMON] or lists[:1]
    for routes in narrow:
        yield from routes


def _methods_fit(asked: str, answered: str) -> bool:
    return asked in _ANY or answered in _ANY or asked == answered or (asked, answered) == ("HEAD", "GET")


def _score(longer: Sequence[str], shorter: Sequence[str]) -> float:
    """Return how well the end of one path fits the other, 0 to 1; 0 where it does not fit."""
    extra = len(longer) - len(shorter)
    if shorter and shorter[-1] == _TAIL:
        return _score_tail(longer, shorter[:-1])
    if extra < 0 or not shorter:
        return 0.0
    score = 0.0
    for one, other in zip(longer[extra:], shorter, strict=True):
        fit = _fit(one, other)
        if fit == 0:
            return 0.0
        score += fit
    return score / (len(shorter) + 0.5 * extra)


def _score_tail(longer: Sequence[str], head: Sequence[str]) -> float:
    """Return how well a route whose end takes anything fits: by what stands before that."""
    if not head or len(longer) <= len(head):
        return 0.0
    fits = [_fit(one, other) for one, other in zip(longer, head, strict=False)]
    return 0.0 if 0 in fits else sum(fits) / (len(longer) + 1)


def _fit(one: str, other: str) -> float:
    if _HOLE not in one and _HOLE not in other:
        return float(one == other)
    if one == other == _HOLE:
        return 0.9
    if _HOLE in {one, other}:
        return 0.5
    return 0.7 if one == other else 0.0


def read_path(path: str) -> tuple[str, ...]:
    """Return the segments of a path or an address, in lower case; a placeholder is the same sign in every notation.

    The origin, the query and the fragment are left out, slashes at the ends too.
    """
    text = path.strip()[:MAX_PATH]
    text = text.removeprefix("^").removesuffix("$")
    text = _ORIGIN.sub("", text)
    return tuple(_segments(text))[:MAX_SEGMENTS]


def _segments(text: str) -> Iterator[str]:
    for form in _FORMS:
        text = form.sub(lambda found: _TAIL if _REST.match(found[0]) else _HOLE, text)
    text = re.split(r"[?#]", text, maxsplit=1)[0]
    for segment in text.split("/"):
        if segment in {"*", "**"}:
            yield _TAIL
        elif segment:
            yield segment.lower() if _TAIL not in segment else _TAIL
