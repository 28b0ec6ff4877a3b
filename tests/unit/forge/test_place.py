"""Facts, permissions and files of one repository."""

import pytest

from tests.fakes.forge_bench import Bench
from yantra_bot.domain.repository import Permission
from yantra_bot.errors import Permanent, UserError
from yantra_bot.forge.answers import Refused
from yantra_bot.forge.comments import GHOST, mark_of, read_actor


@pytest.mark.parametrize(
    ("given", "permission"),
    [
        ("admin", Permission.ADMIN),
        ("maintain", Permission.WRITE),
        ("write", Permission.WRITE),
        ("triage", Permission.READ),
        ("read", Permission.READ),
        ("none", Permission.NONE),
    ],
)
async def test_permissions_are_read_live(bench: Bench, given: str, permission: Permission) -> None:
    """The base role counts; it is asked again each time."""
    bench.fake.permit(bench.there, "ann", given)
    assert await bench.forge.permission("ann") is permission
    bench.fake.permit(bench.there, "ann", "read")
    assert await bench.forge.permission("ann") is Permission.READ


async def test_who_does_not_exist_may_nothing(bench: Bench) -> None:
    """A deleted account has no permission, and an odd name is part of the address, not more of it."""
    assert await bench.forge.permission("nobody") is Permission.NONE
    assert await bench.forge.permission("../../app") is Permission.NONE


async def test_a_role_that_nobody_knows_gives_nothing_away(bench: Bench) -> None:
    """A new word of GitHub's is not taken for write."""
    path = "/repos/octo/demo/collaborators/ann/permission"
    bench.fake.faults.answer_json("GET", path, 200, {"permission": "godlike", "role_name": "godlike", "user": None})
    assert await bench.forge.permission("ann") is Permission.NONE


@pytest.mark.parametrize("path", ["/collaborators/ann/permission", "/git/ref/heads/main", "/contents/README.md"])
async def test_what_github_forbids_is_not_taken_for_absent(bench: Bench, path: str) -> None:
    """Only a 404 means that there is nothing."""
    bench.fake.faults.answer("GET", f"/repos/octo/demo{path}", 403, message="Resource not accessible by integration")
    asked = {
        "c": bench.forge.permission("ann"),
        "g": bench.forge.branch_head("main"),
        "o": bench.forge.read_file("README.md"),
    }
    wanted = asked.pop("o" if "contents" in path else path[1])
    for other in asked.values():
        other.close()
    with pytest.raises(Refused, match="accept its permissions"):
        await wanted


async def test_a_server_that_is_not_github_is_found_out(bench: Bench) -> None:
    """An answer without the documented fields names the setting to check."""
    bench.fake.faults.answer_json("GET", "/repos/octo/demo", 200, {"hello": "world"})
    with pytest.raises(Permanent, match="API address"):
        await bench.forge.facts()


async def test_a_file_that_is_too_large_is_refused(bench: Bench) -> None:
    """Instructions are short; the message says how long this one is."""
    bench.fake.commit(bench.there, {"AGENTS.md": "x" * 1_500_000})
    with pytest.raises(Permanent, match="1500000 bytes"):
        await bench.forge.read_file("AGENTS.md")


async def test_a_file_outside_the_repository_is_refused(bench: Bench) -> None:
    """The path is judged before it becomes an address."""
    with pytest.raises(UserError):
        await bench.forge.read_file("../../other/contents/secret")


async def test_a_name_with_odd_letters_is_one_file(bench: Bench) -> None:
    """Spaces, hash and question marks are part of the name."""
    bench.fake.commit(bench.there, {"docs/a b#c?.md": "text"})
    assert await bench.forge.read_file("docs/a b#c?.md") == b"text"


def test_a_deleted_account_is_the_ghost() -> None:
    """What it left behind can still be read."""
    assert read_actor(None) is GHOST
    assert read_actor({"id": 1, "login": "x", "type": "Bot"}).is_bot


@pytest.mark.parametrize("tag", ["", "a b", "a-->", "a--b", "<", "x" * 101])
def test_a_tag_cannot_break_out_of_its_mark(tag: str) -> None:
    """It stands in an HTML comment."""
    with pytest.raises(ValueError, match="no tag"):
        mark_of(tag)
