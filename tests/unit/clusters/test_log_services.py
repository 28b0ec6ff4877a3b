"""Lines out of Loki, CloudWatch Logs and Cloud Logging: the newest, oldest first, and what is refused says its cure."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from yarl import URL

from tests.fakes.answering import answering
from tests.fakes.log_services import AWS_KEY, LogServices
from yantra_bot.clusters.cloud_logging import CloudLogging
from yantra_bot.clusters.cloudwatch import CloudWatch
from yantra_bot.clusters.google_token import read_account
from yantra_bot.clusters.log_sources import LogSources
from yantra_bot.clusters.loki import Loki, confine
from yantra_bot.clusters.sigv4 import AwsKey, sign
from yantra_bot.domain.alerts import Service
from yantra_bot.domain.environment import Environment
from yantra_bot.domain.monitoring import LogRule
from yantra_bot.domain.repository import Repository
from yantra_bot.errors import SettingsError, Transient, UserError
from yantra_bot.monitor.log_records import read_records
from yantra_bot.monitor_ports import LogLine, LogSource

NOW = 1_800_000_000.0
SHOP, PRODUCTION = Repository(1, "acme", "shop"), Environment("production", "main", "shop")
RULE = LogRule(loki='{namespace="shop"}')


class Clock:
    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.at += seconds


@pytest.fixture
async def world() -> AsyncIterator[LogServices]:
    found = LogServices()
    found.lines = [(NOW - 300 + n, f"shop-{n % 2}", f"line {n}") for n in range(200)]
    async with answering(found.respond) as port:
        found.url = f"http://127.0.0.1:{port}"
        yield found


def source(world: LogServices, kind: str, tmp_path: Path, clock: Clock | None = None) -> LogSource:
    clock = clock or Clock()
    if kind == "loki":
        return Loki(world.url, clock, token="loki-token")
    if kind == "cloudwatch":
        return CloudWatch("/shop", AWS_KEY, clock, url=world.url)
    file = tmp_path / "key.json"
    file.write_text(json.dumps(world.account()))
    return CloudLogging(read_account(file), 'resource.labels.container_name="shop"', clock, url=world.url)


async def read(one: LogSource, *, since: float = NOW - 1_000, limit: int = 1_000) -> list[LogLine]:
    return list(await one.read(SHOP, PRODUCTION, RULE, since=since, limit=limit))


EVERY = pytest.mark.parametrize("kind", ["loki", "cloudwatch", "cloud logging"])


@EVERY
async def test_the_newest_lines_come_oldest_first(world: LogServices, tmp_path: Path, kind: str) -> None:
    """Since a time, over pages, with the pod that wrote each."""
    world.page = 30
    one = source(world, kind, tmp_path)
    found = await read(one, since=NOW - 200)
    assert [line.at for line in found] == pytest.approx([NOW - 200 + n for n in range(100)])
    assert ("line 100" in found[0].text, found[0].pod) == (True, "shop-0")
    newest = await read(one, limit=50)
    assert [line.at for line in newest] == pytest.approx([NOW - 150 + n for n in range(50)])


@EVERY
async def test_secrets_are_hidden_and_lines_are_cut(world: LogServices, tmp_path: Path, kind: str) -> None:
    """Before anybody sees them."""
    world.lines = [(NOW - 2, "p", "token ghp_" + "a" * 36), (NOW - 1, "p", "x" * 100_000 + "\x1b[31m")]
    first, second = await read(source(world, kind, tmp_path))
    assert "ghp_" not in first.text
    assert len(second.text) < 9_000


@EVERY
@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((503, "later"), Transient),
        ((429, "slow down"), Transient),
        ((200, "<html>"), Transient),
        ((200, "[]"), Transient),
        (
            (200, '{"status": "success", "data": {"resultType": "matrix", "result": []}, "events": 7, "entries": 7}'),
            Transient,
        ),
        ((403, "not yours"), UserError),
        ((400, "no such group"), UserError),
    ],
)
async def test_what_is_no_answer_is_an_error(
    world: LogServices, tmp_path: Path, kind: str, answer: tuple[int, str], error: type[Exception]
) -> None:
    """Transient where waiting helps."""
    world.answer = answer
    with pytest.raises(error):
        await read(source(world, kind, tmp_path))


async def test_a_service_that_is_away_may_come_back(tmp_path: Path) -> None:
    """A broken connection is transient; none that was configured is not."""
    with pytest.raises(Transient):
        await read(Loki("http://127.0.0.1:1", Clock()))
    with pytest.raises(UserError, match="YANTRA_LOKI_URL"):
        await read(Loki("", Clock()))


async def test_a_wrong_key_is_refused(world: LogServices, tmp_path: Path) -> None:
    """By the service, which is told."""
    wrong = AwsKey(AWS_KEY.id, "another", AWS_KEY.region, AWS_KEY.service)
    with pytest.raises(UserError, match="InvalidSignature"):
        await read(CloudWatch("/shop", wrong, Clock(), url=world.url))


async def test_a_token_of_google_is_kept_until_its_end(world: LogServices, tmp_path: Path) -> None:
    """Asked for once in an hour."""
    clock = Clock()
    one = source(world, "cloud logging", tmp_path, clock)
    await read(one)
    await read(one)
    assert len(world.tokens) == 1
    clock.at += 3_500
    await read(one)
    assert len(world.tokens) == 2


async def test_entries_of_google_say_their_severity(world: LogServices, tmp_path: Path) -> None:
    """A trace in a text of an entry is one, as is a message in an object."""
    trace = 'Traceback (most recent call last):\n  File "a.py", line 1, in f\nValueError: x'
    world.lines = [(NOW - 2, "p", trace), (NOW - 1, "p", '{"message": "no price"}')]
    records = read_records(await read(source(world, "cloud logging", tmp_path)))
    assert [record.text for record in records] == [f"ERROR {trace}", "ERROR no price"]
    assert all(record.is_error for record in records)


@pytest.mark.parametrize(
    ("method", "url", "headers", "body", "service", "signature"),
    [
        (
            "GET",
            "https://example.amazonaws.com/",
            {},
            b"",
            "service",
            "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
        ),
        (
            "GET",
            "https://example.amazonaws.com/a%20b?x=1%202&B=y",
            {},
            b"",
            "service",
            "dd2678a9a427d1e69a9d2fd68d0733457a2171c567f9475977bb8285f8219175",
        ),
        (
            "POST",
            "https://logs.eu-central-1.amazonaws.com/",
            {"content-type": "application/x-amz-json-1.1", "x-amz-target": "Logs_20140328.FilterLogEvents"},
            b'{"logGroupName": "/shop"}',
            "logs",
            "f2f8de9e71a1a36c623fa63266484b587ed39545bace81dfa08710a42ec6e63f",
        ),
    ],
)
def test_signatures_are_those_of_aws(
    method: str, url: str, headers: dict[str, str], body: bytes, service: str, signature: str
) -> None:
    """The first is of AWS's own examples, all are what its own library makes."""
    region = "us-east-1" if service == "service" else "eu-central-1"
    key = AwsKey(AWS_KEY.id, AWS_KEY.secret, region, service)
    signed = sign(key, method, URL(url), headers, body, at=1_440_938_160.0)
    assert signed["authorization"].endswith(f"Signature={signature}")
    assert AWS_KEY.secret not in repr(key)


@pytest.mark.parametrize(
    "change", [{"type": "authorized_user"}, {"private_key": "none"}, {"token_uri": "ftp://x"}, {"project_id": None}]
)
def test_a_wrong_key_file_stops_the_start(world: LogServices, tmp_path: Path, change: dict[str, Any]) -> None:
    """With the cure, and with nothing of the key."""
    file = tmp_path / "key.json"
    said = {key: value for key, value in (world.account() | change).items() if value is not None}
    file.write_text(json.dumps(said))
    with pytest.raises(SettingsError, match="Cure") as refused:
        read_account(file)
    assert "PRIVATE KEY" not in str(refused.value)


class Named:
    def __init__(self, name: str) -> None:
        self.name = name

    async def read(self, *_: Any, **__: Any) -> list[LogLine]:
        return [LogLine(0.0, "", self.name)]


async def test_what_the_operator_says_of_a_service_goes_first() -> None:
    """Then a repository's selector of Loki, then the pods."""
    services = [Service("shop", "Acme/Shop", "production"), Service("pay", "acme/pay", "production")]
    sources = LogSources(services, {"shop": Named("cloud")}, loki=Named("loki"), pods=Named("pods"))

    async def where(repository: Repository, environment: str, rule: LogRule) -> str:
        found = await sources.read(repository, Environment(environment, "c", "n"), rule, since=0, limit=1)
        return found[0].text

    assert await where(SHOP, "production", RULE) == "cloud"
    assert await where(SHOP, "staging", RULE) == "loki"
    assert await where(Repository(2, "acme", "pay"), "production", LogRule()) == "pods"


@pytest.mark.parametrize("kind", ["cloudwatch", "cloud logging"])
async def test_an_empty_page_is_not_the_end(world: LogServices, tmp_path: Path, kind: str) -> None:
    """Where it has a token: not all was looked through yet."""
    world.begins_empty = True
    assert len(await read(source(world, kind, tmp_path))) == 200


@EVERY
async def test_a_key_over_many_lines_reaches_nobody(world: LogServices, tmp_path: Path, kind: str) -> None:
    """Written at one moment, line by line; what stands beside it is read."""
    body = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC"
    key = ["-----BEGIN " + "PRIVATE KEY-----", *[body] * 3, "-----END " + "PRIVATE KEY-----"]
    world.lines = [(NOW - 100 + n / 1_000, "shop-1", text) for n, text in enumerate(["before", *key, "after"])]
    texts = " ".join(line.text for line in await read(source(world, kind, tmp_path)))
    assert body not in texts
    assert "before" in texts
    assert "after" in texts


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ('{app="shop"}', '{app="shop", namespace="shop-p"}'),
        ('{namespace="another-teams"}', '{namespace="another-teams", namespace="shop-p"}'),
        ('{app=~".+",}', '{app=~".+", namespace="shop-p"}'),
        ("{}", '{namespace="shop-p"}'),
    ],
)
def test_a_repository_chooses_lines_of_its_own_namespace_alone(selector: str, expected: str) -> None:
    """The token reads everybody's: who names another namespace asks for what is in both, which is nothing."""
    assert confine(selector, "shop-p") == expected
    with pytest.raises(UserError, match="no namespace"):
        confine(selector, 'x"} or {a="b')
