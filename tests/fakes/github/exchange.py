"""One request to the test GitHub and its answer, as values; errors in GitHub's own JSON."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.github.state import Repository, Token

DOCUMENTATION = "https://docs.github.com/rest"
MAX_PER_PAGE = 100


@dataclass(frozen=True)
class Answer:
    """What is sent back. `json` None and `raw` None is an empty body."""

    status: int = 200
    json: Any = None
    raw: bytes | None = None
    content_type: str = "application/json; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def body(self) -> bytes:
        if self.raw is not None:
            return self.raw
        return b"" if self.json is None else json.dumps(self.json).encode()


class GitHubError(Exception):
    """A refusal, in GitHub's shape."""

    def __init__(
        self, status: int, message: str, *, errors: Any = None, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status, self.message, self.errors, self.headers = status, message, errors, headers or {}

    def answer(self) -> Answer:
        body: dict[str, Any] = {"message": self.message}
        if self.errors is not None:
            body["errors"] = self.errors
        body |= {"documentation_url": DOCUMENTATION, "status": str(self.status)}
        return Answer(self.status, body, headers=self.headers)


def not_found() -> GitHubError:
    return GitHubError(404, "Not Found")


def invalid(resource: str, *, code: str, field_name: str | None = None, message: str | None = None) -> GitHubError:
    """Return GitHub's 422 with one entry in `errors`."""
    entry = {"resource": resource, "code": code, "field": field_name, "message": message}
    return GitHubError(422, "Validation Failed", errors=[{key: value for key, value in entry.items() if value}])


@dataclass(frozen=True)
class Caller:
    """Who asks: the app itself (its JWT), a token, or nobody."""

    is_app: bool = False
    token: Token | None = None

    @property
    def name(self) -> str:
        """Return the key under which its rate limit is counted."""
        if self.token is None:
            return "app" if self.is_app else "anonymous"
        return self.token.value


@dataclass(frozen=True)
class Request:
    """A request that found its route. `template` is the path as GitHub's description writes it."""

    method: str
    path: str
    """The path without query, percent-decoded."""
    template: str
    parameters: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    caller: Caller

    def json(self) -> dict[str, Any]:
        """Return the body as an object. Raises GitHub's 400."""
        if not self.body:
            return {}
        try:
            parsed = json.loads(self.body)
        except ValueError as problem:
            raise GitHubError(400, "Problems parsing JSON") from problem
        if not isinstance(parsed, dict):
            raise GitHubError(400, "Body should be a JSON object")
        return parsed

    def number(self, name: str) -> int:
        """Return a path parameter as a number; anything else is not found."""
        value = self.parameters[name]
        if not value.isdecimal():
            raise not_found()
        return int(value)


@dataclass(frozen=True)
class Call:
    """One recorded exchange. The token's value is not kept, only what it may."""

    method: str
    path: str
    query: Mapping[str, str]
    body: Any
    """Parsed JSON where it is JSON, else the bytes' length."""
    status: int | None
    """None when the connection was cut."""
    answer: Any
    token_repositories: tuple[str, ...] | None
    """Full names the token was limited to; None for the app, nobody, or all repositories."""
    token_permissions: Mapping[str, str]
    user_agent: str = ""

    @property
    def is_write(self) -> bool:
        return self.method not in ("GET", "HEAD")


def paginate(request: Request, items: list[Any], *, url: str) -> tuple[list[Any], dict[str, str]]:
    """Return one page and the `Link` header, by `page` and `per_page`."""
    per_page = min(max(as_int(request.query.get("per_page"), 30), 1), MAX_PER_PAGE)
    page = max(as_int(request.query.get("page"), 1), 1)
    last = max((len(items) + per_page - 1) // per_page, 1)
    others = "".join(f"&{key}={value}" for key, value in request.query.items() if key not in ("page", "per_page"))
    targets: dict[str, int] = {}
    if page > 1:
        targets |= {"prev": page - 1, "first": 1}
    if page < last:
        targets |= {"next": page + 1, "last": last}
    links = [f'<{url}?page={number}&per_page={per_page}{others}>; rel="{rel}"' for rel, number in targets.items()]
    headers = {"Link": ", ".join(links)} if links else {}
    return items[(page - 1) * per_page : page * per_page], headers


def as_int(text: str | None, default: int) -> int:
    return int(text) if text is not None and text.isdecimal() else default


def repository_of(token: Token | None) -> tuple[str, ...] | None:
    """Return the full names of the repositories that a token is limited to."""
    if token is None or token.repositories is None:
        return None
    return tuple(sorted(one.full_name for one in token.repositories))


def is_in_scope(token: Token, repository: Repository) -> bool:
    """Say whether an installation token reaches a repository."""
    if token.installation is None or not token.installation.covers(repository):
        return False
    return token.repositories is None or repository in token.repositories
