"""What control asks of a worker's answers before it believes them, and of a model's calls before it sends them. Pure.

Whoever breaks into a worker can answer anything. These rules keep it from naming paths, contents or sizes that its job
does not have; that its answers are true they cannot tell.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from yantra_bot.domain.changes import Changeset
from yantra_bot.domain.checks import CheckKind, CheckResult
from yantra_bot.domain.context import PromptContext
from yantra_bot.domain.conversation import ToolCall
from yantra_bot.domain.paths import check_path, is_protected
from yantra_bot.domain.pictures import read_facts
from yantra_bot.domain.proof import ChangeFacts
from yantra_bot.errors import UserError
from yantra_bot.ports import ToolBatch
from yantra_bot.sandbox.layout import CheckoutLimits
from yantra_bot.worker.protocol import Call, ProtocolError, Request, encode_frame
from yantra_bot.worker.score_check import check_score

MAX_TEXT = 8 * 1024 * 1024
MAX_RESULT = 1024 * 1024
MAX_CONTEXT = 400_000
"""Characters of all parts of a context."""
MAX_PARTS = 1_000
MAX_FACTS = 50_000
"""Names of tests, and pieces of code, that facts about a change may have."""
MAX_PICTURES = 10_000_000
"""Bytes of all pictures of a check."""
MAX_CONTEXT_LINE = 6_000
_MAX_DEPTH = 64


def check_batch(
    batch: ToolBatch, calls: Sequence[ToolCall], *, known: AbstractSet[str], limits: CheckoutLimits
) -> None:
    """Raise ProtocolError unless `batch` can be the answer to `calls`. `known` are hashes of contents that are here."""
    if [result.call_id for result in batch.results] != [call.id for call in calls]:
        raise ProtocolError("It answered other calls than were made.")
    if any(len(result.content) > MAX_RESULT for result in batch.results):
        raise ProtocolError("An answer of a tool is too long.")
    if len(batch.executions) > len(calls) or any(one != one.cut() for one in batch.executions):
        raise ProtocolError("It tells of more than was asked for, or at too much length.")
    check_changes(batch.changes, known=known, limits=limits)


def check_changes(changes: Changeset, *, known: AbstractSet[str], limits: CheckoutLimits) -> None:
    """Raise ProtocolError unless every path may be changed by a run, and every content is here."""
    if len(changes.files) > limits.max_files or list(changes.paths) != sorted(set(changes.paths)):
        raise ProtocolError("The change names too many paths, or one twice.")
    for change in changes.files:
        if not is_plain_path(change.path) or is_protected(change.path):
            raise ProtocolError(f"The change names a path that no run may change: {change.path[:80]!a}.")
        if change.blob is not None and change.blob not in known:
            raise ProtocolError("The change names content that was not sent.")


def check_text(text: str) -> str:
    """Return `text`; raise ProtocolError when it is longer than any that is asked for."""
    if len(text) > MAX_TEXT:
        raise ProtocolError("A text is too long.")
    return text


def check_context(context: PromptContext) -> PromptContext:
    """Return `context`; raise ProtocolError when it is larger than any that is asked for, or its numbers are none."""
    lines = [context.problem, *context.notes, *(one.title + one.reason for one in context.left_out)]
    lines += [part.level + part.kind + part.title + part.reason + part.path for part in context.parts]
    if len(lines) > MAX_PARTS or any(len(line) > MAX_CONTEXT_LINE for line in lines):
        raise ProtocolError("A context has too many parts, or one with too long a name.")
    if sum(len(part.text) for part in context.parts) > MAX_CONTEXT:
        raise ProtocolError("A context is too long.")
    if not all(0 <= number < MAX_CONTEXT for number in (context.seconds, *(part.tokens for part in context.parts))):
        raise ProtocolError("A context's numbers are none that can be.")
    check_score(context.score)
    return context


def check_facts(facts: ChangeFacts) -> ChangeFacts:
    """Return `facts`; raise ProtocolError when they are larger than any that are asked for, or name what cannot be."""
    gaps = facts.lines.gaps if facts.lines is not None else ()
    texts = [
        *facts.weakened_tests,
        *facts.idle_tests,
        *(part for node in (*facts.touched, *facts.named) for part in (node.name, node.digest, node.before)),
        *(part for one in gaps for part in (one.path, one.inside, one.text)),
    ]
    if sum(map(len, texts)) > MAX_RESULT or len(texts) + sum(len(one.spans) for one in gaps) > MAX_FACTS:
        raise ProtocolError("What was measured of a change is too long.")
    if facts.lines is not None and not 0 <= facts.lines.covered <= facts.lines.executable:
        raise ProtocolError("What was measured of a change are no numbers that can be.")
    if any(not is_plain_path(one.path) for one in gaps):
        raise ProtocolError("What was measured names a path that cannot be.")
    return facts


def is_plain_path(path: str) -> bool:
    """Tell whether a path is written as one of the repository's is."""
    try:
        return check_path(path) == path
    except UserError:
        return False


def check_result(result: CheckResult, kind: CheckKind) -> CheckResult:
    """Return `result`; raise ProtocolError when it is another check's, or larger than any that is asked for."""
    texts = [result.reason, result.evidence, *result.details, *result.calls_for]
    if result.kind is not kind or not 0 <= result.seconds < MAX_RESULT:
        raise ProtocolError("It answered another check than was asked for.")
    if len(texts) > MAX_PARTS or sum(map(len, texts)) > MAX_RESULT:
        raise ProtocolError("What a check came to is too long.")
    return result


def list_pictures(result: CheckResult, sent: Mapping[str, bytes]) -> tuple[str, ...]:
    """Return the names of a check's pictures; raise ProtocolError unless all were sent, and are pictures."""
    browsed = result.browsed
    looks = [] if browsed is None else [browsed.before, browsed.after]
    if sum(len(look.pages) + len(look.troubles) + len(look.forms) + len(look.notes) for look in looks) > MAX_PARTS:
        raise ProtocolError("A check tells of too many pages.")
    named = {page.picture.blob: page.picture for look in looks for page in look.pages if page.picture is not None}
    if not named.keys() <= sent.keys() or sum(map(len, sent.values())) > MAX_PICTURES:
        raise ProtocolError("A check names pictures that were not sent, or sent too many.")
    for blob, picture in named.items():
        facts = read_facts(sent[blob])
        if facts is None or (facts.media, facts.width, facts.height) != (picture.media, picture.width, picture.height):
            raise ProtocolError("A check names a picture that is none.")
    return tuple(named)


def make_sendable_calls(calls: Sequence[ToolCall]) -> tuple[ToolCall, ...]:
    """Return the calls; the arguments of those that cannot be sent are taken for none, which the tools then say."""
    return tuple(call if _can_be_sent(call) else replace(call, arguments=None) for call in calls)


def _can_be_sent(call: ToolCall) -> bool:
    if not _is_flat(call.arguments):
        return False
    try:
        encode_frame(Request("", 0, Call((call,))))
    except ProtocolError:
        return False
    return True


def _is_flat(value: object) -> bool:
    """Tell whether a JSON value is nested less deep than every reader of it can bear."""
    level = [value]
    for _ in range(_MAX_DEPTH):
        level = [
            below
            for item in level
            if isinstance(item, dict | list)
            for below in (item.values() if isinstance(item, dict) else item)
        ]
        if not level:
            return True
    return False
