"""The part `health:` of an environment's rules: when a version counts as healthy, parsed. Pure.

Addresses are read as strictly as they can be without asking anybody; which of them may be reached is judged again, by
what their names lead to, when a check is made.
"""

import ipaddress
import re
from typing import Any, Final
from urllib.parse import urlsplit

from yantra_bot.domain.environment import HealthRule, HttpCheck, MetricCheck, UrlCheck
from yantra_bot.runs.rule_keys import Keys, Path, RefuseAt

MAX_CHECKS: Final = 10
MAX_QUERY: Final = 2_000
COUNTS: Final = ("healthy_samples", "failing_samples", "silence_samples")
SECONDS: Final = {"interval_seconds": (1, 300), "start_seconds": (0, 1_800), "deadline_seconds": (10, 3_600)}
"""Least and most of each."""
_PATH: Final = re.compile(r"/(?!/)[!-~]{0,499}")
_PORT_NAME: Final = re.compile(r"(?=[a-z0-9-]*[a-z])[a-z0-9](?:-?[a-z0-9]){0,14}")
_HEADER: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,59}")
_NAME: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 _.:%/-]{0,58}[A-Za-z0-9%])?")
_HOST: Final = re.compile(
    r"(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*"
)
_NUMBER: Final = re.compile(r"(?:0x[0-9a-f]*|\d+)")


def parse_health(value: Any, path: Path, refuse_at: RefuseAt) -> HealthRule:
    """Return the rule; raise what `refuse_at` makes for a key that is wrong."""
    known = ("http", "urls", "metrics", *COUNTS, *SECONDS)
    keys = Keys.read(value, path, refuse_at, known=known, example="interval_seconds: 10")
    default = HealthRule()
    counts = {name: keys.whole(name, getattr(default, name), least=1, most=100) for name in COUNTS}
    seconds = {
        name: keys.number(name, getattr(default, name), least=least, most=most)
        for name, (least, most) in SECONDS.items()
    }
    checks = {"http": read_http(keys, "http"), "urls": read_urls(keys, "urls"), "metrics": _metrics(keys)}
    rule = HealthRule(**checks, **counts, **seconds)  # type: ignore[arg-type]  # by the names of three tables
    needed = rule.interval_seconds * rule.healthy_samples
    if needed > rule.deadline_seconds:
        raise keys.refuse(
            "deadline_seconds",
            f"is shorter than {rule.healthy_samples} samples {rule.interval_seconds:g} s apart: nothing could pass",
        )
    return rule


def read_http(keys: Keys, name: str) -> tuple[HttpCheck, ...]:
    """Return the requests to pods that stand below a key."""
    known = ("path", "port", "status", "body", "scheme", "version_header", "timeout_seconds")
    default = HttpCheck()
    found = []
    for part in keys.parts(name, known=known, example="path: /health", most=MAX_CHECKS):
        scheme = part.text("scheme", default.scheme)
        if scheme not in ("http", "https"):
            raise part.refuse("scheme", "has to be http or https")
        found.append(
            HttpCheck(
                path=part.word("path", default.path, shape=_PATH, what="a path such as /health"),
                port=_port(part),
                scheme=scheme,
                timeout_seconds=_timeout(part, default.timeout_seconds),
                **_answer(part),
            )
        )
    return tuple(found)


def read_urls(keys: Keys, name: str) -> tuple[UrlCheck, ...]:
    """Return the requests to addresses of the service that stand below a key."""
    known = ("url", "status", "body", "version_header", "timeout_seconds")
    found = []
    for part in keys.parts(name, known=known, example="url: https://shop.example.com/health", most=MAX_CHECKS):
        part.needed("url")
        url = part.text("url", most=1_000)
        if problem := problem_of_url(url):
            raise part.refuse("url", problem)
        found.append(UrlCheck(url=url, timeout_seconds=_timeout(part, UrlCheck("").timeout_seconds), **_answer(part)))
    return tuple(found)


def _metrics(keys: Keys) -> tuple[MetricCheck, ...]:
    known = ("name", "query", "most", "most_ratio", "least_before")
    found: list[MetricCheck] = []
    for part in keys.parts("metrics", known=known, example="name: error rate", most=MAX_CHECKS):
        part.needed("name", "query")
        check = MetricCheck(
            name=part.word("name", shape=_NAME, what="a short name, such as error rate"),
            query=part.text("query", most=MAX_QUERY),
            most=part.maybe_number("most", least=-1e12, most=1e12),
            most_ratio=part.maybe_number("most_ratio", least=0, most=1e6),
            least_before=part.number("least_before", 0, least=0, most=1e12),
        )
        _check_metric(check, part)
        if check.name in {one.name for one in found}:
            raise part.refuse("name", f"is {check.name!a} twice")
        found.append(check)
    return tuple(found)


def _check_metric(check: MetricCheck, part: Keys) -> None:
    if check.most is None and check.most_ratio is None:
        raise part.refuse("", "has neither `most` nor `most_ratio`: nothing could fail it")
    if not check.query.strip():
        raise part.refuse("query", "is empty")
    if check.most_ratio is not None and "{pods}" not in check.query and "{version}" not in check.query:
        raise part.refuse("query", "names neither `{pods}` nor `{version}`: it would compare a version with itself")


def _answer(part: Keys) -> dict[str, Any]:
    """Read what an answer has to be like."""
    what = "the name of a header, such as X-Version"
    return {
        "status": part.whole("status", 200, least=100, most=599),
        "body": part.text("body", most=500),
        "version_header": part.word("version_header", shape=_HEADER, what=what),
    }


def _timeout(part: Keys, otherwise: float) -> float:
    return part.number("timeout_seconds", otherwise, least=0.1, most=30)


def _port(part: Keys) -> int | str:
    port = part.found.get("port", 0)
    if isinstance(port, str):
        return part.word("port", shape=_PORT_NAME, what="the number of a port, or its name in the manifest")
    return part.whole("port", 0, least=1 if "port" in part.found else 0, most=65_535)


def problem_of_url(url: str) -> str:
    """Return what keeps a text from being a plain address of the web, as the end of a sentence; empty: nothing."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "is no address"
    if parts.scheme not in ("http", "https") or not url.lower().startswith(f"{parts.scheme}://"):
        return "has to begin with https:// or http://"
    if "@" in parts.netloc or "\\" in url or any(not "!" <= letter <= "~" for letter in url):
        return "has a name and password, a backslash, a space or letters beyond ASCII in it. Cure: leave them out"
    if parts.fragment or port == 0:
        return "has a part after # or the port 0. Cure: leave it out"
    return _problem_of_host(host)


def _problem_of_host(host: str) -> str:
    """Numbers have more than one spelling (`2130706433`, `127.1`): only the usual one of an address is taken."""
    try:
        is_address = "%" not in host and str(ipaddress.ip_address(host)) == host
    except ValueError:
        is_address = False
    if is_address:
        return ""
    if not _HOST.fullmatch(host) or _NUMBER.fullmatch(host.rsplit(".", 1)[-1]):
        return f"names {host[:60]!a}, which is no host"
    return ""
