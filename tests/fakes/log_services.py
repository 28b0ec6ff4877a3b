"""Services that keep logs, as they answer: Loki, CloudWatch Logs and Cloud Logging with its token server. Stateful.

Each refuses what the real one refuses: a signature that is not right, a token it did not give, a selector that is none.
"""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import jwt
from aiohttp import web
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from yarl import URL

from yantra_bot.clusters.sigv4 import AwsKey, sign

AWS_KEY = AwsKey("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "eu-central-1", "logs")
CLAIMS = "https://www.googleapis.com/auth/logging.read"


@dataclass
class LogServices:
    """All three at one address; `lines` are (Unix time, pod, text)."""

    lines: list[tuple[float, str, str]] = field(default_factory=list)
    asked: list[Any] = field(default_factory=list)
    page: int = 1_000
    """Most entries of a page, of the two clouds."""
    begins_empty: bool = False
    """Whether the first page of a cloud has nothing, and a token for more."""
    answer: tuple[int, str] | None = None
    """Given to everything but tokens, where it is set."""
    tokens: list[str] = field(default_factory=list)
    url: str = ""
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65_537, 2_048))

    def account(self) -> dict[str, str]:
        """What Google's key file says."""
        pem = self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return {
            "type": "service_account",
            "project_id": "acme-shop",
            "client_email": "yantra@acme-shop.iam.gserviceaccount.com",
            "private_key_id": "k1",
            "private_key": pem.decode(),
            "token_uri": f"{self.url}/token",
        }

    async def respond(self, request: web.Request) -> web.Response:
        if request.path == "/token":
            return await self._give_token(request)
        if self.answer is not None:
            return web.Response(status=self.answer[0], text=self.answer[1])
        match request.path:
            case "/loki/api/v1/query_range":
                return self._loki(request)
            case "/v2/entries:list":
                return await self._cloud_logging(request)
        return await self._cloudwatch(request)

    def _loki(self, request: web.Request) -> web.Response:
        asked = dict(request.query)
        self.asked.append(asked)
        if request.headers.get("authorization") != "Bearer loki-token":
            return web.Response(status=401, text="no org id")
        if not asked["query"].startswith("{"):
            return web.Response(status=400, text="parse error : syntax error: unexpected IDENTIFIER")
        begin, end = int(asked["start"]) / 1e9, int(asked["end"]) / 1e9
        found = sorted((one for one in self.lines if begin <= one[0] < end), reverse=True)[: int(asked["limit"])]
        streams = [
            {"stream": {"pod": pod}, "values": [[str(int(at * 1e9)), text] for at, name, text in found if name == pod]}
            for pod in dict.fromkeys(pod for _, pod, _ in found)
        ]
        return web.json_response({"status": "success", "data": {"resultType": "streams", "result": streams}})

    async def _cloudwatch(self, request: web.Request) -> web.Response:
        body = await request.read()
        sent = {name: request.headers[name] for name in ("content-type", "x-amz-target")}
        stamp = datetime.strptime(request.headers["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        wanted = sign(AWS_KEY, "POST", URL(f"{self.url}/"), sent, body, at=stamp.timestamp())["authorization"]
        if request.headers["authorization"] != wanted:
            return web.json_response({"__type": "InvalidSignatureException"}, status=400)
        asked = json.loads(body)
        self.asked.append(asked)
        if sent["x-amz-target"] != "Logs_20140328.FilterLogEvents" or asked["logGroupName"] != "/shop":
            return web.json_response({"__type": "ResourceNotFoundException"}, status=400)
        found = sorted(one for one in self.lines if one[0] * 1000 >= asked["startTime"])
        events, more = self._page(found, asked.get("nextToken"), asked["limit"])
        shown = [{"logStreamName": pod, "timestamp": int(at * 1000), "message": text} for at, pod, text in events]
        return web.json_response({"events": shown, **({"nextToken": more} if more else {})})

    async def _cloud_logging(self, request: web.Request) -> web.Response:
        if request.headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
            return web.json_response({"error": {"status": "UNAUTHENTICATED"}}, status=401)
        asked = await request.json()
        self.asked.append(asked)
        head, _, begins = asked["filter"].partition(" AND timestamp>=")
        assert head == '(resource.labels.container_name="shop")'
        since = datetime.fromisoformat(begins.strip('"')).timestamp()
        found = sorted((one for one in self.lines if one[0] >= since), reverse=asked["orderBy"] == "timestamp desc")
        entries, more = self._page(found, asked.get("pageToken"), asked["pageSize"])
        shown = [
            {
                "timestamp": datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f123Z"),
                "severity": "ERROR",
                "resource": {"labels": {"pod_name": pod}},
                **({"jsonPayload": json.loads(text)} if text.startswith("{") else {"textPayload": text}),
            }
            for at, pod, text in entries
        ]
        return web.json_response({"entries": shown, **({"nextPageToken": more} if more else {})})

    def _page(self, found: list[Any], token: str | None, size: int) -> tuple[list[Any], str]:
        if self.begins_empty and not token:
            return [], "0"
        begin = int(token or 0)
        end = begin + min(size, self.page)
        return found[begin:end], str(end) if end < len(found) else ""

    async def _give_token(self, request: web.Request) -> web.Response:
        form = {name: values[0] for name, values in parse_qs((await request.read()).decode()).items()}
        # Tests have times of their own: only how long it would hold is judged.
        claims = jwt.decode(
            form["assertion"],
            self.key.public_key(),
            ["RS256"],
            audience=f"{self.url}/token",
            options={"verify_iat": False, "verify_exp": False},
        )
        if not 0 < claims["exp"] - claims["iat"] <= 3_600:
            return web.json_response({"error": "invalid_grant"}, status=400)
        if claims["scope"] != CLAIMS or form["grant_type"] != "urn:ietf:params:oauth:grant-type:jwt-bearer":
            return web.json_response({"error": "invalid_grant"}, status=400)
        self.tokens.append(f"ya29.{len(self.tokens)}")
        return web.json_response({"access_token": self.tokens[-1], "expires_in": 3_599, "token_type": "Bearer"})
