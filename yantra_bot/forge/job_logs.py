"""The end of a job's log, as far as it tells why the job failed.

GitHub points to where the log lies, and no credentials go there. Asked are GitHub's own host and the storage that it is
known to use, at addresses of the public network, without a further redirect. Whatever a log says is data: it is cut,
and what looks like a secret in it is replaced.
"""

import re
from typing import Final

from yarl import URL

from yantra_bot.domain.redaction import redact
from yantra_bot.errors import Permanent
from yantra_bot.forge.client import Client, read_base_url
from yantra_bot.forge.place import Place
from yantra_bot.forge.transport import Transport

STORAGE: Final = (".actions.githubusercontent.com", ".blob.core.windows.net")
"""How the names of the hosts end that GitHub keeps logs at."""
MAX_LOG: Final = 12_000
"""Characters that are kept."""
AFTER_ERROR: Final = 1_000
"""Characters after the last error that are among them: what follows is mostly the runner's cleaning up."""

_JOB: Final = "/repos/{owner}/{repo}/actions/jobs/{job_id}/logs"
_ERROR: Final = "##[error]"
_STEP: Final = "##[group]Run "
"""How the runner begins the log of a step."""
_CLEANING: Final = "\nPost job cleanup."
_TIME: Final = re.compile(r"^\ufeff?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z ?", re.MULTILINE)
_COLOUR: Final = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class JobLogs:
    """The logs of one repository's jobs."""

    def __init__(
        self, client: Client, place: Place, *, own: Transport, elsewhere: Transport | None, base_url: str
    ) -> None:
        """`own` reaches the API's host, `elsewhere` public hosts alone; None: logs that lie elsewhere are not read."""
        self._client, self._place = client, place
        self._own, self._elsewhere, self._base = own, elsewhere, read_base_url(base_url)

    async def end_of(self, job_id: int) -> str:
        """Return the end of a log. Raises Permanent where it cannot be had, Transient where it cannot be had now."""
        what = f"The log of job {job_id}"
        place = await self._client.locate(_JOB, {**await self._place.names(), "job_id": job_id}, what=what)
        transport = self._transport_to(URL(place, encoded=True), what)
        response = await transport.send("GET", place, {"user-agent": "yantra"}, b"")
        if response.status != 200:
            raise Permanent(f"{what}: its storage answers with HTTP {response.status}.")
        return shorten(response.body)

    def _transport_to(self, place: URL, what: str) -> Transport:
        host = place.host or ""
        if host and place.origin() == self._base.origin() and place.user is None:
            return self._own
        is_known = place.scheme == "https" and place.explicit_port in (None, 443) and place.user is None
        if self._elsewhere is None or not is_known or not host.endswith(STORAGE):
            raise Permanent(f"{what}: it lies at {host[:100] or 'no host'}, which is not asked.")
        return self._elsewhere


def shorten(log: bytes) -> str:
    """Return what the steps that failed said, a little after the last error included; times and colours left out.

    Secrets are replaced.
    """
    text = _TIME.sub("", log.decode("utf-8", "replace").replace("\r\n", "\n"))
    text = _CONTROL.sub("", _COLOUR.sub("", text)).strip()
    start, end = _find_failure(text)
    # Redacted before it is cut, so that no half of a secret is left.
    kept = redact(text[max(start, end - 4 * MAX_LOG) : end])
    return kept[-MAX_LOG:]


def _find_failure(text: str) -> tuple[int, int]:
    """Return where the step with the first error begins, and where what follows the last error ends."""
    first, last = text.find(_ERROR), text.rfind(_ERROR)
    if first < 0:
        return 0, len(text)
    cleaning = text.find(_CLEANING, last)
    end = min(len(text), last + AFTER_ERROR)
    return max(0, text.rfind(_STEP, 0, first)), end if cleaning < 0 else min(end, cleaning)
