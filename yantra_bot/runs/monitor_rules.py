"""The part `monitor:` of a repository's rules: how each environment is watched, and what may be done there. Pure.

Every environment of `deploy:` has a Watch, also one of which nothing is said: then the standard rules hold, and all
that could be done is only suggested.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from yantra_bot.domain.alerts import Severity
from yantra_bot.domain.environment import Environment
from yantra_bot.domain.incidents import HealingKind, Policy
from yantra_bot.domain.monitoring import LogRule, MetricName, MonitorRules, Watch, WatchRule
from yantra_bot.domain.repository import called_name
from yantra_bot.monitor.standard_rules import STANDARD_RULES
from yantra_bot.runs.health_rules import read_http, read_urls
from yantra_bot.runs.rule_keys import Keys, RefuseAt

WATCH_KEYS: Final = (
    *("owners", "scale", "restart", "roll_back", "hot_fix", "dry_run", "actions_an_hour", "hot_fixes_a_day"),
    *(
        "cooldown_minutes",
        "watch_minutes",
        "most_replicas",
        "most_memory",
        "rules",
        "queries",
        "probes",
        "urls",
        "logs",
    ),
)
RULE_KEYS: Final = ("name", "metric", "above", "below", "severity", "action", "for_seconds", "alerts", "enabled")
MAX_OWNERS: Final = 20
MAX_RULES: Final = 50
MAX_ALERTS: Final = 20
MAX_QUERY: Final = 2_000
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_. -]{0,58}[A-Za-z0-9]")
_PATTERN: Final = re.compile(r"(?=.*[A-Za-z0-9])[A-Za-z0-9_.: *-]{1,100}")
"""A name of alerts, `*` as wildcard; more than wildcards, else it would be every alert."""
_MEMORY: Final = re.compile(r"[1-9]\d{0,6}(?:Mi|Gi)")
_SELECTOR: Final = re.compile(r"\{[^{}]{1,500}\}")


def parse_monitor(value: Any, refuse_at: RefuseAt, environments: Mapping[str, Environment]) -> MonitorRules:
    """Return the rules of these environments; raise what `refuse_at` makes for a key that is wrong."""
    if value is not None and not isinstance(value, dict):
        raise refuse_at((), "has to hold names of environments, such as production, each with keys below it")
    found = value or {}
    for name in found:
        if name not in environments:
            known = ", ".join(environments) or "none"
            raise refuse_at((str(name),), f"is no environment of `deploy:`. There are: {known}")
    return MonitorRules({name: _watch(one, found.get(name), refuse_at) for name, one in environments.items()})


def _watch(environment: Environment, value: Any, refuse_at: RefuseAt) -> Watch:
    keys = Keys.read(value, (environment.name,), refuse_at, known=WATCH_KEYS, example="restart: approve")
    default, health = Watch(environment.name), environment.health
    return Watch(
        environment=environment.name,
        owners=_owners(keys),
        scale=_policy(keys, "scale"),
        restart=_policy(keys, "restart"),
        roll_back=_policy(keys, "roll_back"),
        hot_fix=_policy(keys, "hot_fix"),
        is_dry=keys.flag("dry_run", default.is_dry),
        actions_an_hour=keys.whole("actions_an_hour", default.actions_an_hour, least=0, most=60),
        hot_fixes_a_day=keys.whole("hot_fixes_a_day", default.hot_fixes_a_day, least=0, most=50),
        cooldown_minutes=keys.number("cooldown_minutes", default.cooldown_minutes, least=0, most=1_440),
        watch_minutes=keys.number("watch_minutes", default.watch_minutes, least=0.05, most=1_440),
        most_replicas=keys.whole("most_replicas", default.most_replicas, least=1, most=1_000),
        most_memory=keys.word("most_memory", default.most_memory, shape=_MEMORY, what="a size such as 512Mi or 2Gi"),
        rules=_rules(keys),
        queries=_queries(keys),
        probes=read_http(keys, "probes") if "probes" in keys.found else health.http,
        urls=read_urls(keys, "urls") if "urls" in keys.found else health.urls,
        logs=_logs(keys),
    )


def _owners(keys: Keys) -> tuple[str, ...]:
    owners = keys.listed("owners", most=MAX_OWNERS)
    if not all(isinstance(one, str) and called_name(one) for one in owners):
        raise keys.refuse("owners", 'has to be a list of logins and teams, such as [alice, "@acme/shop"]')
    return tuple(dict.fromkeys(owners))


def _policy(keys: Keys, name: str) -> Policy:
    value = keys.found.get(name, Policy.SUGGEST)
    if not isinstance(value, str) or value not in set(Policy):
        raise keys.refuse(name, f"has to be one of {', '.join(Policy)}")
    return Policy(value)


def _rules(keys: Keys) -> tuple[WatchRule, ...]:
    """Return the standard rules, changed by what is written under their names, and those that are new."""
    rules = {one.name: one for one in STANDARD_RULES}
    seen: set[str] = set()
    for part in keys.parts("rules", known=RULE_KEYS, example="name: HighErrorRate", most=MAX_RULES):
        part.needed("name")
        name = part.word("name", shape=_NAME, what="a name such as HighErrorRate")
        if name in seen:
            raise part.refuse("name", f"is {name!a} twice")
        seen.add(name)
        if part.flag("enabled", True):
            rules[name] = _rule(name, part, rules.get(name))
        elif rules.pop(name, None) is None:
            known = ", ".join(one.name for one in STANDARD_RULES)
            raise part.refuse("enabled", f"is false, and there is no standard rule of this name. There are: {known}")
    return tuple(rules.values())


def _rule(name: str, part: Keys, standard: WatchRule | None) -> WatchRule:
    if standard is None:
        part.needed("metric")
    rule = standard or WatchRule(name, MetricName.UP)
    values: dict[str, Any] = {}
    if "metric" in part.found:
        values["metric"] = _one_of(part, "metric", MetricName)
    if "severity" in part.found:
        values["severity"] = _one_of(part, "severity", Severity)
    if "action" in part.found:
        values["action"] = _one_of(part, "action", HealingKind)
    if "above" in part.found or "below" in part.found:
        values |= {one: part.maybe_number(one, least=0, most=1e12) for one in ("above", "below")}
    if "alerts" in part.found:
        values["alerts"] = _patterns(part)
    values["for_seconds"] = part.number("for_seconds", rule.for_seconds, least=0, most=86_400)
    rule = replace(rule, **values)
    if (rule.above is None) == (rule.below is None):
        raise part.refuse("", "needs either `above` or `below`: the number from which on something is wrong")
    return rule


def _one_of(part: Keys, name: str, choices: type[MetricName] | type[Severity] | type[HealingKind]) -> Any:
    value = part.found[name]
    if not isinstance(value, str) or value not in {str(one) for one in choices}:
        raise part.refuse(name, f"has to be one of {', '.join(str(one) for one in choices)}")
    return choices(value)


def _patterns(part: Keys) -> tuple[str, ...]:
    patterns = part.listed("alerts", most=MAX_ALERTS)
    if not all(isinstance(one, str) and _PATTERN.fullmatch(one) for one in patterns):
        raise part.refuse("alerts", 'has to be a list of alerts\' names in quotes, such as ["HighLatency*"]')
    return tuple(patterns)


def _queries(keys: Keys) -> dict[MetricName, str]:
    names = tuple(str(one) for one in MetricName)
    part = keys.part("queries", known=names, example="error_rate: 'sum(rate(errors[5m]))'")
    queries = {MetricName(name): part.text(name, most=MAX_QUERY) for name in part.found}
    empty = next((name for name, query in queries.items() if not query.strip()), None)
    if empty is not None:
        raise part.refuse(empty, "is empty. Cure: write the query, or leave the key out")
    return queries


def _logs(keys: Keys) -> LogRule:
    part = keys.part("logs", known=("enabled", "threshold", "loki"), example="threshold: 5")
    default = LogRule()
    return LogRule(
        is_watched=part.flag("enabled", default.is_watched),
        threshold=part.whole("threshold", default.threshold, least=1, most=100_000),
        loki=part.word("loki", shape=_SELECTOR, what="a selector of Loki in quotes, such as '{namespace=\"shop\"}'"),
    )
