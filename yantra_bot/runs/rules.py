"""A repository's own rules: `.github/yantra.yml` of its default branch, or of a pull request's base, parsed. Pure.

They can narrow what the operator allows, never widen it; a wrong file is named with its line, not guessed at.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import yaml

from yantra_bot.domain.browsing import BrowserRules
from yantra_bot.domain.environment import DeployRules
from yantra_bot.domain.integration import IntegrationRules
from yantra_bot.domain.monitoring import MonitorRules
from yantra_bot.domain.runners import RunnerName
from yantra_bot.domain.templates import Template
from yantra_bot.errors import UserError
from yantra_bot.ports import TestCommand
from yantra_bot.runs.browser_rules import parse_browser
from yantra_bot.runs.deploy_rules import parse_deploy
from yantra_bot.runs.follow_up_rules import FollowUpSettings, parse_follow_up
from yantra_bot.runs.integration_rules import parse_integration
from yantra_bot.runs.memory_rules import MemoryRules, parse_memory
from yantra_bot.runs.monitor_rules import parse_monitor
from yantra_bot.runs.review_rules import ReviewSettings, parse_review
from yantra_bot.runs.rule_keys import Path, RefuseAt
from yantra_bot.runs.template_rules import parse_templates

PATH = ".github/yantra.yml"
MAX_BYTES = 64_000
_KEYS = {
    *("tests", "budget_usd", "enabled", "review", "follow_up"),
    *("templates", "browser", "integration", "memory", "deploy", "monitor"),
}
_TEST_KEYS = {"command", "runner", "timeout_seconds", "cover_percent"}


@dataclass(frozen=True, slots=True)
class RepositoryRules:
    """What the maintainers decided for their repository."""

    enabled: bool = True
    budget_usd: float | None = None
    """Most that one run may cost here, in USD; the smallest of all budgets counts."""
    tests: TestCommand = field(default_factory=TestCommand)
    cover_percent: int = 90
    """Share of the changed lines, in percent, that tests have to run; where less is, tests are written. 0: never."""
    review: ReviewSettings = field(default_factory=ReviewSettings)
    follow_up: FollowUpSettings = field(default_factory=FollowUpSettings)
    templates: dict[str, Template] = field(default_factory=dict)
    """What plans are made after, beside what the bot brings."""
    browser: BrowserRules = field(default_factory=BrowserRules)
    integration: IntegrationRules = field(default_factory=IntegrationRules)
    memory: MemoryRules = field(default_factory=MemoryRules)
    deploy: DeployRules = field(default_factory=DeployRules)
    monitor: MonitorRules = field(default_factory=MonitorRules)


def parse_rules(data: bytes | None, *, test_seconds: float = TestCommand().timeout_seconds) -> RepositoryRules:
    """Return the rules; raise UserError that names the file, the line and the cure.

    `test_seconds` is what the operator lets a run of the tests take.
    """
    if data is None:
        return RepositoryRules(tests=TestCommand(timeout_seconds=test_seconds))
    if len(data) > MAX_BYTES:
        raise UserError(f"{PATH} is larger than {MAX_BYTES // 1000} kB. Cure: shorten it.")
    found = _load(data)
    if not isinstance(found, dict):
        raise UserError(f"{PATH} has to hold keys and values, such as `budget_usd: 2`.")
    unknown = next((str(key) for key in found if key not in _KEYS), None)
    if unknown is not None:
        line = _line_of(data, (unknown,))
        raise UserError(f"{PATH}{line}: {unknown[:80]} is not known. Known are: {', '.join(sorted(_KEYS))}.")
    budget = found.get("budget_usd")
    if budget is not None and (not _is_number(budget) or not 0 < budget < 1e6):
        raise UserError(f"{PATH}: budget_usd has to be a positive number.")
    enabled = found.get("enabled", True)
    if not isinstance(enabled, bool):
        raise UserError(f"{PATH}: enabled has to be true or false.")
    tests = _tests(found.get("tests"), test_seconds)
    deploy = parse_deploy(found.get("deploy"), _deep_refuser(data, "deploy"))

    return RepositoryRules(
        enabled,
        float(budget) if budget is not None else None,
        tests,
        _cover(found.get("tests")),
        parse_review(found.get("review"), _refuser(data, "review")),
        parse_follow_up(found.get("follow_up"), _refuser(data, "follow_up")),
        parse_templates(found.get("templates"), _refuser(data, "templates")),
        parse_browser(found.get("browser"), _refuser(data, "browser")),
        parse_integration(found.get("integration"), _refuser(data, "integration")),
        parse_memory(found.get("memory"), _refuser(data, "memory")),
        deploy,
        parse_monitor(found.get("monitor"), _deep_refuser(data, "monitor"), deploy.environments),
    )


def _refuser(data: bytes, part: str) -> Callable[[str, str], UserError]:
    """Return what makes the error of a key below `part`."""

    def refuse(key: str, problem: str) -> UserError:
        line = _line_of(data, (part, key) if key else (part,))
        return UserError(f"{PATH}{line}: {part}{f'.{key[:80]}' if key else ''} {problem}.")

    return refuse


def _deep_refuser(data: bytes, part: str) -> RefuseAt:
    """Return what makes the error of a value that lies deeper below `part`."""

    def refuse_at(path: Path, problem: str) -> UserError:
        return UserError(f"{PATH}{_line_of(data, (part, *path))}: {'.'.join((part, *path))[:200]} {problem}.")

    return refuse_at


def _load(data: bytes) -> Any:
    try:
        text = data.decode("utf-8-sig")
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text, Loader=yaml.SafeLoader)):
            raise UserError(f"{PATH}: aliases (`*name`) are not taken. Cure: write the value out.")
        _refuse_twice(yaml.compose(text, Loader=yaml.SafeLoader))
        return yaml.safe_load(text)
    except UnicodeDecodeError as error:
        raise UserError(f"{PATH} is not UTF-8 text (byte {error.start}).") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark is not None else ""
        raise UserError(f"{PATH} is no valid YAML{where}.") from error


def _refuse_twice(root: yaml.Node | None) -> None:
    """YAML lets the last of two equal keys win without a word, which is not what anybody means."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, yaml.SequenceNode):
            waiting += node.value
        elif isinstance(node, yaml.MappingNode):
            seen: set[str] = set()
            for key, value in node.value:
                name = str(key.value)
                if name in seen:
                    raise UserError(f"{PATH}, line {key.start_mark.line + 1}: {name[:80]} is there twice. Remove one.")
                seen.add(name)
                waiting.append(value)


def _tests(value: object, most_seconds: float) -> TestCommand:
    if value is None:
        return TestCommand(timeout_seconds=most_seconds)
    if not isinstance(value, dict):
        raise UserError(f"{PATH}: tests has to hold `command` or `runner` and, if wanted, `timeout_seconds`.")
    _refuse_unknown(value, _TEST_KEYS, "tests.")
    command = value.get("command", [])
    if not isinstance(command, list) or not all(
        isinstance(word, str) and word and "\0" not in word for word in command
    ):
        raise UserError(f"{PATH}: tests.command has to be a list of words, such as [npm, test]; there is no shell.")
    timeout = value.get("timeout_seconds", most_seconds)
    if not _is_number(timeout) or not 0 < timeout <= max(3_600, most_seconds):
        raise UserError(f"{PATH}: tests.timeout_seconds has to be between 0 and 3600.")
    return TestCommand(tuple(command), min(float(timeout), most_seconds), _runner(value.get("runner"), command))


def _cover(tests: object) -> int:
    value = tests.get("cover_percent", 90) if isinstance(tests, dict) else 90
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 100:
        raise UserError(f"{PATH}: tests.cover_percent has to be a whole number from 0 to 100.")
    return value


def _runner(value: object, command: list[str]) -> RunnerName | None:
    if value is None:
        return None
    if command:
        raise UserError(f"{PATH}: tests has a command and a runner. Cure: leave one of them out.")
    if not isinstance(value, str) or value not in set(RunnerName):
        raise UserError(f"{PATH}: tests.runner has to be one of {', '.join(RunnerName)}.")
    return RunnerName(value)


def _refuse_unknown(found: dict[Any, Any], known: set[str], prefix: str) -> None:
    unknown = [str(key) for key in found if key not in known]
    if unknown:
        raise UserError(f"{PATH}: {prefix}{unknown[0][:80]} is not known. Known are: {', '.join(sorted(known))}.")


def _line_of(data: bytes, keys: tuple[str, ...]) -> str:
    """Return `, line N` of a key, which may be written with dashes, or of what leads there as far as it is found."""
    node, line = yaml.compose(data.decode("utf-8-sig"), Loader=yaml.SafeLoader), ""
    for key in keys:
        if isinstance(node, yaml.SequenceNode) and key.isdecimal() and int(key) < len(node.value):
            node = node.value[int(key)]
            line = f", line {node.start_mark.line + 1}"
            continue
        pairs = node.value if isinstance(node, yaml.MappingNode) else []
        wanted = key.replace("-", "_")
        found = next((pair for pair in pairs if str(pair[0].value).replace("-", "_") == wanted), None)
        if found is None:
            return line
        line, node = f", line {found[0].start_mark.line + 1}", found[1]
    return line


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
