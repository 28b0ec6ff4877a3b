"""Rules of a repository: Markdown files with front matter that says when they hold. Pure; a wrong one is named.

    ---
    paths: ["src/api/**"]
    tags: [sql, migrations]
    ---
    Never build a statement out of strings.

A rule holds always, or where a file that is touched has one of its paths, or the task is about one of its tags.
"""

from dataclasses import dataclass
from typing import Any, Final

import yaml

from yantra_bot.domain.globs import check_pattern, expand
from yantra_bot.errors import UserError

FOLDER: Final = ".github/yantra/rules"
MAX_FILES: Final = 64
MAX_BYTES: Final = 32_000
MAX_FRONT_MATTER: Final = 4_000
MAX_ITEMS: Final = 32
MAX_TAG: Final = 60
_KEYS: Final = frozenset({"paths", "tags", "always"})
_FENCE: Final = "---"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, and when it holds."""

    path: str
    text: str
    paths: tuple[str, ...] = ()
    """Globs relative to the root of the repository."""
    tags: tuple[str, ...] = ()
    is_always: bool = False


def parse_rule(path: str, data: bytes) -> Rule:
    """Return the rule of a file. Raises UserError, which says what is wrong with it and the cure."""
    if len(data) > MAX_BYTES:
        raise UserError(f"it is larger than {MAX_BYTES // 1000} kB. Shorten it, or split it")
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise UserError(f"it is not UTF-8 text (byte {error.start})") from error
    first, _, rest = text.partition("\n")
    front, fence, body = rest.partition(f"\n{_FENCE}\n")
    if first.rstrip() != _FENCE or not fence:
        raise UserError("it has no front matter. Begin it with lines such as ---, paths: [src/**], ---")
    found = _load(front)
    rule = Rule(path, body.strip(), _globs(found), _tags(found), _always(found))
    if not (rule.paths or rule.tags or rule.is_always):
        raise UserError("its front matter does not say when it holds. Give paths, tags, or always: true")
    if not rule.text:
        raise UserError("it says nothing below its front matter")
    return rule


def _load(front: str) -> dict[Any, Any]:
    if len(front) > MAX_FRONT_MATTER:
        raise UserError(f"its front matter has more than {MAX_FRONT_MATTER:,} characters")
    try:
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(front, Loader=yaml.SafeLoader)):
            raise UserError("its front matter has an alias (*name). Write the value out")
        found = yaml.safe_load(front)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 2}" if mark is not None else ""
        raise UserError(f"its front matter is no valid YAML{where}") from error
    if not isinstance(found, dict):
        raise UserError("its front matter has to hold keys and values, such as paths: [src/**]")
    unknown = sorted(str(key)[:80] for key in found if key not in _KEYS)
    if unknown:
        raise UserError(f"its front matter has {unknown[0]!a}, which is not known. Known are: always, paths, tags")
    return found


def _words(found: dict[Any, Any], key: str) -> tuple[str, ...]:
    value = found.get(key, [])
    words = [value] if isinstance(value, str) else value
    if not isinstance(words, list) or len(words) > MAX_ITEMS or not all(isinstance(one, str) and one for one in words):
        raise UserError(f"{key} has to be a list of at most {MAX_ITEMS} texts")
    return tuple(words)


def _globs(found: dict[Any, Any]) -> tuple[str, ...]:
    patterns = _words(found, "paths")
    for pattern in patterns:
        expand(check_pattern(pattern))
    return patterns


def _tags(found: dict[Any, Any]) -> tuple[str, ...]:
    tags = _words(found, "tags")
    if any(len(tag) > MAX_TAG for tag in tags):
        raise UserError(f"a tag has more than {MAX_TAG} characters")
    return tags


def _always(found: dict[Any, Any]) -> bool:
    value = found.get("always", False)
    if not isinstance(value, bool):
        raise UserError("always has to be true or false")
    return value
