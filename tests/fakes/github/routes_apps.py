"""The app itself: who it is, its installations, tokens, deliveries, and the rate limit."""

from tests.fakes.github import shapes
from tests.fakes.github.access import check_app, narrow
from tests.fakes.github.exchange import Answer, GitHubError, Request, not_found, paginate
from tests.fakes.github.shapes import Json
from tests.fakes.github.state import Installation, Repository
from tests.fakes.github.webhooks import Delivery
from tests.fakes.github.world import Route, World


def get_app(world: World, request: Request) -> Answer:
    check_app(request.caller)
    count = sum(not one.is_deleted for one in world.state.installations.values())
    return Answer(json={**shapes.app(world.links, world.app), "installations_count": count})


def find_installation(world: World, request: Request) -> Installation:
    check_app(request.caller)
    found = world.state.installations.get(request.number("installation_id"))
    if found is None or found.is_deleted:
        raise not_found()
    return found


def get_installation(world: World, request: Request) -> Answer:
    return Answer(json=shapes.installation(world.links, find_installation(world, request), world.app))


def list_installations(world: World, request: Request) -> Answer:
    check_app(request.caller)
    living = [one for one in world.state.installations.values() if not one.is_deleted]
    page, headers = paginate(request, living, url=f"{world.links.api}/app/installations")
    return Answer(json=[shapes.installation(world.links, one, world.app) for one in page], headers=headers)


def get_repository_installation(world: World, request: Request) -> Answer:
    check_app(request.caller)
    found = world.installation_of(world.repository_for(request))
    if found is None:
        raise not_found()
    return Answer(json=shapes.installation(world.links, found, world.app))


def create_token(world: World, request: Request) -> Answer:
    installation = find_installation(world, request)
    if installation.is_suspended:
        raise GitHubError(403, "This installation has been suspended")
    body = request.json()
    token = world.state.add_token(
        installation,
        repositories=chosen_repositories(world, installation, body),
        permissions=narrow(body.get("permissions"), installation.permissions),
    )
    expires_at = world.state.timestamp(token.expires_at)
    return Answer(201, shapes.token(world.links, token, expires_at=expires_at))


def chosen_repositories(world: World, installation: Installation, body: Json) -> list[Repository] | None:
    """Return what a new token is limited to. Raises GitHub's 422 for what the installation does not cover."""
    ids, names = body.get("repository_ids"), body.get("repositories")
    if ids is None and names is None:
        return installation.repositories
    covered = [one for one in world.state.repositories if installation.covers(one)]
    chosen = [one for one in covered if one.id in (ids or ()) or one.name in (names or ())]
    if not chosen or len(chosen) != len(set(ids or ())) + len(set(names or ())):
        message = (
            "There is at least one repository that does not exist or is not accessible to the parent installation."
        )
        raise GitHubError(422, message)
    return chosen


def list_accessible(world: World, request: Request) -> Answer:
    token = request.caller.token
    if token is None or token.installation is None:
        raise GitHubError(403, "You must authenticate with an installation access token")
    reached = token.repositories
    if reached is None:
        reached = [one for one in world.state.repositories if token.installation.covers(one)]
    page, headers = paginate(request, reached, url=f"{world.links.api}/installation/repositories")
    listed = [shapes.repository(world.links, one) for one in page]
    return Answer(json={"total_count": len(reached), "repositories": listed}, headers=headers)


def revoke_token(world: World, request: Request) -> Answer:
    if request.caller.token is None:
        raise GitHubError(401, "Requires authentication")
    del world.state.tokens[request.caller.token.value]
    return Answer(204)


def delivery_shape(one: Delivery) -> Json:
    return {
        "id": one.id, "guid": one.guid, "delivered_at": one.delivered_at, "redelivery": one.is_redelivery,
        "duration": round(one.seconds, 3), "status": one.status, "status_code": one.status_code, "event": one.event,
        "action": one.payload.get("action"), "installation_id": one.installation_id,
        "repository_id": one.repository_id, "throttled_at": None,
    }  # fmt: skip


def list_deliveries(world: World, request: Request) -> Answer:
    """Newest first, by cursor (the id after which to go on), as GitHub does."""
    check_app(request.caller)
    newest = sorted(world.deliveries.sent, key=lambda one: -one.id)
    cursor, size = request.query.get("cursor"), min(int(request.query.get("per_page", "30")), 100)
    if cursor is not None:
        newest = [one for one in newest if one.id < int(cursor)]
    page = newest[:size]
    headers = {}
    if len(newest) > size:
        url = f"{world.links.api}/app/hook/deliveries?per_page={size}&cursor={page[-1].id}"
        headers["Link"] = f'<{url}>; rel="next"'
    return Answer(json=[delivery_shape(one) for one in page], headers=headers)


def find_delivery(world: World, request: Request) -> Delivery:
    check_app(request.caller)
    number = request.number("delivery_id")
    for one in world.deliveries.sent:
        if one.id == number:
            return one
    raise not_found()


def get_delivery(world: World, request: Request) -> Answer:
    one = find_delivery(world, request)
    sent = {"headers": world.deliveries.headers(one), "payload": one.payload}
    return Answer(json={**delivery_shape(one), "request": sent, "response": {"headers": {}, "payload": ""}})


def redeliver(world: World, request: Request) -> Answer:
    world.deliveries.redeliver(find_delivery(world, request))
    return Answer(202, {})


def get_rate_limit(world: World, request: Request) -> Answer:
    used = world.requests_used.get(request.caller.name, 0)
    left = max(world.rate_limit - used, 0)
    rate = {"limit": world.rate_limit, "remaining": left, "reset": int(world.state.now()) + 3600, "used": used}
    return Answer(json={"resources": {"core": rate, "search": rate}, "rate": rate})


ROUTES = [
    Route("GET", "/app", get_app),
    Route("GET", "/app/installations", list_installations),
    Route("GET", "/app/installations/{installation_id}", get_installation),
    Route("POST", "/app/installations/{installation_id}/access_tokens", create_token),
    Route("GET", "/repos/{owner}/{repo}/installation", get_repository_installation),
    Route("GET", "/installation/repositories", list_accessible),
    Route("DELETE", "/installation/token", revoke_token),
    Route("GET", "/app/hook/deliveries", list_deliveries),
    Route("GET", "/app/hook/deliveries/{delivery_id}", get_delivery),
    Route("POST", "/app/hook/deliveries/{delivery_id}/attempts", redeliver),
    Route("GET", "/rate_limit", get_rate_limit),
]
