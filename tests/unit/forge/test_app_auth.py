"""Who we are to GitHub."""

import asyncio

import jwt
import pytest
from pydantic import SecretStr

from tests.fakes.forge_bench import VirtualClock, app_key
from tests.fakes.github.fake import public_key_of
from yantra_bot.domain.repository import Repository
from yantra_bot.errors import Permanent, SettingsError
from yantra_bot.forge.app_auth import PERMISSIONS, AppClaims, InstallationToken, PlainToken

DEMO = Repository(7, "octo", "demo")


class Forge:
    """Answers requests for tokens, one token after another."""

    def __init__(self, clock: VirtualClock, **answer: object) -> None:
        self.asked: list[tuple[int, dict[str, object]]] = []
        self.clock = clock
        self.answer = answer

    async def mint(self, installation_id: int, asked: dict[str, object]) -> object:
        self.asked.append((installation_id, asked))
        await asyncio.sleep(0)
        return {"token": f"ghs_{len(self.asked)}", "expires_at": "2023-11-14T23:13:20Z", **self.answer}


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(1_700_000_000.0)


def token_of(forge: Forge) -> InstallationToken:
    return InstallationToken(forge.mint, forge.clock, installation_id=5, repository=DEMO)


async def test_a_token_is_asked_for_one_repository_with_the_fewest_permissions(clock: VirtualClock) -> None:
    """Whoever steals it reaches nothing else."""
    forge = Forge(clock, repositories=[{"id": 7}])
    secret = await token_of(forge).secret()
    assert forge.asked == [(5, {"repository_ids": [7], "permissions": PERMISSIONS})]
    assert secret.get_secret_value() == "ghs_1"
    assert "ghs_1" not in repr(secret)
    assert "workflows" not in PERMISSIONS
    assert "administration" not in PERMISSIONS


async def test_a_token_is_kept_until_shortly_before_it_expires(clock: VirtualClock) -> None:
    """It lasts an hour and is renewed five minutes early; many at once ask once."""
    forge = Forge(clock)
    token = token_of(forge)
    await asyncio.gather(*(token.secret() for _ in range(10)))
    clock.time += 3600 - 301
    await token.secret()
    assert len(forge.asked) == 1
    clock.time += 2
    assert (await token.secret()).get_secret_value() == "ghs_2"


async def test_a_refused_token_is_dropped_once(clock: VirtualClock) -> None:
    """Two requests that were refused with the same token lead to one new token."""
    forge = Forge(clock)
    token = token_of(forge)
    old = await token.secret()
    assert token.refuse(old)
    new = await token.secret()
    assert token.refuse(old)
    assert await token.secret() is new
    assert len(forge.asked) == 2


async def test_a_token_that_seems_expired_on_arrival_is_used(clock: VirtualClock) -> None:
    """A fast clock does not make a request for a token before every call."""
    clock.time += 7200
    forge = Forge(clock)
    token = token_of(forge)
    await token.secret()
    await token.secret()
    assert len(forge.asked) == 1


async def test_a_token_for_other_repositories_is_not_used(clock: VirtualClock) -> None:
    """The forge's answer is held against what was asked."""
    with pytest.raises(Permanent, match="other repositories"):
        await token_of(Forge(clock, repositories=[{"id": 7}, {"id": 8}])).secret()


@pytest.mark.parametrize("answer", [{"token": "x", "expires_at": "soon"}, {"expires_at": None}, {"repositories": 3}])
async def test_an_answer_of_another_shape_is_named(clock: VirtualClock, answer: dict[str, object]) -> None:
    """A proxy that answers in GitHub's place is found out, and no token is shown."""
    with pytest.raises(Permanent, match="API address"):
        await token_of(Forge(clock, **answer)).secret()


async def test_an_answer_that_is_no_object_is_named(clock: VirtualClock) -> None:
    """A list in place of a token is no token."""

    async def mint(installation_id: int, asked: dict[str, object]) -> object:
        return []

    with pytest.raises(Permanent, match="API address"):
        await InstallationToken(mint, clock, installation_id=5, repository=DEMO).secret()


@pytest.mark.case("K15")
async def test_claims_are_backdated_and_live_less_than_ten_minutes(clock: VirtualClock) -> None:
    """A clock some seconds fast or slow does not matter."""
    claims = AppClaims("42", SecretStr(app_key()), clock)
    encoded = (await claims.secret()).get_secret_value()
    options = {"verify_exp": False, "verify_iat": False}
    read = jwt.decode(encoded, public_key_of(app_key()), algorithms=["RS256"], options=options)
    assert read == {"iss": "42", "iat": 1_700_000_000 - 60, "exp": 1_700_000_000 + 480}
    assert read["exp"] - read["iat"] <= 600


async def test_a_refusal_that_the_clock_does_not_explain_is_final(clock: VirtualClock) -> None:
    """With the clocks together, another try would be refused as well."""
    claims = AppClaims("42", SecretStr(app_key()), clock)
    secret = await claims.secret()
    assert not claims.refuse(secret)
    assert not claims.refuse(secret, server_time=clock.now() + 5)
    assert claims.refuse(secret, server_time=clock.now() + 300)
    assert not claims.refuse(secret, server_time=clock.now() + 301)


@pytest.mark.parametrize(
    "key", ["", "nonsense", "-----BEGIN RSA PRIVATE KEY-----\nc2VjcmV0\n-----END RSA PRIVATE KEY-----"]
)
def test_a_bad_key_stops_start_up_with_the_cure(clock: VirtualClock, key: str) -> None:
    """The message names the setting and never quotes the key."""
    with pytest.raises(SettingsError, match="github_app_key") as caught:
        AppClaims("42", SecretStr(key), clock)
    assert caught.value.__cause__ is None
    assert "c2VjcmV0" not in str(caught.value)


def test_a_public_key_stops_start_up(clock: VirtualClock) -> None:
    """It is read well enough, and could sign nothing later."""
    with pytest.raises(SettingsError, match="github_app_key"):
        AppClaims("42", SecretStr(public_key_of(app_key())), clock)


async def test_a_persons_token_is_used_as_it_is() -> None:
    """It never changes, so that a refusal is final."""
    token = PlainToken(SecretStr(" ghp_x\n"))
    assert (await token.secret()).get_secret_value() == "ghp_x"
    assert not token.refuse(SecretStr("ghp_x"))
    assert "ghp_x" not in repr(vars(token))


def test_an_empty_token_stops_start_up() -> None:
    """Nothing is asked without a name."""
    with pytest.raises(SettingsError, match="GITHUB_TOKEN"):
        PlainToken(SecretStr("  "))
