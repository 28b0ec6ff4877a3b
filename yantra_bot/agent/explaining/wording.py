"""Ways of saying the same in a question about code: what may be left out or exchanged and the meaning stays. Data.

A pair that could ever mean two things does not belong here: a wrong entry gives somebody an answer to something else.
"""

from typing import Final

Phrase = tuple[str, ...]


def _phrases(table: str) -> tuple[tuple[Phrase, Phrase], ...]:
    """Read lines of `one / other / … = what they become`."""
    rows = [line.partition("=") for line in table.strip().splitlines()]
    pairs = [(tuple(one.split()), tuple(right.split())) for left, _, right in rows for one in left.split(" / ")]
    return tuple(sorted(pairs, key=lambda pair: -len(pair[0])))


CONTRACTIONS: Final = {
    "what's": "what is", "where's": "where is", "who's": "who is", "how's": "how is", "that's": "that is",
    "there's": "there is", "when's": "when is", "why's": "why is", "i'm": "i am", "we're": "we are", "i'd": "i would",
    "can't": "can not", "cannot": "can not", "won't": "will not", "shan't": "shall not", "don't": "do not",
    "doesn't": "does not", "didn't": "did not", "isn't": "is not", "aren't": "are not", "wasn't": "was not",
    "weren't": "were not", "haven't": "have not", "hasn't": "has not", "hadn't": "had not", "couldn't": "could not",
    "shouldn't": "should not", "wouldn't": "would not", "mustn't": "must not",
}  # fmt: skip

POLITE: Final = _phrases(
    """
    hi / hello / hey / thanks / thank you / many thanks / thanks in advance / just wondering / quick question =
    could you tell me / can you tell me / would you tell me / tell me / do you know / does anybody know =
    could you explain to me / can you explain to me / could you explain / can you explain / explain to me / explain =
    could you show me / can you show me / show me / could you say / can you say / say =
    i would like to know / i want to know / i wonder / i was wondering / i am wondering / i need to know =
    """
)
"""Dropped where a question begins or ends with them."""

EVERYWHERE: Final = _phrases(
    """
    in this repo / in this repository / in this project / in this codebase / in this code base / in the codebase =
    in our repo / in our repository / in our project / in our codebase / in our code base / in the code base =
    in what way / in which way = how
    for what reason / how come / what is the reason why / what is the reason that = why
    in which file / in what file / in which place / at which place / at what place = where
    is there a way to / is there any way to / is it possible to / would it be possible to / am i able to = can one
    is there a way for me to / is there any possibility to / are we able to / is one able to = can one
    how can i / how do i / how can we / how do we / how can one / how does one / how could i / how would i = how to
    what do i have to do to / what must i do to / what is the way to / what do i need to do to = how to
    what are the steps to / which steps are needed to = how to
    kind of / sort of = type of
    kinds of / sorts of = types of
    what type of / what types of = which type of
    at most = no more than
    at least = no fewer than
    turned off / switched off = disabled
    turned on / switched on = enabled
    turn off / switch off = disable
    turn on / switch on = enable
    turns off / switches off = disables
    turns on / switches on = enables
    environment variable / env var / env variable / environment var = envvar
    environment variables / env vars / env variables / environment vars = envvars
    command line = commandline
    data base = database
    file name = filename
    happens if / occurs if / happen if / occur if / happens once = happens when
    what occurs = what happens
    gets / get = get
    i / we / you / somebody / someone = one
    does not succeed / do not succeed / did not succeed = fail
    allowed to / permitted to = allowed to
    such as = like
    """
)

SAME: Final = {
    word: one
    for row in (
        "folder directory dir",
        "folders directories dirs",
        "remove delete",
        "removed deleted",
        "maximum max maximal",
        "minimum min minimal",
        "configuration config",
        "parameter param",
        "parameters params",
        "database db",
        "databases dbs",
        "repository repo",
        "repositories repos",
        "documentation docs",
        "begin start",
        "kept preserved retained",
        "keep preserve retain",
        "needed required",
        "need require",
        "saved stored persisted",
        "save store persist",
        "email mail",
        "emails mails",
        "raise throw",
        "raised thrown",
        "id identifier",
        "use utilise utilize",
        "used utilised utilized",
        "behaviour behavior",
        "color colour",
        "currently now presently",
    )
    for one, *others in [row.split()]
    for word in (one, *others)
}

PARTICIPLES: Final = {
    "set": "set", "kept": "keep", "written": "write", "read": "read", "sent": "send", "made": "make", "built": "build",
    "run": "run", "thrown": "throw", "found": "find", "held": "hold", "taken": "take", "given": "give", "shown": "show",
    "hidden": "hide", "drawn": "draw", "bound": "bind", "split": "split", "cut": "cut", "put": "put", "lost": "lose",
    "begun": "begin", "broken": "break", "chosen": "choose", "known": "know", "overwritten": "overwrite",
    "overridden": "override", "sold": "sell", "understood": "understand", "spent": "spend", "done": "do",
    "reset": "reset", "shut": "shut", "stopped": "stop", "dropped": "drop", "skipped": "skip", "logged": "log",
    "mapped": "map", "wrapped": "wrap", "planned": "plan", "committed": "commit", "submitted": "submit",
    "permitted": "permit", "trimmed": "trim", "flagged": "flag", "tagged": "tag", "merged": "merge",
}  # fmt: skip
"""Forms behind `be` that do not end in `ed`, or double a letter before it."""

NOUNS: Final = {("return", "value"): "return", ("meaning",): "mean"}
"""`What is the … of X` asks the same as `what does X …`."""
ARTICLES: Final = frozenset({"a", "an", "the", "our", "your"})
BE: Final = {
    "is": "be", "are": "be", "am": "be", "be": "be", "been": "be", "being": "be", "was": "be past", "were": "be past",
}  # fmt: skip
MODALS: Final = frozenset({"can", "could", "may", "might", "must", "shall", "should", "will", "would"})
QUESTIONS: Final = frozenset({"what", "which", "who", "whom", "whose", "where", "when", "why", "how"})
POINTING: Final = frozenset(
    """
    it its this that these those they them their he him his she her here there above below former latter previous
    earlier before again also too else instead same another other yesterday today now currently recent recently
    latest last
    """.split()  # noqa: SIM905 (a list of words is read more easily so)
)
"""Who says one of these may mean something that stands elsewhere, or that was so when it was said."""
THINGS: Final = frozenset(
    """
    function method class bug error issue change pr patch test code file module problem failure fix commit exception
    variable value result line block loop branch diff crash warning feature option answer question case thing
    """.split()  # noqa: SIM905 (the same)
)
"""With `the` before it and nothing behind it that says which one, it is one that was spoken of elsewhere."""
SAYS_WHICH: Final = frozenset({"of", "for", "in", "which", "to", "from", "with", "at", "on", "named", "called"})
