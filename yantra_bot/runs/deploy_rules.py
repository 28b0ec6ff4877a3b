"""The part `deploy:` of a repository's rules: its environments and what holds for each, parsed. Pure.

It chooses among what the operator allows: clusters are names of the operator's, and which namespaces and registries may
be used is judged elsewhere. What is odd is refused, never guessed at: a wrong rule would deploy.
"""

import re
from typing import Any, Final

from yantra_bot.deploy import freezes
from yantra_bot.domain.environment import (
    ApprovalRule,
    DeployRules,
    Environment,
    FreezeWindow,
    Strategy,
    StrategyKind,
)
from yantra_bot.domain.paths import check_path
from yantra_bot.domain.redaction import find_shapes
from yantra_bot.errors import UserError
from yantra_bot.runs.health_rules import parse_health
from yantra_bot.runs.rule_keys import Keys, Path, RefuseAt

KEYS: Final = ("service", "image", "tag", "environments")
ENVIRONMENT_KEYS: Final = (
    *("cluster", "namespace", "manifests", "chart", "values", "after", "approval", "health", "strategy", "freeze"),
    *("pull_requests", "zero_first", "takes_over", "port", "replicas", "variables"),
)
MAX_ENVIRONMENTS: Final = 20
MAX_APPROVERS: Final = 50
MAX_FREEZES: Final = 20
MAX_STEPS: Final = 10
MAX_VARIABLES: Final = 100
MAX_HOLD_SECONDS: Final = 3_600
NAME: Final = re.compile(r"[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?")
"""Of a service and of an environment: part of names in a cluster, beside what is put before and after it."""
_NAMESPACE: Final = re.compile(r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?")
_CLUSTER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
_HOST: Final = r"(?=[^/]*[.:]|localhost/)[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?(?::[1-9]\d{0,4})?"
_PART: Final = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
IMAGE: Final = re.compile(rf"{_HOST}(?:/{_PART})+")
"""A repository of images: host and path, with neither a tag nor a digest."""
_TAG: Final = re.compile(r"(?:[A-Za-z0-9_]|\{commit\}|\{short\})(?:[A-Za-z0-9_.-]|\{commit\}|\{short\}){0,80}")
_LOGIN: Final = re.compile(r"[A-Za-z0-9](?:-?[A-Za-z0-9_]){0,38}")
_VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")
_SMALL: Final = "small letters, digits and dashes, such as"


def parse_deploy(value: Any, refuse_at: RefuseAt) -> DeployRules:
    """Return the rules; raise what `refuse_at` makes for a key that is wrong."""
    if value is None:
        return DeployRules()
    keys = Keys.read(value, (), refuse_at, known=KEYS, example="service: shop")
    environments = _environments(keys.found.get("environments"), refuse_at)
    image = keys.word("image", shape=IMAGE, what="host and path of an image, such as ghcr.io/acme/shop, without a tag")
    if environments and not image:
        raise keys.refuse("", "has environments and no `image`. Cure: write where the image of each commit lies")
    default = DeployRules()
    return DeployRules(
        service=keys.word("service", shape=NAME, what=f"{_SMALL} shop"),
        image=image,
        tag=_tag(keys, default.tag),
        environments=environments,
    )


def _tag(keys: Keys, otherwise: str) -> str:
    what = "a tag with `{commit}` or `{short}` in it, such as 'main-{short}'"
    tag = keys.word("tag", otherwise, shape=_TAG, what=what)
    if "{" not in tag:
        raise keys.refuse("tag", f"has to be {what}: another one would not say which commit it is of")
    return tag


def _environments(value: Any, refuse_at: RefuseAt) -> dict[str, Environment]:
    path: Path = ("environments",)
    if value is None:
        return {}
    if not isinstance(value, dict) or len(value) > MAX_ENVIRONMENTS:
        raise refuse_at(path, f"has to hold up to {MAX_ENVIRONMENTS} names, such as staging, each with keys below it")
    found: dict[str, Environment] = {}
    for name, one in value.items():
        if not isinstance(name, str) or not NAME.fullmatch(name):
            raise refuse_at((*path, str(name)), f"is no name of an environment: {_SMALL} staging")
        found[name] = _environment(name, one, refuse_at)
    _check_order(found, refuse_at)
    _check_places(found, refuse_at)
    return found


def _environment(name: str, value: Any, refuse_at: RefuseAt) -> Environment:
    path = ("environments", name)
    keys = Keys.read(value, path, refuse_at, known=ENVIRONMENT_KEYS, example="cluster: main")
    keys.needed("cluster", "namespace")
    default = Environment(name, "", "")
    manifests, chart, values = _sources(keys)
    return Environment(
        name=name,
        cluster=keys.word("cluster", shape=_CLUSTER, what="a name that the operator gave to a cluster, such as main"),
        namespace=keys.word("namespace", shape=_NAMESPACE, what=f"a namespace: {_SMALL} shop-staging"),
        manifests=manifests,
        chart=chart,
        values=values,
        after=keys.word("after", shape=NAME, what="the name of another environment"),
        approval=_approval(keys),
        health=parse_health(keys.found.get("health"), (*path, "health"), refuse_at),
        strategy=_strategy(keys),
        freezes=_freezes(keys),
        takes_pull_requests=keys.flag("pull_requests", default.takes_pull_requests),
        zeroes_first=keys.flag("zero_first", default.zeroes_first),
        takes_over=keys.flag("takes_over", default.takes_over),
        port=keys.whole("port", default.port, least=1, most=65_535),
        replicas=keys.whole("replicas", default.replicas, least=1, most=1_000),
        variables=_variables(keys),
    )


def _sources(keys: Keys) -> tuple[str, str, str]:
    """Return where an environment's objects come from: manifests, or a chart, and its values."""
    manifests, chart, values = (_path(keys, name) for name in ("manifests", "chart", "values"))
    if manifests and chart:
        raise keys.refuse("chart", "stands beside `manifests`. Cure: leave one of them out")
    if values and not chart:
        raise keys.refuse("values", "belongs to a `chart`, and there is none. Cure: name it, or leave this out")
    return manifests, chart, values


def _path(keys: Keys, name: str) -> str:
    value = keys.text(name, most=1_000)
    try:
        return check_path(value.rstrip("/")) if value else ""
    except UserError as odd:
        raise keys.refuse(name, "has to be a file or a folder of the repository, such as deploy/staging") from odd


def _approval(keys: Keys) -> ApprovalRule:
    part = keys.part("approval", known=("count", "people", "requester"), example="count: 1")
    people = part.listed("people", most=MAX_APPROVERS)
    if not all(isinstance(one, str) and _LOGIN.fullmatch(one) for one in people):
        raise part.refuse("people", "has to be a list of logins, such as [alice, bob]")
    logins = tuple({one.lower(): one for one in people}.values())
    count = part.whole("count", 1 if part.found else 0, least=0, most=10)
    if logins and count > len(logins):
        raise part.refuse("count", f"is {count}, and `people` are {len(logins)}: nobody could ever deploy")
    return ApprovalRule(count, logins, excludes_requester=not part.flag("requester", False))


def _strategy(keys: Keys) -> Strategy:
    part = keys.part("strategy", known=("kind", "steps", "hold_seconds", "pause"), example="kind: canary")
    default = Strategy()
    kind = part.found.get("kind", default.kind)
    if not isinstance(kind, str) or kind not in set(StrategyKind):
        raise part.refuse("kind", f"has to be one of {', '.join(StrategyKind)}")
    if "steps" in part.found and kind != StrategyKind.CANARY:
        raise part.refuse("steps", "belongs to the kind canary. Cure: leave it out, or write `kind: canary`")
    steps = part.listed("steps", most=MAX_STEPS) if "steps" in part.found else list(default.steps)
    is_rising = all(isinstance(one, int) and not isinstance(one, bool) and 0 < one < 100 for one in steps)
    if not steps or not is_rising or steps != sorted(set(steps)):
        raise part.refuse("steps", "has to be rising whole numbers from 1 to 99, such as [10, 50]: shares in percent")
    return Strategy(
        StrategyKind(kind),
        tuple(steps),
        part.number("hold_seconds", default.hold_seconds, least=0, most=MAX_HOLD_SECONDS),
        part.flag("pause", default.is_paused_between),
    )


def _freezes(keys: Keys) -> tuple[FreezeWindow, ...]:
    example = 'from: "Fri 16:00"'
    parts = keys.parts("freeze", known=("from", "to", "zone", "reason"), example=example, most=MAX_FREEZES)
    found = []
    for part in parts:
        part.needed("from", "to")
        window = FreezeWindow(part.text("from"), part.text("to"), part.text("zone", "UTC"), part.text("reason"))
        if problem := freezes.check(window):
            raise part.refuse("", problem)
        found.append(window)
    return tuple(found)


def _variables(keys: Keys) -> dict[str, str]:
    value = keys.found.get("variables", {})
    if not isinstance(value, dict) or len(value) > MAX_VARIABLES:
        raise keys.refuse("variables", f"has to hold up to {MAX_VARIABLES} names with a text each")
    for name, text in value.items():
        path = (*keys.path, "variables", str(name))
        if not isinstance(name, str) or not _VARIABLE.fullmatch(name):
            raise keys.refuse_at(path, "is no name of a variable, such as LOG_LEVEL")
        if not isinstance(text, str) or len(text) > 4_000 or "\0" in text:
            raise keys.refuse_at(path, 'has to be text. Cure: write it in quotes, such as "1"')
        if find_shapes(text):
            raise keys.refuse_at(path, "looks like a secret. Cure: keep it in a Secret of the cluster, and replace it")
    return dict(value)


def _check_order(environments: dict[str, Environment], refuse_at: RefuseAt) -> None:
    for name, one in environments.items():
        path, seen, place = ("environments", name, "after"), [name], one.after
        while place:
            if place not in environments:
                raise refuse_at(path, f"leads to {place}, which is no environment here")
            if place in seen:
                raise refuse_at(path, f"goes in a circle: {' after '.join((*seen, place))}. Cure: take one out")
            seen.append(place)
            place = environments[place].after


def _check_places(environments: dict[str, Environment], refuse_at: RefuseAt) -> None:
    """Two environments in one namespace would overwrite each other's objects."""
    taken: dict[tuple[str, str], str] = {}
    for name, one in environments.items():
        other = taken.setdefault((one.cluster, one.namespace), name)
        if other != name:
            path = ("environments", name, "namespace")
            raise refuse_at(path, f"is that of {other}, too: each would overwrite what the other deployed")
