"""A review as JSON for programs: the fields of `domain.review.Review`, with the judgement and the fingerprints. Pure.

The shape is documented in docs/review.md. A field may be added under the same version; none changes its meaning.
"""

import json
from dataclasses import asdict, replace
from typing import Any, Final

from yantra_bot.domain.review import Review
from yantra_bot.replies.review.learned import why_not_shown
from yantra_bot.replies.review.wording import judge

SCHEMA_VERSION: Final = 1


def review_record(review: Review) -> dict[str, Any]:
    """Return the review as plain values."""
    judged = judge(review)
    # What a model is to be shown is the code itself, and no result.
    record = asdict(replace(review, briefs=()))
    del record["briefs"]
    if review.learned is not None:
        record["learned_note"] = why_not_shown(review.learned)
        if not review.learned.is_shown:  # numbers that nobody has shown to be worth anything
            record["learned"] = None
    record["findings"] = [{"fingerprint": one.fingerprint, **asdict(one)} for one in review.findings]
    blocking = [one.fingerprint for one in review.blocking]
    verdict = {"outcome": judged.outcome, "headline": judged.headline, "reason": judged.reason, "blocking": blocking}
    return {"schema_version": SCHEMA_VERSION, "verdict": verdict, **record}


def review_json(review: Review) -> str:
    """Return the record as indented JSON in ASCII: no sign of a repository can act on a terminal."""
    return json.dumps(review_record(review), indent=2)
