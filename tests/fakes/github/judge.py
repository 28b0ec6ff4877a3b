"""The judge: every request and every answer is held against GitHub's own API description.

It is stricter than the description in one way: an unknown query parameter or body key is a violation, since GitHub
ignores those silently, and a misspelt one would never be noticed. It knows nothing of the state.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

from tests.fakes.github import description, routing
from tests.fakes.github.exchange import Answer, Request

HOST = "https://api.github.com"
# Real, and in use by GitHub's own redirects, but not described: judged as the operation that it stands for.
STANDS_FOR = {"/repositories/{repository_id}": "/repos/{owner}/{repo}"}
ERROR_KEYS = {"message", "documentation_url", "status", "errors", "url"}
JSON_TYPE = "application/json"


class Judge:
    """Judges by one description, built once a session. `is_thorough`: by the library alone, which takes longer."""

    def __init__(self, described: description.Json, *, is_thorough: bool = False) -> None:
        from openapi_core import Config, OpenAPI  # a quarter of a second, which the demo need not spend

        from tests.fakes.github.accepting import Accepting, quick_validator

        config = Config(spec_validator_cls=None)
        if not is_thorough:
            config.response_validator_cls = quick_validator(Accepting(described))
        self.described = described
        self._openapi = OpenAPI.from_dict(described, config=config)

    def check(self, request: Request, answer: Answer) -> list[str]:
        """Return what is not as the description says, a sentence each."""
        template = STANDS_FOR.get(request.template, request.template)
        item = self.described["paths"].get(template, {})
        operation = item.get(request.method.lower())
        where = f"{request.method} {request.path}"
        if operation is None:
            return [f"{where}: GitHub has no such operation"]
        asked = wrap_request(request, template)
        wrong = [f"{where}: request: {text}" for text in self._request_problems(request, asked, template, answer)]
        wrong += [
            f"{where}: answer {answer.status}: {text}" for text in self._answer_problems(asked, answer, operation)
        ]
        return wrong

    def _request_problems(
        self, request: Request, asked: SimpleNamespace, template: str, answer: Answer
    ) -> Iterator[str]:
        method = request.method.lower()
        unknown = set(request.query) - description.query_names(self.described, template, method)
        if unknown:
            yield f"unknown query parameters {sorted(unknown)}"
        names = description.body_names(self.described, template, method)
        sent = parsed(request.body)
        if names is not None and isinstance(sent, dict) and set(sent) - names:
            yield f"unknown keys {sorted(set(sent) - names)} in the body"
        if answer.status not in (400, 422):  # those say themselves that the request was wrong
            yield from explain(self._openapi.iter_request_errors(asked))

    def _answer_problems(self, asked: SimpleNamespace, answer: Answer, operation: description.Json) -> Iterator[str]:
        is_json = answer.json is not None
        if str(answer.status) not in operation["responses"]:
            if answer.status >= 400 and is_json and set(answer.json) <= ERROR_KEYS and "message" in answer.json:
                return
            if answer.status != 304:
                yield "GitHub never answers so"
            return
        if not is_json and answer.raw is not None:
            return  # a file's own bytes, asked for by the Accept header
        from werkzeug.datastructures import Headers

        told = SimpleNamespace(
            data=answer.body, status_code=answer.status, content_type=JSON_TYPE, headers=Headers(dict(answer.headers))
        )
        yield from explain(self._openapi.iter_response_errors(asked, told))


def wrap_request(request: Request, template: str) -> SimpleNamespace:
    """Return a request as openapi-core takes it: one that GitHub's templates match, slashes in parameters encoded."""
    from openapi_core.datatypes import RequestParameters
    from werkzeug.datastructures import Headers, ImmutableMultiDict

    path = template
    for name in ("owner", "repo") if template != request.template else ():
        path = path.replace(f"{{{name}}}", "any")
    for name, value in request.parameters.items():
        path = path.replace(f"{{{name}}}", quote(value, safe=""))
    content_type = request.headers.get("content-type", "") or JSON_TYPE
    parameters = RequestParameters(
        query=ImmutableMultiDict(list(request.query.items())), header=Headers(dict(request.headers))
    )
    return SimpleNamespace(
        host_url=HOST, path=path, method=request.method.lower(), parameters=parameters,
        body=request.body or None, content_type=content_type.lower(),
    )  # fmt: skip


def parsed(body: bytes) -> Any:
    try:
        return json.loads(body) if body else None
    except ValueError:
        return None


def explain(errors: Iterable[Exception]) -> Iterator[str]:
    """Turn openapi-core's errors into sentences: where in the data, and what is wrong there."""
    for error in errors:
        cause = error.__cause__ or error
        details = getattr(cause, "schema_errors", None) or getattr(error, "schema_errors", None)
        if details is None:
            yield str(error) if cause is error else f"{error} ({cause})"
            continue
        for detail in details:
            place = ".".join(str(part) for part in detail.absolute_path)
            yield f"{place or getattr(error, 'name', 'body')}: {detail.message[:300]}"


def load(folder: Path) -> Judge:
    """Build the judge from the artefact's folder."""
    return Judge(description.load(folder, routing.ALL))
