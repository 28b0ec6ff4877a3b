"""The answers of calls that were made at once, kept one by one: after a kill only what was under way is asked again.

Notes of the run, beside its record of costs. Calls are numbered as they are answered, so that no number is left out.
"""

from typing import Final

from yantra_bot.agent.loop import Answered
from yantra_bot.domain.conversation import ModelRequest
from yantra_bot.runs.codec import decode, encode
from yantra_bot.runs.ledger import hash_request
from yantra_bot.runs.records import Records

PREFIX: Final = "batch"


class KeptBatch:
    """Answers of one step. `first` is the number of its first call among those of its run."""

    def __init__(self, records: Records, run_id: str, first: int) -> None:
        self._records, self._run_id, self._first = records, run_id, first
        begin = f"{PREFIX} {first} "
        self._kept = {key: value for key, value in records.notes(run_id).items() if key.startswith(begin)}

    def find(self, at: int, request: ModelRequest) -> Answered | None:
        """Return what was answered before a kill to the request at this place."""
        kept = self._kept.get(self._name(at, request))
        return None if kept is None else decode(kept, Answered)

    def keep(self, at: int, request: ModelRequest, answered: Answered) -> None:
        """Book an answer and keep it."""
        number = self._first + len(self._kept)
        self._records.model_call(self._run_id, number, answered.answer, at=answered.at)
        name = self._name(at, request)
        self._kept[name] = text = encode(answered, Answered)
        self._records.note(self._run_id, name, text)

    def _name(self, at: int, request: ModelRequest) -> str:
        return f"{PREFIX} {self._first} {at} {hash_request(encode(request, ModelRequest))}"
