"""Which addresses a sandbox's way out may lead to."""

import pytest

from yantra_bot.sandbox.destinations import Destination, find_own_addresses, is_public, resolve

PRIVATE = [
    *(
        "127.0.0.1",
        "127.1.2.3",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "192.0.2.1",
    ),
    *("224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1"),
    *(
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
        "2001:0:1:2:3:4:5:6",
        "2001:db8::1",
    ),
]


@pytest.mark.case("F01")
@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_known_in_every_dress(address: str) -> None:
    """Loopback, private, link-local, documentation and multicast addresses are not public, wrapped or not."""
    assert not is_public(address)
    assert not Destination("index.test", 443).may_connect(address)


@pytest.mark.parametrize("address", ["9.9.9.9", "2620:fe::fe", "::ffff:9.9.9.9", "64:ff9b::909:909"])
def test_public_addresses_may_be_connected_to(address: str) -> None:
    """Public addresses are public."""
    assert Destination("index.test", 443).may_connect(address)


def test_the_operators_own_address_may_be_private() -> None:
    """An address that the index had from the start is allowed, and no other of its network."""
    destination = Destination("index.test", 443, ("10.0.0.5",))
    assert destination.may_connect("10.0.0.5")
    assert not destination.may_connect("10.0.0.6")


def test_names_are_written_as_in_a_request() -> None:
    """IPv6 addresses stand in brackets."""
    assert Destination("index.test", 8443).name == "index.test:8443"
    assert Destination("::1", 443).name == "[::1]:443"


async def test_own_addresses_are_found_by_resolving() -> None:
    """A host on loopback is the operator's own; a metadata service never is; a name without address has none."""
    assert "127.0.0.1" in await find_own_addresses("127.0.0.1", 443)
    for never in ("169.254.169.254", "0.0.0.0", "224.0.0.1", "::ffff:127.0.0.1"):
        assert await find_own_addresses(never, 443) == ()
    assert await resolve("does-not-exist.invalid", 443) == []
