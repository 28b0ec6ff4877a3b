"""What words between two entities mean: one table. Pure."""

import re
from dataclasses import dataclass

from yantra_bot.domain.talk import EntityKind as Kind
from yantra_bot.domain.talk import RelationKind as Relation

ACTORS = frozenset({Kind.PERSON, Kind.ORGANISATION})
WORK = frozenset({Kind.ISSUE, Kind.PULL_REQUEST, Kind.COMMIT})
ANY = frozenset(Kind)
PEOPLE = frozenset({Kind.PERSON})
PLACES = frozenset({Kind.LOCATION})
EVENTS = frozenset({Kind.EVENT})
THINGS = ANY - ACTORS - PLACES - EVENTS


@dataclass(frozen=True, slots=True)
class Rule:
    """Words between a source and a target, and what they say. A passive one says it the other way round."""

    kind: Relation
    words: re.Pattern[str]
    sources: frozenset[Kind]
    targets: frozenset[Kind]
    confidence: float
    is_passive: bool = False


_BEFORE = (
    r"[\s,(\"'`*_]*(?:(?:now|currently|also|already|still|heavily|mainly|internally|only|is|are|was|were|be|been|being"
    r"|will|has|have|had|that|which|who|and|to|should|must|may|might|could|would|can|really|always|just|then|server|service"
    r"|client|team|module|code|function|method|class|itself|today)\s+)*"
)
_AFTER = (
    r"(?:\s+(?:the|a|an|our|their|its|his|her|my|on|upon|in|into|with|by|some|new|old|latest|same|version|of|library"
    r"|package|project|team|company|function|class|method|module|issue|bug|tool|for))*(?:\s+[\w-]{2,20})?[\s\"'`*_(:#]*"
)


def _rule(
    kind: Relation,
    words: str,
    sources: frozenset[Kind] = ANY,
    targets: frozenset[Kind] = ANY,
    *,
    sure: float = 0.8,
    passive: bool = False,
) -> Rule:
    """Return a rule; `words` are alternatives, separated by commas, in which "(s|d)" and the like are patterns."""
    choices = "|".join(word.strip() for word in words.split(",")).replace("(", "(?:").replace("(?:?:", "(?:")
    return Rule(kind, re.compile(f"{_BEFORE}(?:{choices}){_AFTER}", re.IGNORECASE), sources, targets, sure, passive)


RULES = (
    _rule(Relation.USES, "used by, used in", THINGS, passive=True),
    _rule(Relation.DEPENDS_ON, "required by, needed by, a dependency of", THINGS, THINGS, passive=True),
    _rule(
        Relation.CREATES,
        """written by, created by, built by, made by, implemented by, authored by, developed by, maintained by,
        designed by, added by, reported by, opened by""",
        ANY - ACTORS,
        ACTORS,
        passive=True,
    ),
    _rule(Relation.FIXES, "(fixed|resolved|closed) (by|in|with)", WORK, WORK | ACTORS, passive=True),
    _rule(
        Relation.PART_OF,
        "work(s|ed)? (at|for), joined, member of, employed (at|by), (engineer|developer|researcher) at",
        PEOPLE,
        frozenset({Kind.ORGANISATION, Kind.PROJECT}),
    ),
    _rule(
        Relation.WORKS_WITH,
        """work(s|ed|ing)? (together )?with, pair(s|ed|ing)? with, collaborat(e|es|ed|ing) with, together with,
        partner(s|ed)? with""",
        ACTORS,
        ACTORS,
    ),
    _rule(
        Relation.KNOWS,
        "knows?, met, familiar with, (an )?experts? (in|on), experienced (in|with), speciali[sz]es in",
        PEOPLE,
        ANY - PLACES - EVENTS,
        sure=0.7,
    ),
    _rule(
        Relation.LOCATED_AT,
        """(based|located|headquartered|held) (in|at), lives? in, living in, offices? in, moved to, took place in,
        in, at""",
        ACTORS | EVENTS | {Kind.PROJECT},
        PLACES,
        sure=0.75,
    ),
    _rule(
        Relation.DEPENDS_ON,
        """depend(s|ed|ing)? (up)?on, requires?, needs?, rel(y|ies) on, blocked (by|on), waits? for, waiting for,
        builds? on, comes? after""",
        ANY,
        ANY - ACTORS - PLACES,
    ),
    _rule(
        Relation.PART_OF,
        """(a )?part of, belongs? to, (sub)?module of, component of, included in, ships with, lives? in,
        contained in""",
        ANY,
        ANY - PEOPLE - PLACES,
    ),
    _rule(
        Relation.USES,
        """us(e|es|ed|ing), runs? (on|in), running on, built (with|on), powered by, written in, implemented in,
        works? with, tested with, migrat(e|es|ed|ing) to, switch(es|ed|ing)? to, calls?, via""",
        ANY,
        THINGS - WORK,
    ),
    _rule(
        Relation.FIXES,
        "fix(es|ed)?, resolv(es|ed), clos(es|ed), address(es|ed)",
        WORK | ACTORS,
        WORK,
    ),
    _rule(
        Relation.TOUCHES,
        """touch(es|ed), chang(es|ed), modif(ies|ied), refactor(s|ed), rewr(ites|ote), edit(s|ed), updat(es|ed),
        renam(es|ed), patch(es|ed)""",
        WORK | ACTORS,
        frozenset({Kind.SYMBOL, Kind.DOCUMENT}),
    ),
    _rule(
        Relation.CREATES,
        """creat(e|es|ed), wr(ote|ite|ites), built, builds, made, maintain(s|ed)?, authored, develop(s|ed),
        implement(s|ed)?, designed, introduc(es|ed), add(s|ed), founded, opened, reported, released, started,
        publish(es|ed)""",
        ACTORS | WORK,
        ANY - ACTORS - PLACES,
    ),
    _rule(
        Relation.MENTIONS,
        "mentions?, mentioned, refers? to, cites?, describes?, documents?, links? to, quotes?",
        ANY,
        ANY,
    ),
    _rule(
        Relation.RELATES_TO,
        """relat(es|ed) to, similar to, see also, see, duplicates?( of)?, caused by, follow-?up (to|of), same as,
        replaces, supersedes, conflicts with, breaks, broke""",
        ANY,
        ANY - PLACES,
        sure=0.7,
    ),
)
