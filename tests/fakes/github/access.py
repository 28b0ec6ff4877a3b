"""Who may: JSON web tokens of the app, installation tokens, people's tokens, and what each of them reaches."""

import base64
import binascii
from collections.abc import Mapping

import jwt
from jwt.types import Options

from tests.fakes.github.exchange import Caller, GitHubError, is_in_scope, not_found
from tests.fakes.github.shapes import App
from tests.fakes.github.state import Repository, State

MAX_JWT_SECONDS = 600
CLOCK_TOLERANCE_SECONDS = 60
LEVELS = {"none": 0, "read": 1, "triage": 1, "write": 2, "maintain": 2, "admin": 3}


def identify(state: State, app: App, headers: Mapping[str, str]) -> Caller:
    """Return who sent these headers (names in lower case). Raises GitHub's 401."""
    scheme, _, secret = headers.get("authorization", "").partition(" ")
    secret = secret.strip()
    if not scheme:
        return Caller()
    if scheme.lower() == "basic":
        secret = basic_password(secret)
    elif scheme.lower() not in ("bearer", "token"):
        raise GitHubError(401, "Bad credentials")
    if secret.count(".") == 2 and secret.startswith("ey"):
        check_jwt(state, app, secret)
        return Caller(is_app=True)
    token = state.tokens.get(secret)
    if token is None or token.expires_at <= state.now():
        raise GitHubError(401, "Bad credentials")
    installation = token.installation
    if installation is not None and (installation.is_deleted or installation.is_suspended):
        raise GitHubError(401 if installation.is_deleted else 403, "This installation has been suspended")
    return Caller(token=token)


def basic_password(secret: str) -> str:
    """Return the password of an HTTP Basic header; the name counts for nothing, as on GitHub."""
    try:
        return base64.b64decode(secret, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError) as problem:
        raise GitHubError(401, "Bad credentials") from problem


def check_jwt(state: State, app: App, encoded: str) -> None:
    """Check the app's JSON web token as GitHub does: signature, issuer, and a life of ten minutes at most."""
    try:
        options: Options = {"verify_exp": False, "verify_iat": False, "verify_iss": False}
        claims = jwt.decode(encoded, app.public_key, algorithms=["RS256"], options=options)
    except jwt.InvalidTokenError as problem:
        raise GitHubError(401, "A JSON web token could not be decoded") from problem
    now, issued, expires = state.now(), claims.get("iat"), claims.get("exp")
    if str(claims.get("iss")) not in (str(app.id), app.client_id):
        raise GitHubError(401, "'Issuer' claim ('iss') must be an Integer or String of the App's id or client id")
    if not isinstance(expires, int) or not isinstance(issued, int):
        raise GitHubError(401, "Missing 'exp' or 'iat' claim in assertion")
    if expires <= now:
        raise GitHubError(401, "'Expiration time' claim ('exp') must be a numeric value representing the future time")
    if expires - now > MAX_JWT_SECONDS:
        raise GitHubError(401, "'Expiration time' claim ('exp') is too far in the future")
    if issued > now + CLOCK_TOLERANCE_SECONDS:
        raise GitHubError(401, "'Issued at' claim ('iat') must be an Integer representing the time it was issued")


def check_app(caller: Caller) -> None:
    """Let only the app itself pass."""
    if not caller.is_app:
        raise GitHubError(401, "A JSON web token could not be decoded")


def check_repository(caller: Caller, repository: Repository, *, needs: tuple[str, ...], level: str) -> None:
    """Let pass who has `level` (read, write) of any one of `needs` on a repository.

    Raises 404 for what the caller may not know of, 403 for what it may see and not do, 401 for nobody.
    """
    is_write = level == "write"
    if caller.is_app:
        raise GitHubError(401, "Bad credentials")
    if caller.token is None:
        if repository.is_private:
            raise not_found()
        if is_write:
            raise GitHubError(401, "Requires authentication")
        return
    if caller.token.user is not None:
        check_person(repository, caller.token.user.login, is_write=is_write, needs=needs)
        return
    if not is_in_scope(caller.token, repository):
        check_stranger(repository, is_write=is_write)
        return
    granted = max(LEVELS[caller.token.permissions.get(need, "none")] for need in needs)
    if granted < LEVELS[level]:
        raise GitHubError(403, "Resource not accessible by integration")
    if is_write and repository.is_archived:
        raise GitHubError(403, "Repository was archived so is read-only.")


def check_stranger(repository: Repository, *, is_write: bool) -> None:
    """Check a token that does not cover the repository: it sees what the whole world sees."""
    if repository.is_private:
        raise not_found()
    if is_write:
        raise GitHubError(403, "Resource not accessible by integration")


def check_person(repository: Repository, login: str, *, is_write: bool, needs: tuple[str, ...]) -> None:
    """Check a person's token: reading issues and talking in them needs no more than seeing the repository."""
    level = LEVELS[repository.permission_of(login)]
    if level == 0:
        raise not_found()
    if is_write and level < LEVELS["write"] and "issues" not in needs:
        raise GitHubError(403, "Resource not accessible by personal access token")


def narrow(wanted: Mapping[str, str] | None, granted: Mapping[str, str]) -> dict[str, str]:
    """Return the permissions of a new token. Raises GitHub's 422 when more is asked than was granted."""
    if wanted is None:
        return dict(granted)
    for name, level in wanted.items():
        if LEVELS.get(level, 99) > LEVELS[granted.get(name, "none")]:
            raise GitHubError(422, "The permissions requested are not granted to this installation.")
    return {"metadata": "read", **wanted} if "metadata" in granted else dict(wanted)
