"""How much a word says of what a lesson is about: those that most lessons have say little. Pure.

Counted over the 150 lessons of benchmarks/data/lessons.jsonl that the reported half of the questions does not ask for;
`python -m benchmarks.memory_tuning` counts them again. A store's own counts would do as well once it is large; these
make a similarity mean the same in a store of three lessons.
"""

from typing import Final

_COMMON: Final = """
    add api app arg argument assert assertion assertionerror assign async attribut await b bas block body built
    c call cannot check class client clos cod compar config const data def default dict e element end err error
    exception expect expression f fail fetch field fil filter first found func function gav get go handler
    helper http id import index insid instead int item java job join js json kept key left let lin list literal
    load log look loop mak map messag method miss modul mov nam never new nil non not number object one order
    packag parameter pars pass path put py python rais read remov render report request respons return row rs
    run s sent set sql src start statu str struct sync syntax syntaxerror t test text thread took tru ts turn
    typ url use used user using valu variabl wait warn without wrap wrot x
"""
_FREQUENT: Final = """
    account alchemy allow although another array assignment asyncio attributeerror back bar both build cach
    caller captur cart cas chain channel ci clean collect collection column comma comparison consider constant
    constructor content context convert cor creat current datetim db declar decod defer defin delet deprecat
    detect direct don drop dump empty encod entry environment equal eslint event every export failur fals find
    fix float fn folder futur given goroutin got govet guard h handl hash header help html ignor implement
    importerror includ init inner insecur integer invalid io issu lang last level lib library loader local mad
    mail mailer mark match member merg mismatch misus mod model ms must mypy n need next nod null numpy ok old
    open operation option optional org p pag panic parenthes pipelin plain pool post print process project
    promis property pydantic pytest query queu r ran rang rat raw receiv record referenc refresh repo resp
    result retry reviewer right rout rul runtim runtimeerror saf scop second security select self semgrep send
    sequenc servic session setting setup shadow silent sinc singl skip small sort sqlalchemy stat statement stor
    switch tabl tag target task throw tim timeout tool top total trait try tsx two typeerror typescript u
    undefin unexpect unsaf upload util valid var verify w want warning work worker writ y
"""
COMMON: Final = frozenset(_COMMON.split())
"""Stems that stand in 4 % of lessons or more."""
FREQUENT: Final = frozenset(_FREQUENT.split())
"""Stems that stand in 2 % or more."""
WEIGHT_COMMON: Final = 0.35
WEIGHT_FREQUENT: Final = 0.7


def weigh_word(word: str) -> float:
    """Return what a word that two texts share counts, in (0, 1]."""
    if word in COMMON or word.isdigit():
        return WEIGHT_COMMON
    return WEIGHT_FREQUENT if word in FREQUENT else 1.0
