"""What a benchmark's run leaves: predictions in SWE-bench's format, and beside them what each one took.

Both files are replaced whole, after each task, so that a kill leaves them readable. A prediction says what was changed;
it never says that it is right.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from yantra_bot.domain.run import Phase
from yantra_bot.errors import UserError


@dataclass(frozen=True, slots=True)
class Prediction:
    """One line of the predictions, with the names that SWE-bench gives them."""

    instance_id: str
    model_name_or_path: str
    model_patch: str


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What the tests of a task showed here. `resolved` None: they could not be run, `reason` says why."""

    resolved: bool | None
    reason: str = ""
    fail_to_pass: tuple[int, int] = (0, 0)
    """How many pass, of how many."""
    pass_to_pass: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class RunLine:
    """One line of the second file: how a task's run ended, and what it took."""

    instance_id: str
    run_id: str
    ending: str
    """Phase that it ended in."""
    reason: str
    seconds: float
    usd: float
    unpriced_calls: int
    """Calls whose price is not known, which `usd` leaves out."""
    input_tokens: int
    output_tokens: int
    model_calls: int
    tool_calls: int
    confidence: float | None = None
    tries: int = 1
    evaluation: Evaluation | None = None
    """By Yantra's own runner, which is not the official harness; None where it was not asked for."""

    @property
    def has_failed(self) -> bool:
        return self.ending == Phase.FAILED


class Results:
    """The two files. Knows what is done already."""

    def __init__(self, path: Path, *, resumes: bool) -> None:
        """Read what is there. Raises UserError for files that are there and are not to be gone on with."""
        self.path, self.runs_path = path, path.with_suffix(".runs.jsonl")
        self.predictions: dict[str, Prediction] = {}
        self.lines: dict[str, RunLine] = {}
        if path.exists() and not resumes:
            raise UserError(f"{path} is there already. Go on with it by --resume, or name another file with --out.")
        if path.exists():
            self.predictions = {one["instance_id"]: Prediction(**one) for one in _read(path)}
        if resumes and self.runs_path.exists():
            self.lines = {one["instance_id"]: _read_line(one) for one in _read(self.runs_path)}

    @property
    def state(self) -> Path:
        """Folder of the runs' records, kept beside the files."""
        return self.path.with_suffix(".state")

    def check_model(self, name: str) -> None:
        """Raise UserError where the predictions that are there are another model's."""
        other = next((one for one in self.predictions.values() if one.model_name_or_path != name), None)
        if other is not None:
            raise UserError(
                f"{self.path} holds predictions of {other.model_name_or_path}, and this would be {name}. Name another "
                "file with --out: one file is one model's."
            )

    def keep(self, prediction: Prediction, line: RunLine) -> None:
        """Add one task's, durably; the prediction comes last, since it says that the task is done."""
        self.lines[line.instance_id] = line
        self.predictions[prediction.instance_id] = prediction
        _write(self.runs_path, [asdict(one) for one in self.lines.values()])
        _write(self.path, [asdict(one) for one in self.predictions.values()])


def _read(path: Path) -> list[dict[str, Any]]:
    try:
        return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line.strip()]
    except (OSError, ValueError) as wrong:
        raise UserError(f"{path} cannot be gone on with: {wrong}. Name another file with --out.") from None


def _read_line(one: dict[str, Any]) -> RunLine:
    found = one.get("evaluation")
    if found is not None:
        pairs = {name: tuple(found[name]) for name in ("fail_to_pass", "pass_to_pass")}
        one = {**one, "evaluation": Evaluation(**{**found, **pairs})}
    return RunLine(**one)


def _write(path: Path, lines: list[dict[str, Any]]) -> None:
    draft = path.with_name(f".{path.name}.new")
    draft.write_text("".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines), "utf-8", "replace")
    draft.replace(path)
