"""Sources with damage in them, and what a frontend's facts hold to whatever it was given."""

import marshal
from collections.abc import Sequence

from hypothesis import strategies as st

from yantra_bot.graphdb.facts import FileFacts


@st.composite
def damaged(draw: st.DrawFn, sources: Sequence[bytes]) -> bytes:
    """Draw one of the sources with a piece cut out, doubled, or replaced by rubbish."""
    source = draw(st.sampled_from(sources))
    start = draw(st.integers(0, len(source)))
    end = draw(st.integers(start, min(len(source), start + 200)))
    filling = draw(st.one_of(st.just(b""), st.binary(max_size=12), st.just(source[start:end] * 2)))
    return source[:start] + filling + source[end:]


def check_facts(facts: FileFacts) -> None:
    """They can be written, and every number that a body or a symbol holds is one that exists."""
    marshal.dumps([body.ops for body in facts.bodies])
    for index, body in enumerate(facts.bodies):
        assert body.parent < index
        assert 0 <= body.owner < len(facts.symbols)
        assert all(0 <= value < body.values for value in body.names.values())
        assert all(0 <= value < body.values for _, _, value in body.params)
    assert all(-1 <= one.parent < index for index, one in enumerate(facts.symbols))
