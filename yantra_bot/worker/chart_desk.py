"""Renders a Helm chart of a commit in the sandbox, with the operator's own Helm. The child's side.

What the chart's templates do is a stranger's: they see the tree and nothing else, and reach no network. What comes out
is read like any other manifests.
"""

import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from yantra_bot.deploy.manifests.reading import MOST_BYTES, MOST_OBJECTS, read_file
from yantra_bot.errors import UserError
from yantra_bot.sandbox.bubblewrap import Sandbox
from yantra_bot.sandbox.contract import RUNNERS_FOLDER, Job, Mount
from yantra_bot.sandbox.layout import CheckoutLimits, lay_out
from yantra_bot.sandbox.limits import MIB, SNIPPET
from yantra_bot.sandbox.mirror import Mirror
from yantra_bot.worker.manifest_desk import check_place
from yantra_bot.worker.tasks import ReadManifests

_SHOWN: Final = "/repository"
_HELM: Final = f"{RUNNERS_FOLDER}/helm"
_RENDERED: Final = "rendered.yaml"
_SCRIPT: Final = f'exec "$@" > {_RENDERED}'
_LIMITS: Final = replace(SNIPPET, file_bytes=16 * MIB, workspace_bytes=16 * MIB, output_bytes=MIB // 4)
_HOME: Final = {
    "HOME": "/tmp/helm",  # noqa: S108 (the sandbox's own, which nobody else sees)
    "HELM_CACHE_HOME": "/tmp/helm/cache",  # noqa: S108 (the same)
    "HELM_CONFIG_HOME": "/tmp/helm/config",  # noqa: S108 (the same)
    "HELM_DATA_HOME": "/tmp/helm/data",  # noqa: S108 (the same)
}
_MOST_SAID: Final = 600


def render_chart(
    mirror: Mirror, order: ReadManifests, sandbox: Sandbox, folder: Path, limits: CheckoutLimits
) -> tuple[dict[str, Any], ...]:
    """Return the objects that a chart renders to. Raises UserError with what Helm said."""
    if order.helm is None:
        raise AssertionError("control refuses charts where there is no Helm")
    if sandbox.is_insecure:
        raise UserError(
            "There is no sandbox here, and charts are rendered nowhere else. Cure: render it in your build."
        )
    chart = check_place(order.chart)
    tree, outcome = folder / "chart-tree", folder / "chart-out"
    for place in (tree, outcome):
        place.mkdir(mode=0o755)
    try:
        lay_out(mirror, order.commit, tree, limits)
        if sandbox.user != os.geteuid():
            os.chown(outcome, sandbox.user, -1)
        values = ("--values", f"{_SHOWN}/{check_place(order.values)}") if order.values else ()
        argv = (_HELM, "template", order.release, f"{_SHOWN}/{chart}", "--namespace", order.namespace, "--no-hooks")
        job = Job(
            argv=("/bin/sh", "-c", _SCRIPT, "sh", *argv, "--skip-tests", *values),
            workspace=outcome,
            limits=_LIMITS,
            environment=_HOME,
            mounts=(Mount(order.helm, _HELM), Mount(tree, _SHOWN)),
        )
        finished = sandbox.run(job)
        if finished.exit_code != 0:
            said = " ".join(finished.output.replace(f"{_SHOWN}/", "").split())[-_MOST_SAID:]
            reason = f"it met the limit of {finished.limit}" if finished.limit else said
            raise UserError(f"{chart}: Helm does not render it: {reason}. Cure: correct the chart or its values.")
        return _read(outcome / _RENDERED, chart)
    finally:
        for place in (tree, outcome):
            shutil.rmtree(place, ignore_errors=True)


def _read(file: Path, chart: str) -> tuple[dict[str, Any], ...]:
    """Return the objects of what was rendered. A link in its place leads nowhere."""
    try:
        with os.fdopen(os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as stream:
            data = stream.read(MOST_BYTES + 1)
    except OSError:
        raise UserError(f"{chart}: Helm rendered nothing. Cure: correct the chart or its values.") from None
    found = read_file(f"{chart} (rendered)", data)
    if not 0 < len(found) <= MOST_OBJECTS:
        raise UserError(f"{chart}: it renders to no object, or to more than {MOST_OBJECTS}. Cure: correct its values.")
    return tuple(found)
