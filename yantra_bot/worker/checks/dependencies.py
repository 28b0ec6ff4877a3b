"""DependencyValidation: asks the guide, which has the code graph, what the edited files break."""

from typing import Final

from pydantic import TypeAdapter

from yantra_bot.domain.checks import CheckResult
from yantra_bot.worker.checks.bench import CheckBench
from yantra_bot.worker.protocol import decode_value
from yantra_bot.worker.tasks import Validate

_RESULT: Final[TypeAdapter[CheckResult]] = TypeAdapter(CheckResult)


def check_dependencies(bench: CheckBench) -> CheckResult:
    """Return what the code graph shows of the change. Raises UserError where nobody has a graph of the tree."""
    return decode_value(_RESULT, bench.ask_guide(Validate()))
