"""Whether a change touches web pages, and how the site can be served to look at them. Pure; reads paths only."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from yantra_bot.domain.browsing import BrowserRules

PAGES = frozenset({".html", ".htm", ".css", ".js", ".mjs", ".svg"})
"""What a browser takes as it is, where it lies below a folder with an index page."""
BUILT = frozenset({".ts", ".tsx", ".jsx", ".vue", ".svelte", ".scss", ".sass", ".less", ".astro"})
"""What has to be built before a browser takes it."""
TEMPLATES = frozenset({".html", ".htm", ".jinja", ".jinja2", ".j2", ".djhtml", ".tmpl", ".ejs", ".hbs", ".erb"})
"""What a server makes pages of, where it lies in a folder of one of the names below."""
TEMPLATE_FOLDERS = frozenset({"templates", "views", "layouts", "partials"})
INDEX = "index.html"
NOT_OURS = frozenset({"node_modules", "vendor", "htmlcov", "coverage", "test", "tests", "fixtures", "__pycache__"})
CURE = "Cure: say in .github/yantra.yml how the site is served (`browser: {serve: [...]}`)."


@dataclass(frozen=True, slots=True)
class Site:
    """How a site is served. `folder` is relative to the repository; `serve` empty: its files as they are."""

    folder: str
    serve: tuple[str, ...] = ()

    def describe(self) -> str:
        return " ".join(self.serve) if self.serve else f"the files of {self.folder or 'the repository'} as they are"


@dataclass(frozen=True, slots=True)
class Unserved:
    """Pages changed, and nobody can say how they are served; `reason` has the cure."""

    reason: str


def choose_site(changed: Sequence[str], paths: Sequence[str], rules: BrowserRules) -> Site | Unserved | None:
    """Return how to serve the pages that the change touches; None where it touches none, or may not be tried."""
    touched = [path for path in changed if is_page(path, paths, rules)]
    if not touched or not rules.enabled:
        return None
    if rules.serve:
        return Site(rules.root, rules.serve)
    if rules.root:
        return Site(rules.root)
    built = next((path for path in touched if PurePosixPath(path).suffix in BUILT), None)
    if built is not None:
        return Unserved(f"{built} has to be built before a browser takes it. {CURE}")
    roots = find_roots(paths)
    found = [root for path in touched if (root := _nearest(path, roots)) is not None and not _is_template(path)]
    if not found:
        return Unserved(f"{touched[0]} is a template that a server makes pages of. {CURE}")
    return Site(min(found, key=lambda root: (root.count("/") + bool(root), root)))


def may_be_page(path: str) -> bool:
    """Say whether a path can be part of a page at all, whatever else is there."""
    return PurePosixPath(path).suffix in PAGES | BUILT | TEMPLATES


def is_page(path: str, paths: Sequence[str], rules: BrowserRules) -> bool:
    """Say whether a path is part of what a browser shows."""
    parts = PurePosixPath(path)
    if NOT_OURS & set(parts.parts[:-1]):
        return False
    if parts.suffix in TEMPLATES and TEMPLATE_FOLDERS & set(parts.parts[:-1]):
        return True
    if parts.suffix not in PAGES | BUILT:
        return False
    if rules.root:
        return rules.root == "." or path.startswith(f"{rules.root}/")
    # A command was given for a site that may have no index page among its files.
    return bool(rules.serve) or _nearest(path, find_roots(paths)) is not None


def find_roots(paths: Sequence[str]) -> frozenset[str]:
    """Return the folders with an index page, as paths; the repository itself is empty."""
    folders = {path.rpartition("/")[0] for path in paths if path.rpartition("/")[2] == INDEX}
    return frozenset(
        folder for folder in folders if not (NOT_OURS | TEMPLATE_FOLDERS) & set(PurePosixPath(folder).parts)
    )


def _nearest(path: str, roots: frozenset[str]) -> str | None:
    """Return the outermost folder with an index page that a path lies below: that is where a site begins."""
    above = [folder.as_posix() for folder in reversed(PurePosixPath(path).parents)]
    return next((folder for one in above if (folder := "" if one == "." else one) in roots), None)


def _is_template(path: str) -> bool:
    parts = PurePosixPath(path)
    return parts.suffix in TEMPLATES and bool(TEMPLATE_FOLDERS & set(parts.parts[:-1]))
