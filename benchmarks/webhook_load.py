"""The load: signed deliveries over keep-alive connections, one request in flight a connection. A process of its own.

All requests are made and signed before the clock starts, and each is another comment, so that nothing is a duplicate.
Prints one line of JSON: rate, latencies, and how much of one CPU the load itself used.
"""

import asyncio
import hmac
import json
import sys
import time
import uuid
from collections.abc import Iterator
from typing import Any

PATH = "/webhooks/github"
_REQUEST = (
    "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: GitHub-Hookshot/benchmark\r\nAccept: */*\r\n"
    "Content-Type: application/json\r\nContent-Length: {length}\r\nX-GitHub-Hook-ID: 1\r\n"
    "X-GitHub-Event: issue_comment\r\nX-GitHub-Delivery: {delivery}\r\n"
    "X-GitHub-Hook-Installation-Target-ID: 1\r\nX-GitHub-Hook-Installation-Target-Type: integration\r\n"
    "X-Hub-Signature-256: sha256={signature}\r\n\r\n"
)


def make_requests(payload: dict[str, Any], secret: bytes, count: int) -> list[bytes]:
    """Return `count` signed requests, each with a comment of its own."""
    requests = []
    for _ in range(count):
        payload["comment"]["id"] = uuid.uuid4().int % 2**53
        body = json.dumps(payload, separators=(",", ":")).encode()
        signature = hmac.digest(secret, body, "sha256").hex()
        head = _REQUEST.format(path=PATH, length=len(body), delivery=uuid.uuid4(), signature=signature)
        requests.append(head.encode() + body)
    return requests


class Connection(asyncio.Protocol):
    """Sends the next request as soon as the last one was answered with 2xx."""

    def __init__(self, requests: Iterator[bytes], seconds: list[float], done: "asyncio.Future[None]") -> None:
        self._requests, self._seconds, self._done = requests, seconds, done
        self._answer = b""
        self._sent_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        self._answer += data
        if not is_complete(self._answer):
            return
        self._seconds.append(time.perf_counter() - self._sent_at)
        if not self._answer.startswith(b"HTTP/1.1 20"):
            self._done.set_exception(RuntimeError(self._answer[:200].decode()))
            return
        self._answer = b""
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(exc or RuntimeError("the server closed the connection"))

    def _send(self) -> None:
        request = next(self._requests, None)
        if request is None:
            self._done.set_result(None)
            self._transport.close()
            return
        self._sent_at = time.perf_counter()
        self._transport.write(request)


def is_complete(answer: bytes) -> bool:
    """Say whether a whole response is here; both servers answer in one small packet."""
    head, found, rest = answer.partition(b"\r\n\r\n")
    if not found:
        return False
    head = head.lower()
    at = head.find(b"\r\ncontent-length:")
    if at >= 0:
        return len(rest) >= int(head[at + 17 :].split(b"\r\n", 1)[0])
    return rest.endswith(b"0\r\n\r\n")


async def load(port: int, connections: int, requests: list[bytes]) -> list[float]:
    """Send all requests over some connections; return the seconds each took."""
    loop = asyncio.get_running_loop()
    seconds: list[float] = []
    remaining = iter(requests)
    done = [loop.create_future() for _ in range(connections)]
    await asyncio.gather(
        *(
            loop.create_connection(lambda end=end: Connection(remaining, seconds, end), "127.0.0.1", port)
            for end in done
        )
    )
    await asyncio.gather(*done)
    return seconds


def main() -> None:
    """Read the order as JSON from stdin: port, connections, requests, secret, payload."""
    order = json.loads(sys.stdin.read())
    secret = order["secret"].encode()
    asyncio.run(load(order["port"], order["connections"], make_requests(order["payload"], secret, 200)))
    requests = make_requests(order["payload"], secret, order["requests"])
    started, cpu = time.perf_counter(), time.process_time()
    seconds = sorted(asyncio.run(load(order["port"], order["connections"], requests)))
    wall = time.perf_counter() - started
    print(
        json.dumps(
            {
                "rate": len(seconds) / wall,
                "p50_ms": seconds[len(seconds) // 2] * 1e3,
                "p99_ms": seconds[min(len(seconds) - 1, int(len(seconds) * 0.99))] * 1e3,
                "load_cpu": (time.process_time() - cpu) / wall,
                "body_bytes": len(requests[0].partition(b"\r\n\r\n")[2]),
            }
        )
    )


if __name__ == "__main__":
    main()
