"""The window that asks for what a command lacks, as Slack's JSON; what is filled in becomes a command's words. Pure."""

import json
from collections.abc import Mapping
from typing import Any, Final

from yantra_bot.domain.chat import ChatPlace
from yantra_bot.domain.chat_events import ABOUT_REPOSITORIES
from yantra_bot.domain.commands import Verb

WINDOW: Final = "yantra-command"
OFFERED: Final = (
    Verb.DEPLOY, Verb.ROLLBACK, Verb.IMPLEMENT, Verb.PLAN, Verb.REVIEW, Verb.EXPLAIN, Verb.STATUS, Verb.STOP,
    Verb.RETRY, Verb.LOCK, Verb.UNLOCK, Verb.PROMOTE, Verb.ABORT,
)  # fmt: skip
MOST_OPTION: Final = 75

Json = Mapping[str, Any]


def command_window(verb: Verb, where: str, place: ChatPlace, *, summaries: Mapping[Verb, str]) -> Json:
    """Return the window of a verb, with what is known filled in; another verb can be chosen in it.

    `summaries` say what each verb does.
    """
    chosen = verb if verb in OFFERED else Verb.DEPLOY
    return {
        "type": "modal",
        "callback_id": WINDOW,
        "title": _plain("Yantra"),
        "submit": _plain("Go"),
        "close": _plain("Cancel"),
        "private_metadata": json.dumps({"channel": place.channel, "answer_url": place.answer_url[:1_000]}),
        "blocks": [
            _choice(chosen, summaries),
            _input("where", "Repository, or issue or pull request", "acme/shop, or acme/shop#12", initial=where),
            _input("environment", "Environment", "production", is_optional=True),
            _input("ref", "Branch, tag or commit", "the default branch", is_optional=True),
            _input("words", "Anything else", "a question, a reason, or options", is_optional=True, is_long=True),
        ],
    }


def words_of(values: Mapping[str, str]) -> str:
    """Return the command that was filled in, in the one grammar: what is wrong with it is found there."""
    verb, where = values.get("verb", ""), " ".join(values.get("where", "").split())
    takes_environment = verb in set(ABOUT_REPOSITORIES)
    environment = " ".join(values.get("environment", "").split()) if takes_environment else ""
    ref = " ".join(values.get("ref", "").split()) if takes_environment else ""
    first = " ".join(part for part in (verb, where, environment, f"--ref {ref}" if ref else "") if part)
    return f"{first} {values.get('words', '').strip()}".strip()


def _choice(verb: Verb, summaries: Mapping[Verb, str]) -> Json:
    options = [_option(one, summaries[one]) for one in OFFERED]
    return {
        "type": "input",
        "block_id": "verb",
        "label": _plain("Command"),
        "element": {
            "type": "static_select",
            "action_id": "value",
            "options": options,
            "initial_option": options[OFFERED.index(verb)],
        },
    }


def _option(verb: Verb, summary: str) -> Json:
    text = f"{verb}: {summary}"
    return {"text": _plain(text if len(text) <= MOST_OPTION else f"{text[: MOST_OPTION - 1]}…"), "value": verb.value}


def _input(
    name: str, label: str, hint: str, *, initial: str = "", is_optional: bool = False, is_long: bool = False
) -> Json:
    element: dict[str, Any] = {"type": "plain_text_input", "action_id": "value", "placeholder": _plain(hint)}
    if initial:
        element["initial_value"] = initial
    if is_long:
        element["multiline"] = True
    return {"type": "input", "block_id": name, "label": _plain(label), "element": element, "optional": is_optional}


def _plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}
