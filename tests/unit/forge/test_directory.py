"""The repositories that the App is installed on, and accounts by their numbers."""

from tests.fakes.forge_bench import Bench


async def test_a_repository_is_found_by_its_name_alone_or_whole(bench: Bench) -> None:
    """Its case does not matter; what the App is not installed on is not there."""
    github = bench.fake
    for name in ("acme/shop", "acme/site", "other/shop", "stranger/shop"):
        github.add_repository(name)
    acme, other = github.install("acme"), github.install("other")
    directory = bench.github.directory
    found = await directory.find("Shop")
    assert {(one.installation_id, one.repository.full_name) for one in found} == {
        (acme.id, "acme/shop"),
        (other.id, "other/shop"),
    }
    assert [one.repository.full_name for one in await directory.find("ACME/shop")] == ["acme/shop"]
    assert await directory.find("stranger/shop") == ()
    assert await directory.find("") == ()


async def test_a_suspended_installation_hides_no_other(bench: Bench) -> None:
    """It is left out."""
    github = bench.fake
    github.add_repository("acme/shop")
    github.add_repository("other/shop")
    github.install("acme").is_suspended = True
    github.install("other")
    assert [one.repository.full_name for one in await bench.github.directory.find("shop")] == ["other/shop"]


async def test_an_account_is_known_by_its_number(bench: Bench) -> None:
    """A login may have changed since; a number that nobody has is nobody."""
    github = bench.fake
    github.add_repository("acme/shop")
    github.install("acme")
    alice = github.add_user("alice")
    directory = bench.github.directory
    (origin,) = await directory.find("shop")
    found = await directory.account(alice.id, origin)
    assert found is not None
    assert (found.id, found.login, found.is_bot) == (alice.id, "alice", False)
    assert await directory.account(999_999_999, origin) is None
