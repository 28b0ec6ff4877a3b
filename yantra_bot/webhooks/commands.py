"""What does this comment ask for? One grammar for GitHub and Slack, pure.

    @yantra VERB [text] [--budget USD] [--dry-run] [--model ID]
    more text

A command begins a line. Options stand on that line only, and no other setting can be changed from a comment. All text
is literal: nothing in it is ever syntax, a path or a setting.
"""

import difflib
import re
from collections.abc import Collection, Iterable
from dataclasses import replace

from yantra_bot.domain.commands import Command, CommandProblem, NoCommand, Options, Parsed, Verb
from yantra_bot.webhooks.plain_words import HIDDEN, clean, drop_comments, find_mail_reply, hide
from yantra_bot.webhooks.verbs import OPTIONS, VERBS

_LONGEST_TEXT = 262_144
_MOST_USD = 10_000.0
_SPACE = "[ \\t\u00a0]"
_TOKEN = re.compile(r"[^ \t\u00a0]+")
_AMOUNT = re.compile(r"\$?([0-9]{1,6}(?:\.[0-9]{1,6})?)", re.ASCII)
_SPOKEN = tuple(verb.value for verb in VERBS)
# Signs that turn text around, so that a person reads another command than the one that is run.
_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_QUESTION = re.compile(r"[\w)'\"*_\0](?:[?!]{0,3}\?[?!]{0,3}|[ \t\u00a0]\?)(?=[\s*_)\"'\0]|$)")
_LONG_DASHES = ("\u2014", "\u2013", "\u2212", "\u2015")
_MEANS = {"cancel": Verb.STOP, "kill": Verb.STOP, "solve": Verb.IMPLEMENT, "again": Verb.RETRY,
          "undo": Verb.ROLLBACK, "revert": Verb.ROLLBACK, "info": Verb.STATUS, "commands": Verb.HELP}  # fmt: skip


_SHORT = 6
"""So short a word after a long dash is like many an option, and most often one of a sentence."""
_FEW_WORDS = 2
"""A line of so many words that begins like a command is a command with a slip in it, and no sentence."""
_FLAGS = {
    "--dry-run": Options(dry_run=True),
    "--plan": Options(plan=True),
    "--head-start": Options(head_start=True),
    "--fresh": Options(fresh=True),
    "--info": Options(info=True),
    "--reason": Options(),  # what follows it belongs to the command's text anyway
}
REF_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/+#-]{0,199}", re.ASCII)
_RENDERED = tuple(flag for flag in _FLAGS if flag != "--reason")
TEMPLATE_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}", re.ASCII)


class _Problem(Exception):
    """Carries what is wrong with a command to `parse_words`; never seen outside."""

    def __init__(self, reason: str, suggestion: str | None = None, *, is_free: bool = False) -> None:
        super().__init__(reason)
        self.problem = CommandProblem(reason, suggestion)
        self.is_free = is_free
        """Whether what was said may be no command at all, but a sentence."""


def parse(text: str, *, handle: str = "yantra", models: Collection[str] = ()) -> Parsed:
    """Return what a GitHub comment asks for. `models` are those that `--model` may name. Never raises."""
    text = clean(text[:_LONGEST_TEXT])
    if f"@{handle}".lower() not in text.lower():
        return NoCommand()
    hidden = hide(text)
    end = find_mail_reply(hidden)
    address = rf"^{_SPACE}{{0,3}}@{re.escape(handle)}(?=[:,]?(?:{_SPACE}|$))[:,]?"
    found = list(re.compile(address, re.MULTILINE | re.IGNORECASE | re.ASCII).finditer(hidden, 0, end))
    if not found:
        return NoCommand()
    if len(found) > 1:
        return CommandProblem("There is more than one command in this comment, so I did none. Write one a comment.")
    start = found[0].end()
    return _parse_visible(text[start:end], hidden[start:end], models)


def is_question(text: str) -> bool:
    """Say whether a comment asks something in its author's own words: not in a quote, in code or in a link."""
    hidden = hide(clean(text[:_LONGEST_TEXT]))
    return _QUESTION.search(hidden, 0, find_mail_reply(hidden)) is not None


def parse_words(text: str, *, models: Collection[str] = ()) -> Parsed:
    """Return what the words after a Slack command ask for. Never raises."""
    text = clean(text[:_LONGEST_TEXT])
    return _parse_visible(text, hide(text), models)


def render(command: Command, *, handle: str = "yantra") -> str:
    """Return a comment that parses to `command`."""
    words = [f"@{handle}", command.verb.value]
    if command.options.budget_usd is not None:
        words += ["--budget", f"{command.options.budget_usd:.6f}".rstrip("0").rstrip(".")]
    given = (
        command.options.dry_run,
        command.options.plan,
        command.options.head_start,
        command.options.fresh,
        command.options.info,
    )
    words += [flag for flag, is_given in zip(_RENDERED, given, strict=True) if is_given]
    if command.options.ref:
        words += ["--ref", command.options.ref]
    if command.options.template:
        words += ["--template", command.options.template]
    if command.options.model is not None:
        words += ["--model", command.options.model]
    if command.argument:
        words += ["--", command.argument]
    return " ".join(words)


def _parse_visible(text: str, hidden: str, models: Collection[str]) -> Command | CommandProblem:
    line_end = hidden.find("\n")
    line_end = len(hidden) if line_end < 0 else line_end
    try:
        return _parse_line(text[:line_end], hidden[:line_end], text[line_end:], models)
    except _Problem as found:
        return replace(found.problem, free_text=drop_comments(text).strip()) if found.is_free else found.problem


def _parse_line(line: str, hidden: str, rest: str, models: Collection[str]) -> Command:
    if _DIRECTION.search(hidden):
        raise _Problem("The command holds invisible signs that turn text around. Please type it again.")
    tokens = list(_TOKEN.finditer(hidden))
    if not tokens:
        raise _Problem("A command is missing.", Verb.HELP.value)
    verb = _read_verb(tokens[0][0], is_alone=len(tokens) <= _FEW_WORDS)
    options, taken = _read_options(tokens[1:], models)
    argument = drop_comments(_without(line, tokens[0].end(), taken) + rest).strip()
    if VERBS[verb].needs_argument and not argument:
        raise _Problem(f"`{verb}` needs to know what: write it after the command.")
    return Command(verb, argument, options)


def _read_verb(token: str, *, is_alone: bool) -> Verb:
    word = token.rstrip(".,!?:;").lower()
    if word in _SPOKEN:
        return Verb(word)
    if word in _MEANS:
        raise _Problem(f"{_show(token)} is no command.", _MEANS[word].value)
    closest = _closest(word, _SPOKEN)
    raise _Problem(f"{_show(token)} is no command.", closest, is_free=not (is_alone and closest))


def _read_options(tokens: list[re.Match[str]], models: Collection[str]) -> tuple[Options, list[tuple[int, int]]]:
    """Return the options, and the stretches of the line that they took."""
    options, taken, seen = Options(), [], set[str]()
    remaining = iter(tokens)
    for token in remaining:
        if token[0] == "--":
            taken.append(token.span())
            break
        if not _is_option(token[0]):
            continue
        name, has_value, value = token[0].partition("=")
        _check_option(name, seen)
        taken.append(token.span())
        if name in _FLAGS:
            if has_value:
                raise _Problem(f"`{name}` takes no value.", name)
            options = _put_flag(options, _FLAGS[name])
            continue
        if not has_value and (following := next(remaining, None)):
            taken.append(following.span())
            value = following[0]
        options = _read_value(options, name, value, models)
    return options, taken


def _put_flag(options: Options, flag: Options) -> Options:
    return replace(
        options,
        dry_run=options.dry_run or flag.dry_run,
        plan=options.plan or flag.plan,
        head_start=options.head_start or flag.head_start,
        fresh=options.fresh or flag.fresh,
        info=options.info or flag.info,
    )


def _is_option(token: str) -> bool:
    """Say whether a word is meant as an option; some keyboards and Slack turn two dashes into a long one."""
    if token.startswith(_LONG_DASHES):
        name = _with_dashes(token.partition("=")[0])
        return name in OPTIONS or (len(name) > _SHORT and _closest(name, OPTIONS) is not None)
    return token.startswith("--")


def _with_dashes(name: str) -> str:
    return "--" + name.lstrip("-" + "".join(_LONG_DASHES))


def _check_option(name: str, seen: set[str]) -> None:
    if name not in OPTIONS:
        hint = "A comment can set no other options; if it is part of your text, put it into backticks."
        raise _Problem(f"{_show(name)} is no option. {hint}", _closest(_with_dashes(name), OPTIONS))
    if name in seen:
        raise _Problem(f"`{name}` is there twice.", name)
    seen.add(name)


def _read_value(options: Options, name: str, value: str, models: Collection[str]) -> Options:
    if name == "--budget":
        amount = _AMOUNT.fullmatch(value)
        if not amount or not 0 < float(amount[1]) <= _MOST_USD:
            reason = f"`--budget` takes an amount in USD, such as 5 or 2.50, up to {_MOST_USD:.0f}."
            raise _Problem(reason, "--budget 5")
        return replace(options, budget_usd=float(amount[1]))
    if name == "--template":
        if not TEMPLATE_NAME.fullmatch(value):
            raise _Problem("`--template` takes a name: small letters, digits and dashes.", "--template bug-fix")
        return replace(options, template=value)
    if name == "--ref":
        if not REF_NAME.fullmatch(value) or ".." in value:
            raise _Problem("`--ref` takes the name of a branch or a tag, or a commit's id.", "--ref main")
        return replace(options, ref=value)
    if value not in models:
        choice = f"one of {', '.join(f'`{model}`' for model in models)}" if models else "none that may be chosen here"
        raise _Problem(f"{_show(value)} is no model I may use; there is {choice}.", _closest(value, models))
    return replace(options, model=value)


def _without(line: str, start: int, taken: Iterable[tuple[int, int]]) -> str:
    """Return the line from `start` on without the stretches that options took, and the spaces after each."""
    parts = []
    for taken_from, taken_to in taken:
        parts.append(line[start:taken_from])
        following = _TOKEN.search(line, taken_to)
        start = following.start() if following else len(line)
    return "".join([*parts, line[start:]]).strip()


def _closest(word: str, known: Collection[str]) -> str | None:
    found = difflib.get_close_matches(word[:40], list(known), n=1, cutoff=0.6)
    return found[0] if found else None


def _show(word: str) -> str:
    """Quote a stranger's word so that it mentions nobody, links nowhere and hides nothing."""
    word = word.replace(HIDDEN, "").replace("`", "'")
    shown = word[:40].encode("ascii", "backslashreplace").decode()
    return f"`{shown}{'…' if len(word) > 40 else ''}`" if shown else "That"
