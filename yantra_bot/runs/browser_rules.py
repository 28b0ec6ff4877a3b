"""The part `browser:` of a repository's rules, parsed. Pure.

It says how the repository's site is served and looked at. All of it happens in the sandbox: it can allow nothing that
tests may not do.
"""

from typing import Any, Final
from urllib.parse import urlsplit

from yantra_bot.domain.browsing import BrowserRules, Flow, FlowStep
from yantra_bot.domain.paths import check_path
from yantra_bot.errors import UserError
from yantra_bot.runs.review_rules import Refuse

KEYS: Final = ("enabled", "serve", "url", "root", "pages", "flows", "explore", "pictures")
MAX_PAGES: Final = 6
MAX_FLOWS: Final = 10
MAX_STEPS: Final = 30
MAX_TEXT: Final = 500
_FLOW_KEYS: Final = {"name", "start", "steps"}
_STEPS: Final = ("open", "fill", "click", "expect")


def parse_browser(value: Any, refuse: Refuse) -> BrowserRules:
    """Return the rules; raise what `refuse` makes for a key that is wrong."""
    default = BrowserRules()
    if value is None:
        return default
    if not isinstance(value, dict):
        raise refuse("", "has to hold keys and values, such as `serve: [flask, run]`")
    unknown = next((str(key) for key in value if key not in KEYS), None)
    if unknown is not None:
        raise refuse(unknown, f"is not known. Known are: {', '.join(sorted(KEYS))}")
    return BrowserRules(
        enabled=_flag(value.get("enabled", default.enabled), "enabled", refuse),
        serve=_words(value.get("serve", []), refuse),
        url=_url(value.get("url", default.url), refuse),
        root=_root(value.get("root", default.root), refuse),
        pages=_pages(value.get("pages", list(default.pages)), refuse),
        flows=_flows(value.get("flows", []), refuse),
        explores=_flag(value.get("explore", default.explores), "explore", refuse),
        pictures=_flag(value.get("pictures", default.pictures), "pictures", refuse),
    )


def _flag(value: Any, name: str, refuse: Refuse) -> bool:
    if not isinstance(value, bool):
        raise refuse(name, "has to be true or false")
    return value


def _words(value: Any, refuse: Refuse) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(word, str) and word and "\0" not in word for word in value):
        raise refuse("serve", "has to be a list of words, such as [npm, start]; there is no shell")
    return tuple(value)


def _url(value: Any, refuse: Refuse) -> str:
    """Take addresses of the sandbox's own machine only: it reaches no other."""
    problem = refuse("url", "has to be an address such as http://127.0.0.1:8000/, with a port above 1023")
    try:
        parts = urlsplit(value if isinstance(value, str) else "")
        port = parts.port
    except ValueError as odd:
        raise problem from odd
    is_plain = not (parts.query or parts.fragment or parts.username or parts.password)
    if parts.scheme != "http" or parts.hostname not in ("127.0.0.1", "localhost") or not is_plain:
        raise problem
    if port is None or port < 1024 or parts.path not in ("", "/"):
        raise problem
    return f"http://{parts.hostname}:{port}/"


def _root(value: Any, refuse: Refuse) -> str:
    if value == ".":
        return "."
    try:
        return check_path(value.rstrip("/")) if isinstance(value, str) and value else ""
    except UserError as odd:
        raise refuse("root", "has to be a folder of the repository") from odd


def _pages(value: Any, refuse: Refuse) -> tuple[str, ...]:
    if not isinstance(value, list) or not 0 < len(value) <= MAX_PAGES or not all(map(_is_page, value)):
        raise refuse("pages", f"has to be a list of one to {MAX_PAGES} paths, such as [/, /about]")
    return tuple(value)


def _is_page(value: Any) -> bool:
    return _is_text(value) and value.startswith("/") and not value.startswith("//")


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= MAX_TEXT and value.isprintable()


def _flows(value: Any, refuse: Refuse) -> tuple[Flow, ...]:
    if not isinstance(value, list) or len(value) > MAX_FLOWS:
        raise refuse("flows", f"has to be a list of at most {MAX_FLOWS} flows")
    return tuple(_flow(one, refuse) for one in value)


def _flow(value: Any, refuse: Refuse) -> Flow:
    if not isinstance(value, dict) or set(value) - _FLOW_KEYS or not _is_text(value.get("name")):
        raise refuse("flows", "has to hold flows with `name`, `steps` and, if wanted, `start`")
    name, start, steps = value["name"], value.get("start", "/"), value.get("steps")
    if not _is_page(start):
        raise refuse("flows", f"has in {name!r} a `start` that is no path such as /order")
    if not isinstance(steps, list) or not 0 < len(steps) <= MAX_STEPS:
        raise refuse("flows", f"has to have in {name!r} one to {MAX_STEPS} steps")
    return Flow(name, start, tuple(_step(step, name, refuse) for step in steps))


def _step(value: Any, name: str, refuse: Refuse) -> FlowStep:
    """Read `click: "#save"`, `expect: Thanks`, `open: /cart`, or `fill: {selector: "#mail", value: a@example.com}`."""
    problem = refuse("flows", f"has in {name!r} a step that is not one of {', '.join(_STEPS)}")
    if not isinstance(value, dict) or len(value) != 1:
        raise problem
    ((kind, target),) = value.items()
    if kind == "fill" and isinstance(target, dict) and set(target) == {"selector", "value"}:
        if _is_text(target["selector"]) and isinstance(target["value"], str) and len(target["value"]) <= MAX_TEXT:
            return FlowStep("fill", target["selector"], target["value"])
        raise problem
    if kind not in _STEPS or kind == "fill" or not _is_text(target) or (kind == "open" and not _is_page(target)):
        raise problem
    return FlowStep(kind, target)
