"""What a run did and what it cost: its steps, model calls and tool batches.

Responsible for the step record being complete: what was asked, what came back, when, how often. It must never be
written after the durable engine's own record.
"""

import hashlib
from dataclasses import dataclass

from yantra_bot.agent.racing import CANCELLED
from yantra_bot.domain.conversation import ModelAnswer
from yantra_bot.domain.run import Spent
from yantra_bot.ports import BlobStore
from yantra_bot.runs.codec import failure_of
from yantra_bot.runs.schema import Database

MAX_INLINE_RESULT = 256 * 1024
"""Characters of a step's encoded result that are kept in a row; what is longer becomes a blob."""
MAX_INLINE_REQUEST = 16 * 1024
"""The same for its request."""


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step as stored. `envelope` is its encoded result (see `codec`), None while it is not finished."""

    number: int
    name: str
    request_hash: str
    request: str
    envelope: str | None
    error: str | None
    starts: int
    started_at: float
    finished_at: float | None


class Ledger:
    """Part of `records.Records`."""

    _database: Database
    blobs: BlobStore

    def model_call(self, run_id: str, number: int, answer: ModelAnswer, *, at: float) -> None:
        """Store what one call cost. `number` counts the run's calls; the same number again changes nothing."""
        usage = answer.usage
        tokens = (usage.input, usage.output, usage.cache_read, usage.cache_write, usage.is_estimate)
        values = (run_id, number, answer.model, answer.request_id, *tokens, answer.cost_usd, answer.seconds, at)
        self._database.run("put model call", values)

    def tool_batch(self, run_id: str, number: int, calls: int) -> None:
        """Store how many tools one batch called; the same number again replaces it."""
        self._database.run("put tool batch", (run_id, number, calls))

    def spent(self, run_id: str) -> Spent:
        """Return what a run has used so far; input tokens include those read from and written to a cache."""
        return Spent(**dict(self._database.rows("spent", (run_id,))[0]))

    def spent_since(self, at: float, *, repository: int | None = None) -> float:
        """Return the dollars that all runs have cost since a moment, or those of one repository."""
        return float(self._database.rows("spent since", (at, repository))[0]["usd"])

    def call_seconds(self, model: str, limit: int) -> tuple[float, ...]:
        """Return how long the newest calls of a model took, those left out that were given up."""
        rows = self._database.rows("call seconds", (model, CANCELLED, limit))
        return tuple(float(row["seconds"]) for row in rows)

    def begin_step(self, run_id: str, number: int, name: str, *, request: str, at: float) -> None:
        """Store that a step's work begins; `starts` counts how often it did."""
        inline, blob = self._place(request, MAX_INLINE_REQUEST)
        self._database.run("begin step", (run_id, number, name, hash_request(request), inline, blob, at))

    def finish_step(self, run_id: str, number: int, envelope: str, *, at: float) -> None:
        """Store a step's result. Progress: launches are counted anew."""
        inline, blob = self._place(envelope, MAX_INLINE_RESULT)
        with self._database.write() as connection:
            values = (run_id, number, inline, blob, failure_of(envelope), at)
            connection.execute(self._database.statement("finish step"), values)
            connection.execute(self._database.statement("forget launches"), (run_id,))

    def finished_step(self, run_id: str, number: int, name: str, *, request: str) -> str | None:
        """Return the result of a step that was finished with the same name and request, None when there is none."""
        row = self._database.row("finished step", (run_id, number, name, hash_request(request)))
        return None if row is None else self._fetch(row["result"], row["result_blob"])

    def steps(self, run_id: str) -> tuple[StepRow, ...]:
        """Return every step of a run, in order, with what was asked and answered: what a replay needs."""
        return tuple(
            StepRow(
                number=row["number"],
                name=row["name"],
                request_hash=row["request_hash"],
                request=self._fetch(row["request"], row["request_blob"]),
                envelope=None if row["finished_at"] is None else self._fetch(row["result"], row["result_blob"]),
                error=row["error"],
                starts=row["starts"],
                started_at=row["started_at"],
                finished_at=row["finished_at"],
            )
            for row in self._database.rows("list steps", (run_id,))
        )

    def _place(self, text: str, limit: int) -> tuple[str | None, str | None]:
        if len(text) <= limit:
            return text, None
        return None, self.blobs.put(text.encode("utf-8", "surrogatepass"))

    def _fetch(self, inline: str | None, blob: str | None) -> str:
        return inline or "" if blob is None else self.blobs.get(blob).decode("utf-8", "surrogatepass")


def hash_request(request: str) -> str:
    """Return what identifies a step's request: its SHA-256 in hexadecimal."""
    return hashlib.sha256(request.encode("utf-8", "surrogatepass")).hexdigest()
