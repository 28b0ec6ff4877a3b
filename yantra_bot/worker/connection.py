"""A worker's end of the socket: whole messages in, whole messages out, blocking. Decides nothing."""

import socket

from yantra_bot.worker.protocol import (
    HEADER_BYTES,
    MAX_LINE_CHARACTERS,
    Answer,
    Blob,
    Failure,
    Line,
    ProtocolError,
    ToWorker,
    decode_to_worker,
    encode_frame,
    read_length,
)


class Connection:
    """Speaks the protocol over a connected socket."""

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected

    def receive(self) -> ToWorker | None:
        """Return the next message, None when control has ended the talk; raise ProtocolError for anything else."""
        header = self._read(HEADER_BYTES)
        if not header:
            return None
        length = read_length(header)
        body = self._read(length)
        if len(body) != length:
            raise ProtocolError("Control ended in the middle of a message.")
        return decode_to_worker(body)

    def send(self, message: Blob | Line | Answer | Failure) -> None:
        """Send one message; raise ProtocolError when it cannot be said."""
        self._socket.sendall(encode_frame(message))

    def send_line(self, order: int, text: str) -> None:
        """Send a line of output, cut to what a line may have."""
        self.send(Line(order, make_sendable(text[:MAX_LINE_CHARACTERS])))

    def _read(self, length: int) -> bytes:
        parts = bytearray()
        while len(parts) < length and (part := self._socket.recv(min(length - len(parts), 1 << 20))):
            parts += part
        return bytes(parts)


def make_sendable(text: str) -> str:
    """Replace what UTF-8 cannot say: halves of surrogate pairs."""
    return text.encode("utf-8", "replace").decode()
