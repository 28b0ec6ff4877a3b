"""The first bytes of a tunnel tell which server it is for."""

import ssl
from contextlib import suppress
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yantra_bot.sandbox.tls_hello import NoHelloError, read_server_name


@cache
def make_hello(host: str | None) -> bytes:
    """Return what a real TLS client sends first."""
    context = ssl.create_default_context()
    context.check_hostname = host is not None
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = context.wrap_bio(incoming, outgoing, server_hostname=host)
    with pytest.raises(ssl.SSLWantReadError):
        client.do_handshake()
    return outgoing.read()


@pytest.mark.parametrize("host", ["index.test", "A.Very.Long.Name.example", "xn--nxasmq6b"])
def test_a_real_clients_server_name_is_read(host: str) -> None:
    """The name is read, lower case."""
    assert read_server_name(make_hello(host)) == host.lower()


def test_no_name_is_no_name() -> None:
    """A client that names no server is told apart from one that speaks no TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    with pytest.raises(ssl.SSLWantReadError):
        context.wrap_bio(incoming, outgoing).do_handshake()
    assert read_server_name(outgoing.read()) is None


@pytest.mark.parametrize("data", [b"", b"GET / HTTP/1.1\r\n", b"\x16\x03\x01\x00\x05\x02\x00\x00\x00\x00", b"\x16"])
def test_other_bytes_are_refused(data: bytes) -> None:
    """What is no client hello raises the one error."""
    with pytest.raises(NoHelloError):
        read_server_name(data)


@settings(deadline=None)
@given(st.integers(0, 600))
def test_a_cut_hello_never_yields_another_name(size: int) -> None:
    """However a hello is cut, it is refused or read as what it says."""
    hello = make_hello("index.test")
    cut = hello[: min(size, len(hello))]
    try:
        assert read_server_name(cut) == "index.test"
    except NoHelloError:
        assert len(cut) < len(hello)


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_random_bytes_never_crash(data: bytes) -> None:
    """Any bytes after a handshake header give a name, no name, or the one error."""
    with suppress(NoHelloError):
        assert read_server_name(b"\x16\x03\x01\x01\x00\x01\x00\x00\xfc\x03\x03" + b"r" * 32 + data) != ""


@pytest.mark.parametrize(
    "extensions",
    [
        b"\x00\x00\x00\x09\x00\x07\x00\x00\x04evil\x00\x00\x00\x09\x00\x07\x00\x00\x04good",
        b"\x00\x00\x00\x09\x00\x07\x01\x00\x04evil",
        b"\x00\x00\x00\x10\x00\x0e\x00\x00\x04good\x00\x00\x04evil",
        b"\x00\x17\x00\xff",
    ],
    ids=["two extensions", "unknown kind", "two names", "longer than it is"],
)
def test_ambiguous_names_are_refused(extensions: bytes) -> None:
    """A hello that could be read in two ways is refused."""
    body = b"\x03\x03" + b"r" * 32 + b"\x00" + b"\x00\x02\x13\x01" + b"\x01\x00"
    body += len(extensions).to_bytes(2, "big") + extensions
    record = b"\x16\x03\x01" + (len(body) + 4).to_bytes(2, "big") + b"\x01" + len(body).to_bytes(3, "big") + body
    with pytest.raises(NoHelloError):
        read_server_name(record)
