"""Accounts: somebody's public profile, and one's own."""

from tests.fakes.github import shapes
from tests.fakes.github.exchange import Answer, GitHubError, Request, not_found
from tests.fakes.github.shapes import Json
from tests.fakes.github.state import User
from tests.fakes.github.world import Route, World


def get_user(world: World, request: Request) -> Answer:
    found = world.state.find_user(request.parameters["username"])
    if found is None:
        raise not_found()
    return Answer(json=profile(world, found))


def get_user_by_id(world: World, request: Request) -> Answer:
    number = request.number("account_id")
    found = next((one for one in world.state.users.values() if one.id == number), None)
    if found is None:
        raise not_found()
    return Answer(json=profile(world, found))


def get_own_user(world: World, request: Request) -> Answer:
    """Only a person's token has an account behind it."""
    token = request.caller.token
    if token is None:
        raise GitHubError(401, "Requires authentication")
    if token.user is None:
        raise GitHubError(403, "Resource not accessible by integration")
    return Answer(json=profile(world, token.user))


def profile(world: World, person: User) -> Json:
    unknown = {"company": None, "location": None, "email": None, "hireable": None, "bio": None}
    counted = {"public_repos": 0, "public_gists": 0, "followers": 0, "following": 0}
    at = "2024-01-01T00:00:00Z"
    about = {"name": person.login, "blog": "", "created_at": at, "updated_at": at}
    return {**shapes.user(world.links, person), **about, **unknown, **counted}


ROUTES = [
    Route("GET", "/user", get_own_user),
    Route("GET", "/user/{account_id}", get_user_by_id),
    Route("GET", "/users/{username}", get_user),
]
