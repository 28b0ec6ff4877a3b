"""Reads the server name out of the first bytes of a TLS connection. Never decrypts, never changes a byte."""

HEADER_BYTES = 5
RECORD_BYTES = 1 << 14
HANDSHAKE = 22
_CLIENT_HELLO = 1
_SERVER_NAME = 0
_HOST_NAME = 0


class NoHelloError(ValueError):
    """The bytes are no TLS ClientHello in one record."""


def read_server_name(record: bytes) -> str | None:
    """Return the server name of a ClientHello record (with its 5-byte header), lower case, None when it names none.

    Raises NoHelloError for anything else.
    """
    try:
        if record[0] != HANDSHAKE or record[HEADER_BYTES] != _CLIENT_HELLO:
            raise NoHelloError("the first bytes are no TLS handshake")
        at = HEADER_BYTES + 4 + 2 + 32  # handshake header, version, random
        at += 1 + record[at]  # session
        at += 2 + _read_number(record, at)  # cipher suites
        at += 1 + record[at]  # compression
        return _find_name(record, at + 2, at + 2 + _read_number(record, at))
    except (IndexError, UnicodeDecodeError) as error:
        raise NoHelloError("the TLS handshake is cut or broken") from error


def _find_name(record: bytes, at: int, end: int) -> str | None:
    if end > len(record):
        raise NoHelloError("the TLS handshake is longer than its record")
    names: list[str] = []
    while at + 4 <= end:
        kind, size = _read_number(record, at), _read_number(record, at + 2)
        if kind == _SERVER_NAME:
            if record[at + 6] != _HOST_NAME:
                raise NoHelloError("the server name is of an unknown kind")
            length = _read_number(record, at + 7)
            if length + 5 != size:
                raise NoHelloError("the handshake names more than one server")
            names.append(record[at + 9 : at + 9 + length].decode("ascii").lower())
        at += 4 + size
    if len(names) > 1 or at > end:
        raise NoHelloError("the TLS handshake is broken")
    return names[0] if names else None


def _read_number(record: bytes, at: int) -> int:
    return record[at] << 8 | record[at + 1]
