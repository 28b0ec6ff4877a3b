"""BrowserValidation: has the site looked at before and after the change; what is new counts."""

import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from yantra_bot.domain.browsing import Browsed, Look, Page, Trouble, TroubleKind
from yantra_bot.domain.checks import CheckKind, CheckResult, CheckState
from yantra_bot.validation.browser.choose import Site, Unserved, choose_site
from yantra_bot.validation.browser.look import Stage, look
from yantra_bot.validation.browser.program import Browser
from yantra_bot.worker.checks.bench import CheckBench

MAX_TOLD = 20
NO_SANDBOX = "There is no sandbox here, and pages of a repository are opened nowhere else."


def check_pages(bench: CheckBench) -> CheckResult:
    """Return what the change does to the site. Raises SandboxUnavailable."""
    began = time.monotonic()
    site = choose_site(bench.changes.paths, bench.list_paths(), bench.settings.browser)
    if not isinstance(site, Site):
        return _skip(site.reason if isinstance(site, Unserved) else "The change touches no web page.")
    if bench.sandbox.is_insecure:
        return _skip(NO_SANDBOX)
    if bench.browser is None:
        return _skip(bench.no_browser)
    after = _look(bench, bench.browser, site, bench.root)
    before = _look_before(bench, bench.browser, site)
    browsed = Browsed(site.describe(), before, after)
    if browsed.new or (after.problem and not before.problem):
        bench.say("something went wrong that did not before: once more, since it may be chance")
        browsed = replace(browsed, after=settle(after, _look(bench, bench.browser, site, bench.root)))
    return judge(replace(browsed, seconds=time.monotonic() - began))


def _look_before(bench: CheckBench, browser: Browser, site: Site) -> Look:
    """Return how the base looks, which is looked at once however often its changes are."""
    key = f"pages {site}"
    known: tuple[Look, Mapping[str, bytes]] | None = bench.remembered.get(key)
    if known is None:
        bench.say("the pages as they were before the change")
        kept: dict[str, bytes] = {}

        def keep(data: bytes) -> str:
            name = bench.keep(data)
            kept[name] = data
            return name

        known = _look(replace(bench, keep=keep), browser, site, bench.lay_base()), kept
        bench.remembered[key] = known
        return known[0]
    for data in known[1].values():
        bench.keep(data)
    return known[0]


def settle(first: Look, second: Look) -> Look:
    """Return the second look with what went wrong both times; what did only once is noted and not counted."""
    both = {one.signature for one in first.troubles} & {one.signature for one in second.troubles}
    once = [one for one in (*first.troubles, *second.troubles) if one.signature not in both]
    notes = tuple(f"in one of two looks only: {one.describe()}" for one in once[:MAX_TOLD])
    problem = second.problem if first.problem else ""
    troubles = tuple(one for one in second.troubles if one.signature in both)
    best = second if len(second.pages) >= len(first.pages) else first
    return replace(best, troubles=troubles, notes=(*best.notes, *notes), problem=problem)


def _skip(reason: str) -> CheckResult:
    return CheckResult(CheckKind.BROWSER, CheckState.SKIPPED, reason)


def _look(bench: CheckBench, browser: Browser, site: Site, tree: Path) -> Look:
    if not (tree / site.folder).is_dir():
        return Look(notes=("the folder of the site was not there",))
    pictures = Path(tempfile.mkdtemp(prefix="pictures-", dir=bench.scratch))
    stage = Stage(bench.sandbox, browser, bench.environment, tree, pictures)
    return look(stage, site, bench.settings.browser, keep=bench.keep, say=bench.say)


def judge(browsed: Browsed) -> CheckResult:
    """Return what was seen as the result of a check: only what the change brought counts."""
    new = browsed.new
    if browsed.after.problem and not browsed.before.problem:
        new = (*new, Trouble(TroubleKind.BROKEN, "", browsed.after.problem))
    state, reason = CheckState.PASSED, _tell_pass(browsed)
    if new:
        state = CheckState.FAILED
        more = f", and {len(new) - 1} more" if len(new) > 1 else ""
        reason = f"The change brings what was not there before: {new[0].describe()}{more}."
    elif not browsed.after.pages:
        state = CheckState.ERROR
        told = [one.describe() for one in browsed.after.troubles] or [browsed.after.problem or "nothing was seen"]
        reason = f"No page could be looked at, before the change either: {told[0]}."
    return CheckResult(
        CheckKind.BROWSER,
        state,
        reason,
        evidence=_tell_model(browsed, new) if new else "",
        seconds=browsed.seconds,
        details=_tell_person(browsed),
        browsed=browsed,
    )


def _tell_pass(browsed: Browsed) -> str:
    pages, old = len(browsed.after.pages), len(browsed.after.troubles) - len(browsed.outside)
    count = f"{pages} page{'s' if pages != 1 else ''} looked at with a browser, nothing new went wrong"
    return f"{count}; what went wrong before still does." if old > 0 else f"{count}."


def _tell_model(browsed: Browsed, new: tuple[Trouble, ...]) -> str:
    lines = [f"The site was served ({browsed.served}) and opened in a headless browser, before and after the change."]
    lines += ["This is new with the change:", *(f"- {one.describe()}" for one in new[:MAX_TOLD])]
    lines += [f"- and {len(new) - MAX_TOLD} more"] if len(new) > MAX_TOLD else []
    return "\n".join(lines)


def _tell_person(browsed: Browsed) -> tuple[str, ...]:
    """Return what else was seen: times, forms, flows, and what nobody could try out."""
    lines = [describe_times(page, before) for page, before in browsed.pairs]
    lines += [
        f"form {form.number + 1} of {form.path}: {form.refused} of {form.fields} fields refuse to be empty; filled, "
        f"{f'{form.unfilled} fields refused what was put in' if form.unfilled else f'it ended at {form.ended}'}"
        for form in browsed.after.forms
    ]
    lines += [f"flow {name}: {problem or 'works'}" for name, problem in browsed.after.flows]
    lines += [f"not judged, a {one.describe()}" for one in browsed.outside]
    return (*lines, *browsed.after.notes)


def describe_times(page: Page, before: Page | None) -> str:
    """Return how long a page took, and how long it took before."""
    was = "" if before is None or before.times.load is None else f" (before {before.times.load:.0f} ms)"
    paint = "" if page.times.paint is None else f", first paint after {page.times.paint:.0f} ms"
    loaded = "not measured" if page.times.load is None else f"loaded in {page.times.load:.0f} ms"
    return f"{page.path}: {loaded}{was}{paint}, {page.requests} requests, {page.bytes / 1000:.1f} kB"
